using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Analytics;

/// <summary>One roll-up as far as figures need it.</summary>
internal sealed record RollupRow(Guid TaskId, int Version, DateTimeOffset StartsAt, long Executions, long Failed, byte[] Latencies);

/// <summary>Verdicts of one version, added up.</summary>
internal sealed record VerdictSum(Guid TaskId, int Version, long Count, WeightedShare Share);

/// <summary>Roll-ups added up.</summary>
internal sealed class RollupSum
{
    private readonly LatencyHistogram _latencies = new();

    public long Executions { get; private set; }

    public long Failed { get; private set; }

    public static RollupSum Of(IEnumerable<RollupRow> rows)
    {
        var sum = new RollupSum();
        foreach (var row in rows)
        {
            sum.Executions += row.Executions;
            sum.Failed += row.Failed;
            sum._latencies.AddEncoded(row.Latencies);
        }

        return sum;
    }

    public double? QuantileMs(double share) => _latencies.Quantile(share) / 1000;
}

/// <summary>What the figures are made of: sums of the caller's environment over the tasks that the caller may see, read in one go each.</summary>
internal static class Figures
{
    /// <summary>The roll-ups that begin within a stretch of time.</summary>
    public static Task<List<RollupRow>> RollupsAsync(
        this LoopaiDbContext db, Caller caller, IReadOnlyCollection<Guid>? tasks, RollupLevel level, DateTimeOffset from, DateTimeOffset to, CancellationToken ct) =>
        db.ExecutionRollups.AsNoTracking().OfTasks(tasks)
            .Where(r => r.OrganizationId == caller.OrganizationId && r.Level == level && r.StartsAt >= from && r.StartsAt < to
                && r.EnvironmentId == caller.EnvironmentId)
            .Select(r => new RollupRow(r.TaskId, r.Version, r.StartsAt, r.Executions, r.Errors + r.Timeouts + r.InvalidOutputs, r.Latencies))
            .ToListAsync(ct);

    /// <summary>The verdicts that stand for executions of a stretch of time, by version.</summary>
    public static async Task<List<VerdictSum>> VerdictsAsync(
        this LoopaiDbContext db, Caller caller, IReadOnlyCollection<Guid>? tasks, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var rows = await db.Validations.AsNoTracking().OfTasks(tasks)
            .Where(v => v.OrganizationId == caller.OrganizationId && v.EnvironmentId == caller.EnvironmentId && v.ExecutedAt >= from && v.ExecutedAt < to
                && v.Probability != null && (v.Status == ValidationStatus.Matched || v.Status == ValidationStatus.Mismatched))
            .GroupBy(v => new { v.TaskId, v.Version, v.Status })
            .Select(g => new
            {
                g.Key, Count = g.LongCount(), Weights = g.Sum(v => 1 / v.Probability) ?? 0, Squares = g.Sum(v => 1 / (v.Probability * v.Probability)) ?? 0,
            })
            .ToListAsync(ct);
        return
        [
            .. rows.GroupBy(r => (r.Key.TaskId, r.Key.Version)).Select(g => new VerdictSum(
                g.Key.TaskId, g.Key.Version, g.Sum(r => r.Count),
                g.Aggregate(default(WeightedShare), (sum, r) => sum
                    + new WeightedShare(r.Weights, r.Key.Status == ValidationStatus.Matched ? r.Weights : 0, r.Squares)))),
        ];
    }

    public static Estimate? Estimated(this IEnumerable<VerdictSum> verdicts) =>
        Estimate.Of(verdicts.Aggregate(default(WeightedShare), (sum, v) => sum + v.Share));
}
