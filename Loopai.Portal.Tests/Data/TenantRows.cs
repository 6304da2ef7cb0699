using System.Runtime.CompilerServices;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Loopai.Portal.Tests.Data;

/// <summary>Makes a row of every entity of the model, so that an entity added later is tested by being there.</summary>
internal sealed class TenantRows
{
    private readonly Dictionary<IEntityType, object> rows = [];
    private readonly Guid organizationId;
    private readonly IModel model;

    private TenantRows(IModel model, Guid organizationId) => (this.model, this.organizationId) = (model, organizationId);

    public static IEnumerable<IEntityType> TenantEntities(IModel model) => model.GetEntityTypes().Where(e => typeof(ITenantOwned).IsAssignableFrom(e.ClrType));

    /// <summary>One row of every tenant entity for one organization, saved.</summary>
    public static async Task<TenantRows> SaveAsync(LoopaiDbContext db, Guid organizationId)
    {
        var made = new TenantRows(db.Model, organizationId);
        foreach (var entity in TenantEntities(db.Model))
        {
            made.Get(entity);
        }

        db.AddRange(made.rows.Values);
        await db.SaveChangesAsync();
        return made;
    }

    public object this[IEntityType entity] => rows[model.FindEntityType(entity.Name)!];

    /// <summary>Another row of the kind, of the same organization and under the same parents.</summary>
    public object Another(IEntityType entity) => Make(model.FindEntityType(entity.Name)!);

    private object Get(IEntityType entity) => rows.TryGetValue(entity, out var row) ? row : rows[entity] = Make(entity);

    private object Make(IEntityType entity)
    {
        var row = RuntimeHelpers.GetUninitializedObject(entity.ClrType);
        foreach (var property in entity.GetProperties().Where(p => p.PropertyInfo is not null))
        {
            property.PropertyInfo!.SetValue(row, ValueOf(entity, property));
        }

        return row;
    }

    private object? ValueOf(IEntityType entity, IProperty property)
    {
        if (property.Name == "OrganizationId" || (entity.ClrType == typeof(Organization) && property.Name == "Id" && !rows.ContainsKey(entity)))
        {
            return organizationId;
        }

        // A row's parents belong to the same organization; what belongs to none (users) is made along with it.
        if (property.GetContainingForeignKeys().FirstOrDefault() is { } foreignKey)
        {
            var key = foreignKey.PrincipalKey.Properties[foreignKey.Properties.Index().First(p => p.Item == property).Index];
            return key.PropertyInfo!.GetValue(Get(foreignKey.PrincipalEntityType));
        }

        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        return type == typeof(Guid) ? Guid.CreateVersion7()
            : type == typeof(string) ? Guid.NewGuid().ToString("n")[..Math.Min(32, property.GetMaxLength() ?? 32)]
            : type == typeof(byte[]) ? Guid.NewGuid().ToByteArray()
            : type == typeof(DateTimeOffset) ? DateTimeOffset.UtcNow
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? Array.CreateInstance(type.GenericTypeArguments[0], 0)
            // A document that may be absent is, where it cannot be made of nothing.
            : property.IsNullable && !type.IsValueType && type.GetConstructor(Type.EmptyTypes) is null ? null
            : Activator.CreateInstance(type);
    }
}
