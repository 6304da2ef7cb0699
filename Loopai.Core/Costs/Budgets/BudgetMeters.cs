using Loopai.Core.Costs.Ledger;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Budgets;

/// <summary>What instances share of a budget's period.</summary>
internal static class BudgetMeters
{
    public static IQueryable<BudgetMeter> MeterOf(this LoopaiDbContext db, Budget budget, string period) =>
        db.BudgetMeters.Where(m => m.OrganizationId == budget.OrganizationId && m.BudgetId == budget.Id && m.Period == period);

    public static IQueryable<BudgetLease> LeasesOf(this LoopaiDbContext db, Budget budget, string period) =>
        db.BudgetLeases.Where(l => l.OrganizationId == budget.OrganizationId && l.BudgetId == budget.Id && l.Period == period);

    /// <summary>The row of the period, made on its first use.</summary>
    public static async Task EnsureAsync(LoopaiDbContext db, Budget budget, string period, CancellationToken ct)
    {
        if (await db.MeterOf(budget, period).AnyAsync(ct))
        {
            return;
        }

        db.BudgetMeters.Add(new BudgetMeter { OrganizationId = budget.OrganizationId, BudgetId = budget.Id, Period = period });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (!ct.IsCancellationRequested)
        {
            // Another instance was first.
        }

        db.ChangeTracker.Clear();
    }

    /// <summary>Whoever has written the row keeps others from it until the transaction ends, so that one after the other reckons.</summary>
    public static Task LockAsync(LoopaiDbContext db, Budget budget, string period, CancellationToken ct) =>
        db.MeterOf(budget, period).ExecuteUpdateAsync(set => set.SetProperty(m => m.Held, m => m.Held), ct);

    /// <summary>
    /// Sets the meter by the ledger, and forgets instances that are dead: what they held and did not spend is free again. What a living one has spent and not told
    /// yet may then count twice until the period is over; that errs towards spending less.
    /// </summary>
    public static async Task RebaseAsync(LoopaiDbContext db, Budget budget, string currency, BudgetSpan span, DateTimeOffset now, CancellationToken ct)
    {
        await db.LeasesOf(budget, span.Key).Where(l => l.Until <= now).ExecuteDeleteAsync(ct);
        var spent = await db.SpentAsync(budget.Part, new LedgerRange(budget.OrganizationId, currency, span.From, span.To, now), ct);
        var held = await db.LeasesOf(budget, span.Key).SumAsync(l => (decimal?)l.Held, ct) ?? 0;
        await db.MeterOf(budget, span.Key).ExecuteUpdateAsync(
            set => set.SetProperty(m => m.Settled, spent.Executions).SetProperty(m => m.Others, spent.Others).SetProperty(m => m.Held, held), ct);
    }
}
