using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Usage;

/// <summary>Quotas on what there is, not on what is done.</summary>
internal static class QuotaQueries
{
    /// <summary>Every quota that is set, the organization's first, with how far it is used.</summary>
    public static async Task<IReadOnlyList<QuotaState>> QuotaStatesAsync(this LoopaiDbContext db, Caller caller, DateTimeOffset now, CancellationToken ct)
    {
        var month = QuotaService.MonthOf(now);
        var quotas = await db.Quotas.AsNoTracking().ToListAsync(ct);
        var used = await db.QuotaMeters.AsNoTracking().Where(m => m.Period == month).ToDictionaryAsync(m => m.ScopeId, m => m.Reserved, ct);
        var scopes = await db.QuotaScopesAsync(caller, ct);
        var kept = await KeptAsync(db, quotas, ct);
        return
        [
            .. scopes.Join(quotas, scope => scope.Id, quota => quota.ScopeId, (scope, quota) => new QuotaState(
                scope, quota, used.GetValueOrDefault(scope.Id), scope.Kind == "organization" ? kept : null)),
        ];
    }

    public static Task<int> LiveTasksAsync(this LoopaiDbContext db, CancellationToken ct) => db.Tasks.CountAsync(t => t.ArchivedAt == null, ct);

    public static Task<int> ActiveMembersAsync(this LoopaiDbContext db, CancellationToken ct) => db.Memberships.CountAsync(m => m.Status == MembershipStatus.Active, ct);

    /// <summary>What the organization's examples and versions take up, in characters.</summary>
    public static async Task<long> StoredAsync(this LoopaiDbContext db, CancellationToken ct) =>
        await db.Examples.SumAsync(e => (long)e.Input.Length + e.Output.Length, ct) + await db.Programs.SumAsync(p => (long)p.Artifact.Length, ct);

    /// <summary>To be asked after the writing and before its commit: whatever makes the organization keep more than its quota is not kept.</summary>
    /// <exception cref="QuotaExceededException">There is more now than the quota allows.</exception>
    public static async Task DemandRoomAsync(this LoopaiDbContext db, Guid organizationId, CancellationToken ct)
    {
        if (await db.LockQuotaAsync(organizationId, ct) is { StorageMegabytes: { } most } && await db.StoredAsync(ct) > most * QuotaService.Megabyte)
        {
            throw new QuotaExceededException("storageMegabytes", "organization", most, null);
        }
    }

    /// <summary>To be asked before a task comes into service, in the transaction that brings it there.</summary>
    /// <exception cref="QuotaExceededException">There are as many as the quota allows.</exception>
    public static async Task DemandRoomForTaskAsync(this LoopaiDbContext db, Caller caller, CancellationToken ct)
    {
        if (await db.LockQuotaAsync(caller.OrganizationId, ct) is { Tasks: { } most } && await db.LiveTasksAsync(ct) >= most)
        {
            throw new QuotaExceededException("tasks", "organization", most, null);
        }
    }

    /// <summary>
    /// The limit, having made everybody else who asks wait until this transaction ends, so that what is counted after it cannot grow beyond it. Where there is no
    /// limit nobody waits.
    /// </summary>
    public static async Task<Quota?> LockQuotaAsync(this LoopaiDbContext db, Guid organizationId, CancellationToken ct) =>
        await db.Quotas.Where(q => q.OrganizationId == organizationId && q.ScopeId == organizationId && (q.Tasks != null || q.Members != null || q.StorageMegabytes != null))
            .ExecuteUpdateAsync(set => set.SetProperty(q => q.Tasks, q => q.Tasks), ct) == 0
            ? null
            : await db.Quotas.AsNoTracking().FirstAsync(q => q.OrganizationId == organizationId && q.ScopeId == organizationId, ct);

    /// <summary>Counted only where it is limited: storage is no quick sum.</summary>
    private static async Task<QuotaKept?> KeptAsync(LoopaiDbContext db, List<Quota> quotas, CancellationToken ct) =>
        quotas.Find(q => q.LimitsWhatThereIs) is { } limits
            ? new QuotaKept(await db.LiveTasksAsync(ct), await db.ActiveMembersAsync(ct), limits.StorageMegabytes is null ? null : await db.StoredAsync(ct))
            : null;

    /// <summary>Everything that a quota can be set for, the organization first.</summary>
    public static async Task<IReadOnlyList<QuotaScope>> QuotaScopesAsync(this LoopaiDbContext db, Caller caller, CancellationToken ct)
    {
        var name = await db.Organizations.Where(o => o.Id == caller.OrganizationId).Select(o => o.Name).SingleAsync(ct);
        var environments = await db.Environments.AsNoTracking().OrderBy(e => e.Position).Select(e => new { e.Id, e.Name }).ToListAsync(ct);
        var keys = await db.ApiKeys.AsNoTracking().Where(k => k.RevokedAt == null).OrderBy(k => k.Name).Select(k => new { k.Id, k.Name }).ToListAsync(ct);
        return
        [
            new QuotaScope(caller.OrganizationId, "organization", name),
            .. environments.Select(e => new QuotaScope(e.Id, "environment", e.Name)),
            .. keys.Select(k => new QuotaScope(k.Id, "key", k.Name)),
        ];
    }
}
