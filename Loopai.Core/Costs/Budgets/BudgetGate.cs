using System.Collections.Concurrent;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Budgets;

/// <summary>
/// Lets executions through as far as budgets allow. Every budget that covers an execution must have room for what it may cost at most; they are asked in the
/// order key, task, team, environment, organization, and the first that has none is the one that is named. Where nothing is limited it is one look into memory.
/// </summary>
public sealed class BudgetGate(LoopaiData data, TimeProvider time)
{
    private static readonly TimeSpan CachedFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, Known> _known = new();
    private readonly ConcurrentDictionary<Guid, BudgetReserve> _reserves = new();
    private readonly Guid _instance = Guid.CreateVersion7();
    private long _generation;

    /// <summary>Takes what an execution may cost at most from every budget that covers it.</summary>
    /// <param name="caller">Who executes.</param>
    /// <param name="taskId">What.</param>
    /// <param name="teamId">The team that owns it.</param>
    /// <param name="most">What it may cost; null where it has no price, and then it cannot be held against anything.</param>
    /// <param name="ct">Ends the work.</param>
    public ValueTask<BudgetAnswer> TakeAsync(Caller caller, Guid taskId, Guid? teamId, decimal? most, CancellationToken ct)
    {
        if (most is not { } amount)
        {
            return default;
        }

        return _known.TryGetValue(caller.OrganizationId, out var known) && time.GetUtcNow() - known.LoadedAt < CachedFor
            ? known.IsEmpty ? default : TakeAsync(known, caller, taskId, teamId, amount, ct)
            : LoadAndTakeAsync(caller, taskId, teamId, amount, ct);
    }

    /// <summary>Forgets what a change made stale.</summary>
    public void Forget(Change change)
    {
        if (change.IsEverything)
        {
            Interlocked.Increment(ref _generation);
            _known.Clear();
        }
        else if (change.Table is "budgets" or "organizations")
        {
            Interlocked.Increment(ref _generation);
            _known.TryRemove(change.Id, out _);
        }
    }

    /// <summary>Tells the database what this instance has spent, and gives back what it holds in vain.</summary>
    public async Task SyncAsync(bool leave, CancellationToken ct)
    {
        foreach (var reserve in _reserves.Values)
        {
            await reserve.SyncAsync(leave, ct);
        }
    }

    private static async ValueTask<BudgetAnswer> TakeAsync(Known known, Caller caller, Guid taskId, Guid? teamId, decimal most, CancellationToken ct)
    {
        var covering = known.Of(caller, taskId, teamId);
        if (covering.Count == 0)
        {
            return default;
        }

        var taken = new (BudgetReserve Reserve, decimal Taken)[covering.Count];
        for (var i = 0; i < covering.Count; i++)
        {
            var take = await covering[i].TakeAsync(most, ct);
            taken[i] = (covering[i], take.Taken);
            if (take.Refusal is { } refusal)
            {
                // What the others gave is theirs again.
                new BudgetHold(taken.AsMemory(0, i)).Settle(0);
                return new BudgetAnswer(default, refusal);
            }
        }

        return new BudgetAnswer(new BudgetHold(taken), null);
    }

    private async ValueTask<BudgetAnswer> LoadAndTakeAsync(Caller caller, Guid taskId, Guid? teamId, decimal most, CancellationToken ct)
    {
        var known = await LoadAsync(caller.OrganizationId, ct);
        return known.IsEmpty ? default : await TakeAsync(known, caller, taskId, teamId, most, ct);
    }

    private async Task<Known> LoadAsync(Guid organization, CancellationToken ct)
    {
        var generation = Interlocked.Read(ref _generation);
        await using var db = await data.OpenAsync(Caller.System(organization), ct);
        var budgets = (await db.Budgets.AsNoTracking().ToListAsync(ct)).Where(b => b.Enforces).ToList();
        var reserves = new List<BudgetReserve>();
        if (budgets.Count > 0)
        {
            var settings = await db.Organizations.AsNoTracking().Where(o => o.Id == organization).Select(o => new { o.TimeZone, o.Currency }).SingleAsync(ct);
            var names = await BudgetScopes.NamesAsync(db, organization, ct);
            foreach (var budget in budgets)
            {
                var terms = new BudgetTerms(budget, names.GetValueOrDefault((budget.Scope, budget.ScopeId), budget.Name), settings.Currency, LocalDays.Of(settings.TimeZone));
                var reserve = _reserves.GetOrAdd(budget.Id, _ => new BudgetReserve(terms, _instance, data, time));
                reserve.Follow(terms);
                reserves.Add(reserve);
            }
        }

        foreach (var gone in _reserves.Values.Where(r => r.Budget.OrganizationId == organization && !reserves.Contains(r)))
        {
            _reserves.TryRemove(gone.Budget.Id, out _);
        }

        var known = new Known(reserves, time.GetUtcNow());
        _known[organization] = known;
        if (generation != Interlocked.Read(ref _generation))
        {
            _known.TryRemove(organization, out _);
        }

        return known;
    }

    /// <summary>An organization's enforcing budgets, in the order in which they are asked.</summary>
    private sealed class Known(List<BudgetReserve> reserves, DateTimeOffset loadedAt)
    {
        private readonly BudgetReserve[] _reserves = [.. reserves.OrderBy(r => r.Budget.Scope).ThenBy(r => r.Budget.Period).ThenBy(r => r.Budget.Id)];

        public DateTimeOffset LoadedAt => loadedAt;

        public bool IsEmpty => _reserves.Length == 0;

        public IReadOnlyList<BudgetReserve> Of(Caller caller, Guid taskId, Guid? teamId) =>
            [.. _reserves.Where(r => BudgetScopes.Covers(r.Budget, caller.Kind == CallerKind.ApiKey ? caller.Id : null, taskId, teamId, caller.EnvironmentIdOrNull))];
    }
}

/// <param name="Hold">What was taken.</param>
/// <param name="Refusal">Why it was not; null when every budget had room.</param>
public readonly record struct BudgetAnswer(BudgetHold Hold, LimitExceededException? Refusal);

/// <summary>What an execution has taken of the budgets that cover it, until it is known what it cost.</summary>
public readonly struct BudgetHold
{
    private readonly ReadOnlyMemory<(BudgetReserve Reserve, decimal Taken)> _taken;

    internal BudgetHold(ReadOnlyMemory<(BudgetReserve Reserve, decimal Taken)> taken) => _taken = taken;

    /// <summary>Settles with what it cost; nothing where it did not run.</summary>
    public void Settle(decimal cost)
    {
        foreach (var (reserve, taken) in _taken.Span)
        {
            reserve.Settle(taken, cost);
        }
    }
}
