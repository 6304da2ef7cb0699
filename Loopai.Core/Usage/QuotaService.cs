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

    internal const long Megabyte = 1_000_000;

    private const int MaxPerMinute = 1_000_000;

    /// <summary>The month that counts now.</summary>
    public static string MonthOf(DateTimeOffset now) => now.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    /// <summary>Every quota that is set, the organization's first, with how far it is used.</summary>
    public async Task<IReadOnlyList<QuotaState>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.UsageRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.QuotaStatesAsync(caller, time.GetUtcNow(), ct);
    }

    /// <summary>Everything that a quota can be set for.</summary>
    public async Task<IReadOnlyList<QuotaScope>> ScopesAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.UsageRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.QuotaScopesAsync(caller, ct);
    }

    /// <summary>Sets the quota of the organization, an environment or a key; with nothing limited it is gone.</summary>
    /// <exception cref="NotFoundException">The organization has nothing with this id.</exception>
    public async Task SetAsync(Caller caller, Guid scopeId, QuotaLimits limits, CancellationToken ct)
    {
        caller.Demand(Permissions.QuotasManage);
        await using var db = await data.OpenAsync(caller, ct);
        var scope = (await db.QuotaScopesAsync(caller, ct)).FirstOrDefault(s => s.Id == scopeId)
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
}

/// <param name="Scope">What it limits.</param>
/// <param name="Quota">The limits.</param>
/// <param name="UsedThisMonth">Executions that the month has taken up.</param>
/// <param name="Kept">What there is; null where nothing of it is limited.</param>
public sealed record QuotaState(QuotaScope Scope, Quota Quota, long UsedThisMonth, QuotaKept? Kept)
{
    /// <summary>Every limit that counts up, with how far it is used: its name in the API, used, limit.</summary>
    public IEnumerable<(string Name, long Used, long Limit)> Uses()
    {
        if (Quota.ExecutionsPerMonth is { } month)
        {
            yield return ("executionsPerMonth", UsedThisMonth, month);
        }

        if (Quota.Tasks is { } tasks && Kept is { } live)
        {
            yield return ("tasks", live.Tasks, tasks);
        }

        if (Quota.Members is { } members && Kept is { } active)
        {
            yield return ("members", active.Members, members);
        }

        if (Quota.StorageMegabytes is { } storage && Kept?.Stored is { } stored)
        {
            yield return ("storageMegabytes", (long)Math.Ceiling((double)stored / QuotaService.Megabyte), storage);
        }
    }
}

/// <param name="Tasks">Tasks that are not archived.</param>
/// <param name="Members">Active members.</param>
/// <param name="Stored">Characters of examples and versions; null where storage is not limited.</param>
public sealed record QuotaKept(int Tasks, int Members, long? Stored);

/// <summary>Limits as they are asked for; null for none.</summary>
public sealed record QuotaLimits(int? ExecutionsPerMinute = null, int? Burst = null, long? ExecutionsPerMonth = null, int? Tasks = null, int? Members = null, int? StorageMegabytes = null)
{
    public static QuotaLimits Of(Quota quota) => new(quota.ExecutionsPerMinute, quota.Burst, quota.ExecutionsPerMonth, quota.Tasks, quota.Members, quota.StorageMegabytes);

    internal void Check(QuotaScope scope, int maxPerMinute) => new FieldErrors()
        .AddIf(ExecutionsPerMinute < 1 || ExecutionsPerMinute > maxPerMinute, "executionsPerMinute", $"Executions a minute are 1 to {maxPerMinute}.")
        .AddIf(Burst < 1 || Burst > maxPerMinute, "burst", $"A burst is 1 to {maxPerMinute}.")
        .AddIf(Burst is not null && ExecutionsPerMinute is null, "burst", "A burst belongs to executions a minute.")
        .AddIf(ExecutionsPerMonth < 1, "executionsPerMonth", "Executions a month are 1 or more.")
        .AddIf(Tasks < 0, "tasks", "Tasks are 0 or more.")
        .AddIf(Members < 1, "members", "Members are 1 or more.")
        .AddIf(StorageMegabytes < 1, "storageMegabytes", "Storage is 1 megabyte or more.")
        .AddIf(
            scope.Kind != "organization" && (Tasks is not null || Members is not null || StorageMegabytes is not null), "tasks",
            "Tasks, members and storage are limited for the organization only.")
        .ThrowIfAny("quota.invalid", "The quota cannot be set like this.");

    internal void Apply(Quota quota) =>
        (quota.ExecutionsPerMinute, quota.Burst, quota.ExecutionsPerMonth, quota.Tasks, quota.Members, quota.StorageMegabytes) =
        (ExecutionsPerMinute, Burst, ExecutionsPerMonth, Tasks, Members, StorageMegabytes);
}
