using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Usage;

/// <summary>Sets quotas, and says how far they are used.</summary>
public sealed class QuotaService(LoopaiData data, TimeProvider time)
{
    /// <summary>From this share on it is told.</summary>
    public const double WarnAt = 0.8;

    private const int MaxPerMinute = 1_000_000;

    /// <summary>The month that counts now.</summary>
    public static string MonthOf(DateTimeOffset now) => now.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>Every quota that is set, the organization's first, with how far it is used.</summary>
    public async Task<IReadOnlyList<QuotaState>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.UsageRead);
        await using var db = await data.OpenAsync(caller, ct);
        var month = MonthOf(time.GetUtcNow());
        var quotas = await db.Quotas.AsNoTracking().ToListAsync(ct);
        var used = await db.QuotaMeters.AsNoTracking().Where(m => m.Period == month).ToDictionaryAsync(m => m.ScopeId, m => m.Reserved, ct);
        var scopes = await ScopesAsync(db, caller, ct);
        var (tasks, members) = (await db.LiveTasksAsync(ct), await db.ActiveMembersAsync(ct));
        return
        [
            .. scopes.Join(quotas, scope => scope.Id, quota => quota.ScopeId, (scope, quota) => new QuotaState(
                scope, quota, used.GetValueOrDefault(scope.Id), scope.Kind == "organization" ? tasks : null, scope.Kind == "organization" ? members : null)),
        ];
    }

    /// <summary>Everything that a quota can be set for.</summary>
    public async Task<IReadOnlyList<QuotaScope>> ScopesAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.UsageRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await ScopesAsync(db, caller, ct);
    }

    /// <summary>Sets the quota of the organization, an environment or a key; with nothing limited it is gone.</summary>
    /// <exception cref="NotFoundException">The organization has nothing with this id.</exception>
    public async Task SetAsync(Caller caller, Guid scopeId, QuotaLimits limits, CancellationToken ct)
    {
        caller.Demand(Permissions.QuotasManage);
        await using var db = await data.OpenAsync(caller, ct);
        var scope = (await ScopesAsync(db, caller, ct)).FirstOrDefault(s => s.Id == scopeId)
            ?? throw new NotFoundException("quota.scope_not_found", $"There is no environment or key {scopeId} in this organization.");
        limits.Check(scope, MaxPerMinute);
        var quota = await db.Quotas.FirstOrDefaultAsync(q => q.ScopeId == scopeId, ct);
        var before = quota is null ? null : QuotaLimits.Of(quota);
        if (quota is null)
        {
            db.Quotas.Add(quota = new Quota { OrganizationId = caller.OrganizationId, ScopeId = scopeId });
        }

        limits.Apply(quota);
        if (quota.IsEmpty)
        {
            db.Quotas.Remove(quota);
        }

        db.Record(caller, "quota.set", scope.Kind, scopeId, new { scope.Name, before, after = limits });
        await db.SaveChangesAsync(ct);
    }

    private static async Task<IReadOnlyList<QuotaScope>> ScopesAsync(LoopaiDbContext db, Caller caller, CancellationToken ct)
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

/// <param name="Scope">What it limits.</param>
/// <param name="Quota">The limits.</param>
/// <param name="UsedThisMonth">Executions that the month has taken up.</param>
/// <param name="Tasks">Tasks there are; null where they are not limited.</param>
/// <param name="Members">Members there are; null where they are not limited.</param>
public sealed record QuotaState(QuotaScope Scope, Quota Quota, long UsedThisMonth, int? Tasks, int? Members);

/// <summary>Limits as they are asked for; null for none.</summary>
public sealed record QuotaLimits(int? ExecutionsPerMinute = null, int? Burst = null, long? ExecutionsPerMonth = null, int? Tasks = null, int? Members = null)
{
    public static QuotaLimits Of(Quota quota) => new(quota.ExecutionsPerMinute, quota.Burst, quota.ExecutionsPerMonth, quota.Tasks, quota.Members);

    internal void Check(QuotaScope scope, int maxPerMinute) => new FieldErrors()
        .AddIf(ExecutionsPerMinute < 1 || ExecutionsPerMinute > maxPerMinute, "executionsPerMinute", $"Executions a minute are 1 to {maxPerMinute}.")
        .AddIf(Burst < 1 || Burst > maxPerMinute, "burst", $"A burst is 1 to {maxPerMinute}.")
        .AddIf(Burst is not null && ExecutionsPerMinute is null, "burst", "A burst belongs to executions a minute.")
        .AddIf(ExecutionsPerMonth < 1, "executionsPerMonth", "Executions a month are 1 or more.")
        .AddIf(Tasks < 0, "tasks", "Tasks are 0 or more.")
        .AddIf(Members < 1, "members", "Members are 1 or more.")
        .AddIf(scope.Kind != "organization" && (Tasks is not null || Members is not null), "tasks", "Tasks and members are limited for the organization only.")
        .ThrowIfAny("quota.invalid", "The quota cannot be set like this.");

    internal void Apply(Quota quota) =>
        (quota.ExecutionsPerMinute, quota.Burst, quota.ExecutionsPerMonth, quota.Tasks, quota.Members) = (ExecutionsPerMinute, Burst, ExecutionsPerMonth, Tasks, Members);
}

/// <summary>Quotas on what there is, not on what is done.</summary>
internal static class QuotaQueries
{
    public static Task<int> LiveTasksAsync(this LoopaiDbContext db, CancellationToken ct) => db.Tasks.CountAsync(t => t.ArchivedAt == null, ct);

    public static Task<int> ActiveMembersAsync(this LoopaiDbContext db, CancellationToken ct) => db.Memberships.CountAsync(m => m.Status == MembershipStatus.Active, ct);

    /// <summary>
    /// The limit, having made everybody else who asks wait until this transaction ends, so that what is counted after it cannot grow beyond it. Where there is no
    /// limit nobody waits.
    /// </summary>
    public static async Task<Quota?> LockQuotaAsync(this LoopaiDbContext db, Guid organizationId, CancellationToken ct) =>
        await db.Quotas.Where(q => q.OrganizationId == organizationId && q.ScopeId == organizationId && (q.Tasks != null || q.Members != null))
            .ExecuteUpdateAsync(set => set.SetProperty(q => q.Tasks, q => q.Tasks), ct) == 0
            ? null
            : await db.Quotas.AsNoTracking().FirstAsync(q => q.OrganizationId == organizationId && q.ScopeId == organizationId, ct);
}
