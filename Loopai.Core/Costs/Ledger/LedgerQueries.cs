using Loopai.Core.Data;
using Loopai.Core.Executions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Ledger;

/// <summary>
/// The ledger as it is read: charges of executions from their roll-ups, all others and every adjustment from their entries. It is read by the hour, so a
/// day of a time zone that lies off by half an hour begins half an hour early.
/// </summary>
internal static class LedgerQueries
{
    /// <summary>Hours are kept for longer than this; what lies before is read by the day.</summary>
    private const int HoursFor = 88;

    /// <summary>What was spent from one moment up to another.</summary>
    public static async Task<LedgerSpent> SpentAsync(this LoopaiDbContext db, LedgerScope scope, LedgerRange range, CancellationToken ct)
    {
        var others = await scope.Apply(db.Entries(range)).SumAsync(e => e.Amount, ct) ?? 0;
        var executions = 0m;
        foreach (var part in range.Parts())
        {
            executions += await scope.Apply(db.Rollups(range, part)).SumAsync(r => (decimal?)r.Cost, ct) ?? 0;
        }

        return new LedgerSpent(executions, others);
    }

    /// <summary>What was spent, split by everything that it can be put down to.</summary>
    public static async Task<List<LedgerShare>> SharesAsync(this LoopaiDbContext db, LedgerRange range, CancellationToken ct)
    {
        var entries = await db.Entries(range).GroupBy(e => new { e.Kind, e.Adjusts, e.TaskId, e.TeamId, e.KeyId, e.EnvironmentId, e.ExperimentId })
            .Select(g => new { g.Key, Amount = g.Sum(e => e.Amount) ?? 0, Count = g.LongCount(), Unpriced = g.LongCount(e => e.Amount == null), Settled = g.Sum(e => e.Settles) }).ToListAsync(ct);
        List<LedgerShare> shares =
        [
            .. entries.Select(e => new LedgerShare(
                e.Key.Adjusts ?? e.Key.Kind, e.Key.TaskId, e.Key.TeamId, e.Key.KeyId, e.Key.EnvironmentId, e.Key.ExperimentId, e.Amount,
                e.Key.Kind == CostKind.Adjustment ? 0 : e.Count, e.Unpriced - e.Settled)),
        ];
        foreach (var part in range.Parts())
        {
            var rows = await db.Rollups(range, part).GroupBy(r => new { r.TaskId, r.TeamId, r.KeyId, r.EnvironmentId, r.ExperimentId })
                .Select(g => new { g.Key, Amount = g.Sum(r => r.Cost), Count = g.Sum(r => r.Executions), Unpriced = g.Sum(r => r.Unpriced) }).ToListAsync(ct);
            shares.AddRange(rows.Select(r => new LedgerShare(
                CostKind.Execution, r.Key.TaskId, Some(r.Key.TeamId), Some(r.Key.KeyId), r.Key.EnvironmentId, Some(r.Key.ExperimentId), r.Amount, r.Count, r.Unpriced)));
        }

        return shares;
    }

    /// <summary>What was spent when, by task; the hours or days in no order.</summary>
    public static async Task<List<LedgerPoint>> SeriesAsync(this LoopaiDbContext db, LedgerScope scope, LedgerRange range, CancellationToken ct)
    {
        var entries = await scope.Apply(db.Entries(range)).Select(e => new { e.At, e.TaskId, e.Amount }).ToListAsync(ct);
        List<LedgerPoint> points = [.. entries.Select(e => new LedgerPoint(e.At, e.TaskId, e.Amount ?? 0, 0))];
        foreach (var part in range.Parts())
        {
            var rows = await scope.Apply(db.Rollups(range, part)).GroupBy(r => new { r.StartsAt, r.TaskId })
                .Select(g => new { g.Key.StartsAt, g.Key.TaskId, Amount = g.Sum(r => r.Cost), Executions = g.Sum(r => r.Executions) }).ToListAsync(ct);

            // A day of UTC is put down to its noon, which lies on the same date in most of the world.
            var shift = part.Level == RollupLevel.Day ? TimeSpan.FromHours(12) : TimeSpan.Zero;
            points.AddRange(rows.Select(r => new LedgerPoint(r.StartsAt + shift, r.TaskId, r.Amount, r.Executions)));
        }

        return points;
    }

    /// <summary>Whether anything stands in the organization's currency: roll-ups of charges do not say in which, so that another would be added to it.</summary>
    public static async Task<bool> HasAmountsAsync(this LoopaiDbContext db, CancellationToken ct) =>
        await db.Budgets.AnyAsync(ct) || await db.ExecutionRollups.AnyAsync(r => r.Level == RollupLevel.Day && r.Cost > 0, ct) || await db.CostEntries.AnyAsync(e => e.Amount != null && e.Amount != 0, ct);

    /// <summary>Entries in the organization's currency; those in one that it has left are not added to others.</summary>
    public static IQueryable<CostEntry> Entries(this LoopaiDbContext db, LedgerRange range) => db.CostEntries.AsNoTracking()
        .Where(e => e.OrganizationId == range.OrganizationId && e.At >= range.From && e.At < range.To && e.Currency == range.Currency);

    private static IQueryable<ExecutionRollup> Rollups(this LoopaiDbContext db, LedgerRange range, LedgerPart part) => db.ExecutionRollups.AsNoTracking()
        .Where(r => r.OrganizationId == range.OrganizationId && r.Level == part.Level && r.StartsAt >= part.From && r.StartsAt < part.To);

    private static Guid? Some(Guid id) => id == ExecutionRollup.None ? null : id;

    /// <summary>
    /// Which roll-ups cover a range. Days are those of UTC, and a range that begins or ends within one takes the nearest midnight, so that of two ranges that adjoin only one
    /// counts it.
    /// </summary>
    internal static IEnumerable<LedgerPart> Parts(this LedgerRange range)
    {
        var hours = RollupLevel.Day.StartOf(range.Now.AddDays(-HoursFor));
        if (range.From < hours)
        {
            yield return new LedgerPart(RollupLevel.Day, NearestDay(range.From), range.To < hours ? NearestDay(range.To) : hours);
        }

        if (range.To > hours)
        {
            yield return new LedgerPart(RollupLevel.Hour, range.From < hours ? hours : RollupLevel.Hour.StartOf(range.From), range.To);
        }
    }

    private static DateTimeOffset NearestDay(DateTimeOffset at) => RollupLevel.Day.StartOf(at.AddHours(12));

    /// <param name="Level">How wide its roll-ups are.</param>
    /// <param name="From">The first of them.</param>
    /// <param name="To">The end.</param>
    internal sealed record LedgerPart(RollupLevel Level, DateTimeOffset From, DateTimeOffset To);
}

/// <param name="OrganizationId">Whose ledger.</param>
/// <param name="Currency">In what it is reckoned.</param>
/// <param name="From">From this moment on.</param>
/// <param name="To">Up to this one.</param>
/// <param name="Now">The time of asking.</param>
internal sealed record LedgerRange(Guid OrganizationId, string Currency, DateTimeOffset From, DateTimeOffset To, DateTimeOffset Now);

/// <param name="Executions">By executions.</param>
/// <param name="Others">By everything else, and by adjustments.</param>
internal readonly record struct LedgerSpent(decimal Executions, decimal Others)
{
    public decimal Total => Executions + Others;
}

/// <param name="Kind">What was charged; of an adjustment, what it corrects.</param>
/// <param name="TaskId">For which task.</param>
/// <param name="TeamId">Which owned it then.</param>
/// <param name="KeyId">By which key.</param>
/// <param name="EnvironmentId">Where.</param>
/// <param name="ExperimentId">In which experiment it counted.</param>
/// <param name="Amount">How much.</param>
/// <param name="Count">How many charges.</param>
/// <param name="Unpriced">How many of them have no price yet.</param>
internal sealed record LedgerShare(
    CostKind Kind, Guid? TaskId, Guid? TeamId, Guid? KeyId, Guid? EnvironmentId, Guid? ExperimentId, decimal Amount, long Count, long Unpriced);

/// <param name="At">When, to the hour.</param>
/// <param name="TaskId">For which task.</param>
/// <param name="Amount">How much.</param>
/// <param name="Executions">How many executions.</param>
internal sealed record LedgerPoint(DateTimeOffset At, Guid? TaskId, decimal Amount, long Executions);
