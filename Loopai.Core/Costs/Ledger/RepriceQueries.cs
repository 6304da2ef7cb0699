using Loopai.Core.Costs.Prices;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Programs;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Ledger;

/// <summary>Reads charges with what they were made of, and prices them again.</summary>
internal static class RepriceQueries
{
    /// <summary>Every charge of the range, added up by what an adjustment would be put down to.</summary>
    public static async Task<Dictionary<RepriceKey, RepriceSum>> RepricedAsync(this LoopaiDbContext db, LedgerRange range, PriceBook book, CancellationToken ct)
    {
        var sums = new Dictionary<RepriceKey, RepriceSum>();
        await AddExecutionsAsync(db, range, book, sums, ct);
        await foreach (var entry in db.Entries(range).AsAsyncEnumerable().WithCancellation(ct))
        {
            var sum = Of(sums, new RepriceKey(
                entry.Adjusts ?? entry.Kind, entry.Meter, DateOnly.FromDateTime(entry.At.UtcDateTime), entry.TaskId, entry.Version, entry.EnvironmentId, entry.KeyId, entry.TeamId,
                entry.ExperimentId));
            if (entry.Kind == CostKind.Adjustment)
            {
                (sum.Adjusted, sum.Settled) = (sum.Adjusted + (entry.Amount ?? 0), sum.Settled + entry.Settles);
                continue;
            }

            var (kind, name) = PartsOf(entry.Meter);
            var price = entry.Quantity == 0 ? null : book.Find(kind, "", name, entry.At);
            Add(sum, entry.Amount ?? 0, 1, entry.Amount is null ? 1 : 0, price, price is null ? null : Money.Round(price.PerUnit!.Value * entry.Quantity));
        }

        return sums;
    }

    /// <summary>The kind and the name that a meter stands for.</summary>
    public static (PriceKind Kind, string Name) PartsOf(string meter) =>
        meter.IndexOf(':', StringComparison.Ordinal) is > 0 and var at && Enum.TryParse<PriceKind>(meter[..at], ignoreCase: true, out var kind) ? (kind, meter[(at + 1)..]) : (PriceKind.Plugin, meter);

    /// <summary>The runtime of every version, as meters name it.</summary>
    public static async Task<Dictionary<(Guid TaskId, int Version), string>> MetersAsync(this LoopaiDbContext db, CancellationToken ct) =>
        (await db.Programs.AsNoTracking().Select(p => new { p.TaskId, p.Version, p.Language }).ToListAsync(ct))
            .ToDictionary(p => (p.TaskId, p.Version), p => "compute:" + PriceBook.RuntimeOf(p.Language));

    /// <summary>Prices begin with whole hours, so that an hour has one price.</summary>
    private static async Task AddExecutionsAsync(LoopaiDbContext db, LedgerRange range, PriceBook book, Dictionary<RepriceKey, RepriceSum> sums, CancellationToken ct)
    {
        var meters = await db.MetersAsync(ct);
        var rows = db.ExecutionRollups.AsNoTracking()
            .Where(r => r.OrganizationId == range.OrganizationId && r.Level == RollupLevel.Hour && r.StartsAt >= range.From && r.StartsAt < range.To)
            .GroupBy(r => new { r.StartsAt, r.TaskId, r.Version, r.EnvironmentId, r.KeyId, r.TeamId, r.ExperimentId })
            .Select(g => new { g.Key, Us = g.Sum(r => r.LatencySumUs), Cost = g.Sum(r => r.Cost), Count = g.Sum(r => r.Executions), Unpriced = g.Sum(r => r.Unpriced) });
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(ct))
        {
            var meter = meters.GetValueOrDefault((row.Key.TaskId, row.Key.Version), "compute:gone");
            var price = book.Find(PriceKind.Compute, "", PartsOf(meter).Name, row.Key.StartsAt);
            var sum = Of(sums, new RepriceKey(
                CostKind.Execution, meter, DateOnly.FromDateTime(row.Key.StartsAt.UtcDateTime), row.Key.TaskId, row.Key.Version, row.Key.EnvironmentId, Some(row.Key.KeyId),
                Some(row.Key.TeamId), Some(row.Key.ExperimentId)));
            Add(sum, row.Cost, row.Count, row.Unpriced, price, price is null ? null : Money.Round(price.PerUnit!.Value * row.Us / 1_000_000m));
        }
    }

    /// <summary>What has no price keeps what it was charged, and stays in the queue.</summary>
    private static void Add(RepriceSum sum, decimal charged, long count, long unpriced, Price? price, decimal? repriced)
    {
        sum.Charged += charged;
        sum.Repriced += repriced ?? charged;
        sum.Count += count;
        sum.Unpriced += unpriced;
        if (price is not null)
        {
            sum.PricedNow += unpriced;
            sum.PriceId = price.Id;
        }
    }

    private static RepriceSum Of(Dictionary<RepriceKey, RepriceSum> sums, RepriceKey key) => sums.TryGetValue(key, out var sum) ? sum : sums[key] = new RepriceSum();

    private static Guid? Some(Guid id) => id == ExecutionRollup.None ? null : id;
}
