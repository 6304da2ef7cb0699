using System.Data.Common;
using System.Reflection;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Organizations;

/// <summary>
/// Ends organizations for good whose grace period is over, and what an organization keeps for a shorter time than the installation does. Several instances
/// may do it at once. The audit log of an organization that is gone stays: it is append-only, and nobody of a tenant can reach it any more.
/// </summary>
public sealed class OrganizationPurge(LoopaiData data, TimeProvider time, ILogger<OrganizationPurge> log)
{
    /// <summary>Long tables take long, and nobody waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly MethodInfo DeleteRows = typeof(OrganizationPurge).GetMethod(nameof(DeleteRowsAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    public async Task RunAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        db.Database.SetCommandTimeout(Patience);
        foreach (var organization in await db.Organizations.AsNoTracking()
            .Where(o => o.DeletedAt != null || o.ExecutionRetentionDays != null || o.ValidationRetentionDays != null).ToListAsync(ct))
        {
            try
            {
                await ServeAsync(db, organization, now, ct);
            }
            catch (Exception e) when (e is DbException or DbUpdateException)
            {
                // One organization's fault is no reason to keep the data of the others.
                log.LogError(e, "What organization {Organization} keeps too long could not be deleted; it is tried again", organization.Id);
            }
        }
    }

    private async Task ServeAsync(LoopaiDbContext db, Organization organization, DateTimeOffset now, CancellationToken ct)
    {
        if (!(organization.DeletedAt + OrganizationLifecycle.Grace <= now))
        {
            await ShortenAsync(db, organization, now, ct);
            return;
        }

        if (await DeleteAsync(db, organization, ct))
        {
            log.LogInformation("The organization {Organization} is gone: its deletion was not taken back in time", organization.Id);
        }
    }

    private static async Task ShortenAsync(LoopaiDbContext db, Organization organization, DateTimeOffset now, CancellationToken ct)
    {
        if (organization.ExecutionRetentionDays is { } executionDays)
        {
            var before = now.AddDays(-executionDays);
            await db.Executions.Where(e => e.OrganizationId == organization.Id && e.ExecutedAt < before).ExecuteDeleteAsync(ct);
        }

        if (organization.ValidationRetentionDays is { } validationDays)
        {
            var before = now.AddDays(-validationDays);
            await db.Validations.Where(v => v.OrganizationId == organization.Id && v.ExecutedAt < before).ExecuteDeleteAsync(ct);
        }
    }

    /// <summary>All or nothing, what refers to something before that to which it refers.</summary>
    private static async Task<bool> DeleteAsync(LoopaiDbContext db, Organization organization, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // What was read may be minutes old, and its owner may have taken the deletion back since.
        if (await db.Organizations.Where(o => o.Id == organization.Id && o.DeletedAt == organization.DeletedAt).ExecuteUpdateAsync(set => set.SetProperty(o => o.Name, o => o.Name), ct) == 0)
        {
            return false;
        }

        foreach (var entity in InOrderOfDeletion(db.Model))
        {
            await (Task)DeleteRows.MakeGenericMethod(entity.ClrType).Invoke(null, [db, organization.Id, ct])!;
        }

        db.Record(Caller.System(organization.Id), "organization.purged", "organization", organization.Id, new { organization.Name, organization.DeletedAt });
        await db.SaveChangesAsync(ct);

        await transaction.CommitAsync(ct);
        return true;
    }

    private static Task<int> DeleteRowsAsync<T>(LoopaiDbContext db, Guid organizationId, CancellationToken ct)
        where T : class
    {
        var owner = typeof(T) == typeof(Organization) ? nameof(Organization.Id) : nameof(ITenantOwned.OrganizationId);
        return db.Set<T>().Where(row => EF.Property<Guid>(row, owner) == organizationId).ExecuteDeleteAsync(ct);
    }

    /// <summary>Read off the model, so that a table that is added later is not forgotten. What the audit log is proved with stays as it does.</summary>
    private static List<IEntityType> InOrderOfDeletion(IModel model)
    {
        var ordered = new List<IEntityType>();
        var all = model.GetEntityTypes()
            .Where(e => typeof(ITenantOwned).IsAssignableFrom(e.ClrType) && (!typeof(IAppendOnly).IsAssignableFrom(e.ClrType) || typeof(IHistory).IsAssignableFrom(e.ClrType)) && !e.IsOwned())
            .Where(e => e.ClrType != typeof(AuditLog) && e.ClrType != typeof(AuditPending)).ToList();
        foreach (var entity in all)
        {
            Visit(entity);
        }

        return ordered;

        void Visit(IEntityType entity)
        {
            if (!ordered.Contains(entity))
            {
                foreach (var dependent in entity.GetReferencingForeignKeys().Select(k => k.DeclaringEntityType).Where(d => d != entity && all.Contains(d)))
                {
                    Visit(dependent);
                }

                ordered.Add(entity);
            }
        }
    }
}
