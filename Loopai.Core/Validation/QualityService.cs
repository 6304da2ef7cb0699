using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Validation;

/// <summary>Turns verdicts into figures. The database adds up; only sums come out of it.</summary>
public sealed class QualityService(LoopaiData data)
{
    /// <summary>Distinct pairs of outputs that are read of a task with classes.</summary>
    private const int MostPairs = 20_000;

    public async Task<TaskQuality> GetAsync(Caller caller, Guid taskId, QualityWindow window, CancellationToken ct)
    {
        caller.Demand(Permissions.ValidationsRead, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        var schema = await db.Tasks.Where(t => t.Id == taskId).Select(t => t.OutputSchema).FirstOrDefaultAsync(ct) ?? throw ValidationErrors.TaskNotFound(taskId);
        var all = new ValidationFilter(TaskId: taskId, From: window.From, To: window.To, EnvironmentId: window.EnvironmentId).Apply(db.Validations.AsNoTracking(), caller);
        var counting = all.Where(v => v.Probability != null && (v.Status == ValidationStatus.Matched || v.Status == ValidationStatus.Mismatched));

        var totals = await TotalsAsync(all, ct);
        var days = await DaysAsync(counting, ct);
        var deciles = await DecilesAsync(counting, ct);
        var pairs = OutputClasses.Of(schema) is null ? null : await PairsAsync(counting, ct);
        return new TaskQuality(taskId,
        [
            .. totals.GroupBy(t => t.Version).OrderByDescending(g => g.Key)
                .Select(g => OfVersion(g.Key, [.. g], days[g.Key], deciles[g.Key], pairs is null ? null : Confusion.Of([.. pairs[g.Key]]))),
        ]);
    }

    private static VersionQuality OfVersion(
        int version, List<Total> totals, IEnumerable<DayQuality> days, IEnumerable<ConfidenceQuality> deciles, Confusion? confusion)
    {
        return new VersionQuality(
            version, Count(t => t.IsVerdict), Count(t => t.Status == ValidationStatus.Matched), Count(t => t is { IsVerdict: true, Forced: true }),
            Count(t => t.Status == ValidationStatus.Pending), Count(t => t.Status == ValidationStatus.InReview),
            Count(t => t.Status == ValidationStatus.Undecidable),
            Estimate.Of(totals.Where(t => t is { IsVerdict: true, Forced: false }).Aggregate(default(WeightedShare), (sum, t) => sum + t.Share)),
            confusion, [.. days], [.. deciles]);

        long Count(Func<Total, bool> which) => totals.Where(which).Sum(t => t.Count);
    }

    private static async Task<List<Total>> TotalsAsync(IQueryable<ValidationRecord> all, CancellationToken ct)
    {
        var rows = await all.GroupBy(v => new { v.Version, v.Status, Forced = v.Probability == null })
            .Select(g => new
            {
                g.Key.Version, g.Key.Status, g.Key.Forced, Count = g.LongCount(),
                Weights = g.Sum(v => 1 / v.Probability) ?? 0, Squares = g.Sum(v => 1 / (v.Probability * v.Probability)) ?? 0,
            })
            .ToListAsync(ct);
        return [.. rows.Select(r => new Total(r.Version, r.Status, r.Forced, r.Count, Share(r.Status, r.Weights, r.Squares)))];
    }

    private static async Task<ILookup<int, DayQuality>> DaysAsync(IQueryable<ValidationRecord> counting, CancellationToken ct)
    {
        var rows = await counting.GroupBy(v => new { v.Version, v.ExecutedAt.Year, v.ExecutedAt.Month, v.ExecutedAt.Day, v.Status })
            .Select(g => new
            {
                g.Key, Count = g.LongCount(), Weights = g.Sum(v => 1 / v.Probability) ?? 0, Squares = g.Sum(v => 1 / (v.Probability * v.Probability)) ?? 0,
            })
            .ToListAsync(ct);
        return rows.GroupBy(r => (r.Key.Version, Day: new DateOnly(r.Key.Year, r.Key.Month, r.Key.Day))).OrderBy(g => g.Key.Day)
            .Select(g => (g.Key, Count: g.Sum(r => r.Count), Share: g.Aggregate(default(WeightedShare), (sum, r) => sum + Share(r.Key.Status, r.Weights, r.Squares))))
            .ToLookup(d => d.Key.Version, d => new DayQuality(d.Key.Day, d.Count, Estimate.Of(d.Share)!));
    }

    private static async Task<ILookup<int, ConfidenceQuality>> DecilesAsync(IQueryable<ValidationRecord> counting, CancellationToken ct)
    {
        var rows = await counting.Where(v => v.Confidence != null)
            .GroupBy(v => new { v.Version, Decile = Math.Floor(v.Confidence!.Value * 10), v.Status })
            .Select(g => new
            {
                g.Key, Count = g.LongCount(), Weights = g.Sum(v => 1 / v.Probability) ?? 0, Squares = g.Sum(v => 1 / (v.Probability * v.Probability)) ?? 0,
                Confidences = g.Sum(v => v.Confidence / v.Probability) ?? 0,
            })
            .ToListAsync(ct);
        return rows.GroupBy(r => (r.Key.Version, Decile: (int)Math.Clamp(r.Key.Decile, 0, 9))).OrderBy(g => g.Key.Decile)
            .Select(g => (g.Key, Count: g.Sum(r => r.Count), Confidences: g.Sum(r => r.Confidences),
                Share: g.Aggregate(default(WeightedShare), (sum, r) => sum + Share(r.Key.Status, r.Weights, r.Squares))))
            .ToLookup(d => d.Key.Version, d => new ConfidenceQuality(d.Key.Decile, d.Count, d.Confidences / d.Share.Weights, Estimate.Of(d.Share)!));
    }

    private static async Task<ILookup<int, OutputPair>> PairsAsync(IQueryable<ValidationRecord> counting, CancellationToken ct)
    {
        var rows = await counting.GroupBy(v => new { v.Version, v.Expected, v.Actual })
            .Select(g => new { g.Key, Count = g.LongCount(), Weight = g.Sum(v => 1 / v.Probability) ?? 0 })
            .OrderByDescending(r => r.Count).Take(MostPairs).ToListAsync(ct);

        // What a program answered is stored as it wrote it; here 1 and 1.0 are one class.
        return rows.ToLookup(r => r.Key.Version, r => new OutputPair(VerdictRules.Canonical(r.Key.Expected), VerdictRules.Canonical(r.Key.Actual), r.Count, r.Weight));
    }

    private static WeightedShare Share(ValidationStatus status, double weights, double squares) =>
        new(weights, status == ValidationStatus.Matched ? weights : 0, squares);

    private sealed record Total(int Version, ValidationStatus Status, bool Forced, long Count, WeightedShare Share)
    {
        public bool IsVerdict => Status is ValidationStatus.Matched or ValidationStatus.Mismatched;
    }
}
