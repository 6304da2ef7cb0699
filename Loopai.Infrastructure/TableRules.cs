using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Loopai.Infrastructure;

/// <summary>What the databases have to enforce for a table, read off the model: a new entity is protected by being one.</summary>
/// <param name="Table">Its name.</param>
/// <param name="TenantColumn">The column that names the organization; null for a table that belongs to no tenant.</param>
/// <param name="IsAppendOnly">Whether rows are written once.</param>
/// <param name="IsHistory">Whether they are, and go with their organization.</param>
/// <param name="MayBePublic">Whether rows can be shown to every organization, by their column <c>is_public</c>.</param>
internal sealed record TableRules(string Table, string? TenantColumn, bool IsAppendOnly, bool IsHistory, bool MayBePublic)
{
    public static IEnumerable<TableRules> Of(IModel model)
    {
        // What is owned lives in its owner's table and follows its rules.
        foreach (var entity in model.GetEntityTypes().Where(e => e.GetTableName() is not null && !e.IsOwned()))
        {
            yield return new TableRules(
                entity.GetTableName()!, TenantColumnOf(entity), typeof(IAppendOnly).IsAssignableFrom(entity.ClrType),
                typeof(IHistory).IsAssignableFrom(entity.ClrType), typeof(IPublicReadable).IsAssignableFrom(entity.ClrType));
        }
    }

    private static string? TenantColumnOf(IEntityType entity) =>
        !typeof(ITenantOwned).IsAssignableFrom(entity.ClrType) ? null
        : entity.ClrType == typeof(Organization) ? "id"
        : "organization_id";
}
