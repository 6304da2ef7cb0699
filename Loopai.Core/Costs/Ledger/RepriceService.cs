using System.Data;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Ledger;

/// <summary>Finds usage that nobody priced, and prices charges again when the book has changed. Charges stay as they were; the difference is written beside them.</summary>
public sealed class RepriceService(LoopaiData data, TimeProvider time)
{
    /// <summary>What is kept by the hour.</summary>
    public const int MostDaysBack = 88;

    /// <summary>Usage of the last weeks that no price fits, the most first.</summary>
    public async Task<IReadOnlyList<UnpricedUsage>> UnpricedAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        var now = time.GetUtcNow();
        await using var db = await data.OpenCountedAsync(caller, ct);
        var book = await db.PriceBookAsync(caller.OrganizationId, ct);
        var since = now.AddDays(-MostDaysBack);
        var meters = await db.MetersAsync(ct);
        var executions = await db.ExecutionRollups.AsNoTracking().Where(r => r.Level == Executions.RollupLevel.Hour && r.Unpriced > 0 && r.StartsAt >= since)
            .GroupBy(r => new { r.TaskId, r.Version })
            .Select(g => new { g.Key, Count = g.Sum(r => r.Unpriced), Us = g.Sum(r => r.LatencySumUs), First = g.Min(r => r.StartsAt), Last = g.Max(r => r.StartsAt) }).ToListAsync(ct);
        var entries = await db.CostEntries.AsNoTracking().Where(e => e.At >= since && (e.Amount == null || e.Kind == CostKind.Adjustment)).GroupBy(e => e.Meter)
            .Select(g => new
            {
                Meter = g.Key, Count = g.LongCount(e => e.Amount == null), Settled = g.Sum(e => e.Settles), Quantity = g.Sum(e => e.Amount == null ? e.Quantity : 0), First = g.Min(e => e.At),
                Last = g.Max(e => e.At),
            }).ToListAsync(ct);
        return
        [
            .. executions.Select(e => (Meter: meters.GetValueOrDefault((e.Key.TaskId, e.Key.Version), "compute:gone"), e.Count, Quantity: e.Us / 1_000_000m, e.First, e.Last))
                .Concat(entries.Select(e => (e.Meter, Count: e.Count - e.Settled, e.Quantity, e.First, e.Last)))
                .GroupBy(u => u.Meter).Select(g => (Meter: g.Key, Count: g.Sum(u => u.Count), Quantity: g.Sum(u => u.Quantity), First: g.Min(u => u.First), Last: g.Max(u => u.Last)))
                .Where(u => u.Count > 0).OrderByDescending(u => u.Count)
                .Select(u => new UnpricedUsage(u.Meter, u.Count, u.Quantity, u.First, u.Last, IsPriced(book, u.Meter, u.First, u.Last))),
        ];
    }

    /// <summary>What charges of some days of UTC would be by the book as it stands now.</summary>
    public async Task<RepricePreview> PreviewAsync(Caller caller, CostRange range, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        await using var db = await data.OpenCountedAsync(caller, ct);
        return (await ReadAsync(db, caller, range, ct)).Preview;
    }

    /// <summary>Writes the differences into the ledger.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="range">Days of UTC.</param>
    /// <param name="difference">What the preview said; null to take whatever it is.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<RepricePreview> ApplyAsync(Caller caller, CostRange range, decimal? difference, CancellationToken ct)
    {
        caller.Demand(Permissions.PricesManage);
        await using var db = await data.OpenCountedAsync(caller, ct);

        // Of two who apply the same at once, the database lets one through.
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.Serializable, ct);
        var (preview, sums) = await ReadAsync(db, caller, range, ct);
        if (difference is { } seen && seen != preview.Difference)
        {
            throw CostErrors.RepricedMeanwhile();
        }

        var changed = sums.Where(s => s.Value.Difference != 0 || s.Value.NewlyPriced > 0).ToList();
        if (changed.Count == 0)
        {
            throw CostErrors.NothingToReprice();
        }

        var (id, now) = (Guid.CreateVersion7(), time.GetUtcNow());
        db.CostEntries.AddRange(changed.Select(s => new CostEntry
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Kind = CostKind.Adjustment, Adjusts = s.Key.Kind, SubjectId = id,
            At = new DateTimeOffset(s.Key.Day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), Meter = s.Key.Meter, Amount = s.Value.Difference, Settles = s.Value.NewlyPriced,
            Currency = preview.Currency, PriceId = s.Value.PriceId, TaskId = s.Key.TaskId, Version = s.Key.Version, EnvironmentId = s.Key.EnvironmentId, KeyId = s.Key.KeyId,
            TeamId = s.Key.TeamId, ExperimentId = s.Key.ExperimentId, CreatedAt = now,
        }));
        db.Record(caller, "costs.repriced", "organization", caller.OrganizationId, new { preview.From, preview.To, preview.Charged, preview.Repriced, preview.NewlyPriced, repricing = id });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return preview;
    }

    private async Task<(RepricePreview Preview, Dictionary<RepriceKey, RepriceSum> Sums)> ReadAsync(LoopaiDbContext db, Caller caller, CostRange range, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var (from, to) = (range.From ?? today.AddDays(-CostService.DefaultDays), range.To ?? today);
        if (from > to || from < today.AddDays(-MostDaysBack))
        {
            throw CostErrors.Range(from > to ? "from lies after to." : $"Charges can be priced again for {MostDaysBack} days: that is how long they are kept by the hour.");
        }

        var book = await db.PriceBookAsync(caller.OrganizationId, ct);
        var sums = await db.RepricedAsync(new LedgerRange(caller.OrganizationId, book.Currency, Start(from), Start(to.AddDays(1)), now), book, ct);
        var names = await db.Tasks.ToDictionaryAsync(t => t.Id, t => t.Name, ct);
        var items = sums.GroupBy(s => (s.Key.Meter, s.Key.TaskId)).Select(g => new RepriceItem(
                g.Key.Meter, g.Key.TaskId, g.Key.TaskId is { } task ? names.GetValueOrDefault(task, "A task that is gone") : "No task", g.Sum(s => s.Value.Charged + s.Value.Adjusted),
                g.Sum(s => s.Value.Charged + s.Value.Adjusted + s.Value.Difference), g.Sum(s => s.Value.NewlyPriced)))
            .Where(i => i.Difference != 0 || i.NewlyPriced > 0).OrderByDescending(i => Math.Abs(i.Difference)).ToList();
        var charged = sums.Values.Sum(s => s.Charged + s.Adjusted);
        return (
            new RepricePreview(
                book.Currency, from, to, charged, charged + sums.Values.Sum(s => s.Difference), sums.Values.Sum(s => s.NewlyPriced), sums.Values.Sum(s => s.Unpriced - s.PricedNow), items),
            sums);
    }

    private static bool IsPriced(PriceBook book, string meter, DateTimeOffset first, DateTimeOffset last)
    {
        var (kind, name) = RepriceQueries.PartsOf(meter);
        return book.Find(kind, "", name, first) is not null && book.Find(kind, "", name, last) is not null;
    }

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
