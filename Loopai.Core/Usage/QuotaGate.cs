using System.Collections.Concurrent;
using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Usage;

/// <summary>
/// Lets executions through as far as quotas allow. An instance reserves some ahead in the database and lets them through from memory, so that instances together
/// never exceed a quota and most executions ask nobody. Where no quota is set, one look into memory is all there is.
/// </summary>
public sealed class QuotaGate(LoopaiData data, TimeProvider time)
{
    /// <summary>A bound on staleness for a change that the feed could not tell of.</summary>
    private static readonly TimeSpan CachedFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, Known> _known = new();
    private long _generation;

    /// <summary>Takes one execution from every quota that the caller is under; null when all of them had one.</summary>
    public ValueTask<QuotaExceededException?> TakeAsync(Caller caller, CancellationToken ct) =>
        _known.TryGetValue(caller.OrganizationId, out var known) && time.GetUtcNow() - known.LoadedAt < CachedFor
            ? known.IsEmpty ? default : TakeAsync(known, caller, ct)
            : LoadAndTakeAsync(caller, ct);

    /// <summary>An execution that was let through did not come about, for a reason of ours: it counts for nobody.</summary>
    public void GiveBack(Caller caller)
    {
        if (_known.TryGetValue(caller.OrganizationId, out var known) && !known.IsEmpty)
        {
            var reserves = known.Of(caller);
            GiveBack(reserves, reserves.Count);
        }
    }

    /// <summary>Whether anything in the caller's organization is under a quota.</summary>
    public ValueTask<bool> MayLimitAsync(Caller caller, CancellationToken ct) =>
        _known.TryGetValue(caller.OrganizationId, out var known) && time.GetUtcNow() - known.LoadedAt < CachedFor
            ? ValueTask.FromResult(!known.IsEmpty)
            : LoadAndTellAsync(caller, ct);

    /// <summary>The caller's limits for the RateLimit headers, as far as they were used lately; empty for who is under none.</summary>
    public IReadOnlyList<RateLimit> LimitsOf(Caller caller) =>
        caller.OrganizationIdOrNull is { } organization && _known.TryGetValue(organization, out var known) && !known.IsEmpty
            ? [.. known.Of(caller).Select(reserve => reserve.Describe(time.GetUtcNow()))] : [];

    /// <summary>Forgets what a change made stale.</summary>
    public void Forget(Change change)
    {
        if (change.IsEverything)
        {
            Interlocked.Increment(ref _generation);
            _known.Clear();
        }
        else if (change.Table == "quotas")
        {
            Interlocked.Increment(ref _generation);
            _known.TryRemove(change.Id, out _);
        }
    }

    private static async ValueTask<QuotaExceededException?> TakeAsync(Known known, Caller caller, CancellationToken ct)
    {
        var reserves = known.Of(caller);
        var taken = 0;
        try
        {
            for (; taken < reserves.Count; taken++)
            {
                if (await reserves[taken].TakeAsync(caller, ct) is { } over)
                {
                    GiveBack(reserves, taken);
                    return over;
                }
            }
        }
        catch
        {
            GiveBack(reserves, taken);
            throw;
        }

        return null;
    }

    /// <summary>What the first of them gave is theirs again.</summary>
    private static void GiveBack(IReadOnlyList<QuotaReserve> reserves, int count)
    {
        for (var i = 0; i < count; i++)
        {
            reserves[i].GiveBack();
        }
    }

    private async ValueTask<bool> LoadAndTellAsync(Caller caller, CancellationToken ct) => !(await LoadAsync(caller, ct)).IsEmpty;

    private async ValueTask<QuotaExceededException?> LoadAndTakeAsync(Caller caller, CancellationToken ct)
    {
        var known = await LoadAsync(caller, ct);
        return known.IsEmpty ? null : await TakeAsync(known, caller, ct);
    }

    private async Task<Known> LoadAsync(Caller caller, CancellationToken ct)
    {
        var generation = Interlocked.Read(ref _generation);
        var organization = caller.OrganizationId;
        await using var db = await data.OpenAsync(Caller.System(organization), ct);
        var quotas = (await db.Quotas.AsNoTracking().ToListAsync(ct)).Where(q => q.LimitsExecutions).ToList();
        _known.TryGetValue(organization, out var before);
        var known = new Known(quotas, before, data, time, time.GetUtcNow());
        _known[organization] = known;
        if (generation != Interlocked.Read(ref _generation))
        {
            _known.TryRemove(organization, out _);
        }

        return known;
    }

    /// <summary>An organization's quotas on executions.</summary>
    private sealed class Known
    {
        private static readonly IReadOnlyList<QuotaReserve> None = [];
        private readonly Dictionary<Guid, IReadOnlyList<QuotaReserve>> _byScope = [];
        private readonly Guid _organization;

        public Known(IReadOnlyList<Quota> quotas, Known? before, LoopaiData data, TimeProvider time, DateTimeOffset loadedAt)
        {
            LoadedAt = loadedAt;
            foreach (var quota in quotas)
            {
                _organization = quota.OrganizationId;

                // What was reserved under the same limits goes on to be used.
                var kept = before?._byScope.GetValueOrDefault(quota.ScopeId) ?? None;
                _byScope[quota.ScopeId] = [.. Reserves(quota, data, time).Select(made => kept.FirstOrDefault(old => old.IsSameAs(made)) ?? made)];
            }
        }

        public DateTimeOffset LoadedAt { get; }

        public bool IsEmpty => _byScope.Count == 0;

        public IReadOnlyList<QuotaReserve> Of(Caller caller)
        {
            var organization = _byScope.GetValueOrDefault(_organization, None);
            var environment = caller.EnvironmentIdOrNull is { } id ? _byScope.GetValueOrDefault(id, None) : None;
            var key = caller is { Kind: CallerKind.ApiKey, Id: { } keyId } ? _byScope.GetValueOrDefault(keyId, None) : None;
            return environment.Count + key.Count == 0 ? organization : [.. key, .. environment, .. organization];
        }

        private static IEnumerable<QuotaReserve> Reserves(Quota quota, LoopaiData data, TimeProvider time)
        {
            if (quota.ExecutionsPerMinute is { } perMinute)
            {
                yield return new MinuteReserve(quota, perMinute, quota.Burst ?? perMinute, data, time);
            }

            if (quota.ExecutionsPerMonth is { } perMonth)
            {
                yield return new MonthReserve(quota, perMonth, data, time);
            }
        }
    }
}

/// <summary>A limit as the headers of the API tell it (draft-ietf-httpapi-ratelimit-headers).</summary>
/// <param name="Name">Which.</param>
/// <param name="Limit">How many in the window.</param>
/// <param name="WindowSeconds">How long that is.</param>
/// <param name="Remaining">How many are left, as far as this instance knows.</param>
/// <param name="ResetSeconds">When there will be more.</param>
public sealed record RateLimit(string Name, long Limit, long WindowSeconds, long Remaining, long ResetSeconds)
{
    public string Policy => string.Create(CultureInfo.InvariantCulture, $"\"{Name}\";q={Limit};w={WindowSeconds}");

    public string State => string.Create(CultureInfo.InvariantCulture, $"\"{Name}\";r={Remaining};t={ResetSeconds}");
}
