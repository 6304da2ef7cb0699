using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Budgets;

/// <summary>
/// What this instance holds of one budget. It reserves some ahead in the database, takes from that in memory what an execution may cost at most, and gives back what
/// it did not cost. What the lease in the database holds is always what is left here, what is out with executions that run, and what was spent and not yet told.
/// </summary>
internal sealed class BudgetReserve(BudgetTerms terms, Guid instance, LoopaiData data, TimeProvider time)
{
    public static readonly TimeSpan LeaseFor = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Fast = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _syncing = new(1, 1);
    private readonly Lock _gate = new();
    private BudgetTerms _terms = terms;
    private BudgetSpan? _span;
    private decimal _left;
    private decimal _out;
    private decimal _spent;
    private decimal _slice;
    private DateTimeOffset _until;
    private DateTimeOffset _refilledAt;
    private bool _used;
    private bool _rebase;

    public Budget Budget => _terms.Budget;

    /// <summary>Goes by other terms of the same budget; what is held stays. Where days begin at another moment, periods do, and what was spent in them is found out again.</summary>
    public void Follow(BudgetTerms changed)
    {
        lock (_gate)
        {
            if (changed.Days != _terms.Days)
            {
                (_rebase, _until) = (true, default);
            }

            _terms = changed;
        }
    }

    /// <summary>Takes what an execution may cost at most.</summary>
    public async ValueTask<BudgetTake> TakeAsync(decimal most, CancellationToken ct)
    {
        if (TryTake(most))
        {
            return new BudgetTake(most, null);
        }

        await _syncing.WaitAsync(ct);
        try
        {
            return TryTake(most) ? new BudgetTake(most, null) : await RefillAsync(most, ct);
        }
        finally
        {
            _syncing.Release();
        }
    }

    /// <summary>What was taken has cost so much, more perhaps.</summary>
    public void Settle(decimal taken, decimal cost)
    {
        lock (_gate)
        {
            (_out, _left, _spent) = (_out - taken, _left + taken - cost, _spent + cost);
        }
    }

    /// <summary>Tells the database what was spent and that this instance lives, and gives back what nobody wanted lately.</summary>
    /// <param name="leave">Whether everything goes back: the portal stops.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task SyncAsync(bool leave, CancellationToken ct)
    {
        await _syncing.WaitAsync(ct);
        try
        {
            if (_span is not { } span)
            {
                return;
            }

            lock (_gate)
            {
                _left = leave || !_used ? Math.Min(0, _left) : _left;
                _used = false;
            }

            await using var db = await data.OpenAsync(Caller.System(Budget.OrganizationId), ct);
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await BudgetMeters.LockAsync(db, Budget, span.Key, ct);
            await TellAsync(db, span, 0, async () => await transaction.CommitAsync(ct), ct);
        }
        finally
        {
            _syncing.Release();
        }
    }

    private bool TryTake(decimal most)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_span is null || now >= _span.To || now >= _until || _left < most)
            {
                return false;
            }

            (_left, _out, _used) = (_left - most, _out + most, true);
            return true;
        }
    }

    private async Task<BudgetTake> RefillAsync(decimal most, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var (scopeName, currency) = (_terms.ScopeName, _terms.Currency);
        var span = BudgetSpan.Of(Budget.Period, Budget.RollingDays, _terms.Days, now);
        await using var db = await data.OpenAsync(Caller.System(Budget.OrganizationId), ct);
        await BudgetMeters.EnsureAsync(db, Budget, span.Key, ct);
        await LeaveAsync(db, span, ct);
        if (await IsToRebaseAsync())
        {
            // The ledger that it is set by is to have what was committed here; nobody else waits for that with the meter locked.
            await data.CaughtUpAsync(ct);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await BudgetMeters.LockAsync(db, Budget, span.Key, ct);
        if (await IsToRebaseAsync())
        {
            await BudgetMeters.RebaseAsync(db, Budget, currency, span, now, ct);
        }

        var (used, left) = await UsedAsync(db, span, ct);
        var (need, free) = (most - left, Budget.Amount - used);
        _slice = now - _refilledAt < Fast ? Math.Clamp(_slice * 2, need, Math.Max(need, Budget.Amount)) : need;
        var wanted = need <= free ? Math.Max(need, Math.Min(_slice, free / 20)) : 0;
        var trickles = wanted == 0 && Budget.Action == BudgetAction.Throttle && await TrickleAsync(db, span, now, ct);
        await TellAsync(db, span, wanted, async () => await transaction.CommitAsync(ct), ct);
        lock (_gate)
        {
            (_span, _until, _refilledAt, _rebase) = (span, now + LeaseFor, now, false);
            if (wanted > 0)
            {
                (_left, _out, _used) = (_left + wanted - most, _out + most, true);
            }
        }

        return wanted > 0 ? new BudgetTake(most, null)
            : trickles ? new BudgetTake(0, null)
            : new BudgetTake(0, BudgetWords.Exceeded(
                BudgetWords.Sum(Budget.Scope, scopeName, Budget.Period, Budget.RollingDays, used - left, most, Budget.Amount, currency), span, now));

        async Task<bool> IsToRebaseAsync() => _rebase || !await db.LeasesOf(Budget, span.Key).AnyAsync(l => l.Until > now, ct);
    }

    /// <summary>What all instances have used up and hold, what this one has not told yet included as it is held; and what is left here.</summary>
    private async Task<(decimal Used, decimal Left)> UsedAsync(LoopaiDbContext db, BudgetSpan span, CancellationToken ct)
    {
        var meter = await db.MeterOf(Budget, span.Key).AsNoTracking().SingleAsync(ct);
        var mine = await db.LeasesOf(Budget, span.Key).Where(l => l.InstanceId == instance).Select(l => (decimal?)l.Held).SingleOrDefaultAsync(ct) ?? 0;
        lock (_gate)
        {
            // What was spent beyond what was held counts before anybody is told.
            _left = Math.Max(0, _left);
            return (meter.Settled + meter.Others + meter.Held - mine + _left + _out + _spent, _left);
        }
    }

    /// <summary>Writes what was spent since the last time, and sets the lease to what is held now and what is wanted beside it.</summary>
    private async Task TellAsync(LoopaiDbContext db, BudgetSpan span, decimal wanted, Func<Task> commit, CancellationToken ct)
    {
        decimal spent, held;
        lock (_gate)
        {
            (spent, _spent, _left) = (_spent, 0, Math.Max(0, _left));
            held = _left + _out + wanted;
        }

        try
        {
            var lease = await db.LeasesOf(Budget, span.Key).FirstOrDefaultAsync(l => l.InstanceId == instance, ct);
            var more = held - (lease?.Held ?? 0);

            // Without a lease this one was taken for dead, and what it spent has been found in the ledger.
            var settled = lease is null ? 0 : spent;
            var meters = await db.MeterOf(Budget, span.Key)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.Settled, m => m.Settled + settled).SetProperty(m => m.Held, m => m.Held + more), ct);
            if (meters == 0)
            {
                // The budget was taken away.
                return;
            }

            if (lease is null)
            {
                db.BudgetLeases.Add(lease = new BudgetLease { OrganizationId = Budget.OrganizationId, BudgetId = Budget.Id, Period = span.Key, InstanceId = instance });
            }

            (lease.Held, lease.Until) = (held, time.GetUtcNow() + LeaseFor);
            await db.SaveChangesAsync(ct);
            await commit();
            _until = lease.Until;
        }
        catch
        {
            // What was not told is told the next time.
            lock (_gate)
            {
                _spent += spent;
            }

            throw;
        }
    }

    /// <summary>Settles a period that is over. What is out with executions that still run is settled in the next.</summary>
    private async Task LeaveAsync(LoopaiDbContext db, BudgetSpan next, CancellationToken ct)
    {
        if (_span is not { } old || old.Key == next.Key)
        {
            return;
        }

        decimal spent;
        lock (_gate)
        {
            (spent, _spent, _left, _span) = (_spent, 0, 0, null);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var mine = await db.LeasesOf(Budget, old.Key).Where(l => l.InstanceId == instance).Select(l => (decimal?)l.Held).SingleOrDefaultAsync(ct) ?? 0;
        await db.MeterOf(Budget, old.Key).ExecuteUpdateAsync(set => set.SetProperty(m => m.Settled, m => m.Settled + spent).SetProperty(m => m.Held, m => m.Held - mine), ct);
        await db.LeasesOf(Budget, old.Key).Where(l => l.InstanceId == instance).ExecuteDeleteAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>One more of those that a throttle lets through, by the generic cell rate algorithm (ITU-T I.371), over all instances.</summary>
    private async Task<bool> TrickleAsync(LoopaiDbContext db, BudgetSpan span, DateTimeOffset now, CancellationToken ct)
    {
        var (nowUs, interval) = ((now - DateTimeOffset.UnixEpoch).Ticks / 10, 60_000_000L / Math.Max(1, Budget.ThrottlePerMinute ?? 1));
        return await db.MeterOf(Budget, span.Key).Where(m => m.FullAtUs <= nowUs)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.FullAtUs, nowUs + interval), ct) > 0;
    }
}
