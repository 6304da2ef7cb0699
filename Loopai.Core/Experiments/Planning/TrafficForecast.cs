using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Planning;

/// <summary>What a task's recent traffic says about an experiment that is being planned.</summary>
public sealed class TrafficForecast(LoopaiData data, TimeProvider time)
{
    private const int Days = 7;

    /// <summary>Counts the last seven days of the caller's environment.</summary>
    public async Task<RecentTraffic> MeasureAsync(Caller caller, Guid taskId, CancellationToken ct)
    {
        caller.Demand(Permissions.ExperimentsRead, taskId);
        var since = time.GetUtcNow().AddDays(-Days);
        await using var db = await data.OpenAsync(caller, ct);
        await db.RequireTaskAsync(taskId, ct);
        var executions = db.Executions.Where(e => e.TaskId == taskId && e.EnvironmentId == caller.EnvironmentId && e.ExecutedAt >= since && e.ShadowOf == null);
        var totals = await executions.GroupBy(e => 1).Select(g => new
        {
            Count = g.Count(),
            Succeeded = g.Sum(e => e.Status == ExecutionStatus.Success ? 1 : 0),
            Unnamed = g.Sum(e => e.Unit == null ? 1 : 0),
            First = g.Min(e => e.ExecutedAt),
            Latency = g.Average(e => (double)e.LatencyUs),
            Squares = g.Average(e => (double)e.LatencyUs * e.LatencyUs),
        }).FirstOrDefaultAsync(ct);
        if (totals is null)
        {
            return new RecentTraffic(0, 0, null, null, null, null, 0);
        }

        var named = await executions.Where(e => e.Unit != null).Select(e => e.Unit).Distinct().CountAsync(ct);
        var verdicts = await db.Validations
            .Where(v => v.TaskId == taskId && v.EnvironmentId == caller.EnvironmentId && v.ExecutedAt >= since && (v.Status == ValidationStatus.Matched || v.Status == ValidationStatus.Mismatched))
            .GroupBy(v => v.Status).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var (right, wrong) = (verdicts.GetValueOrDefault(ValidationStatus.Matched), verdicts.GetValueOrDefault(ValidationStatus.Mismatched));

        // A task that began yesterday has had one day of traffic, not a seventh of it.
        var days = Math.Clamp((time.GetUtcNow() - totals.First).TotalDays, 1, Days);
        var deviation = Math.Sqrt(Math.Max(0, totals.Squares - (totals.Latency * totals.Latency)));
        return new RecentTraffic(
            (named + totals.Unnamed) / days, totals.Count / days, (double)totals.Succeeded / totals.Count, right + wrong > 0 ? (double)right / (right + wrong) : null,
            totals.Latency / 1000, deviation / 1000, (double)(right + wrong) / totals.Count);
    }
}

/// <param name="UnitsPerDay">Users and sessions, and executions that named none.</param>
/// <param name="ExecutionsPerDay">Executions.</param>
/// <param name="SuccessRate">Executions that answered; null without any.</param>
/// <param name="Accuracy">Right answers among those checked; null without any.</param>
/// <param name="LatencyMs">Mean time in the program.</param>
/// <param name="LatencyDeviationMs">Its standard deviation.</param>
/// <param name="CheckedShare">The share of the executions that an oracle checked.</param>
public sealed record RecentTraffic(
    double UnitsPerDay, double ExecutionsPerDay, double? SuccessRate, double? Accuracy, double? LatencyMs, double? LatencyDeviationMs, double CheckedShare)
{
    /// <summary>Where a metric stands today, and how much it varies from unit to unit; null where nobody can say yet.</summary>
    public Baseline? BaselineOf(MetricDefinition metric) => metric.Source switch
    {
        MetricSource.Success when SuccessRate is { } rate => Baseline.OfShare(rate, 1),
        MetricSource.Accuracy when Accuracy is { } accuracy => Baseline.OfShare(accuracy, CheckedShare),
        MetricSource.Latency when LatencyMs is { } mean => new Baseline(mean, LatencyDeviationMs ?? mean, 1),
        MetricSource.Cost when LatencyMs is { } mean => new Baseline(mean, LatencyDeviationMs ?? mean, 1),
        _ => null,
    };
}

/// <param name="Mean">The metric's value today.</param>
/// <param name="Deviation">Its standard deviation over units.</param>
/// <param name="Share">The share of the units that yields a value.</param>
public sealed record Baseline(double Mean, double Deviation, double Share)
{
    public static Baseline OfShare(double rate, double share) => new(rate, Math.Sqrt(Math.Max(rate * (1 - rate), 1e-6)), share);
}
