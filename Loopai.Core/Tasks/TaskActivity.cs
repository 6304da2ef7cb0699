using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Programs;
using Loopai.Core.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Tasks;

/// <summary>What tasks did lately, for lists of them: a few queries for all the tasks shown, not a few for each.</summary>
public sealed class TaskActivity(LoopaiData data, TimeProvider time)
{
    public const int Days = 7;

    /// <summary>Hours that one point of the trend stands for.</summary>
    private const int HoursAPoint = 6;

    private const int Points = Days * 24 / HoursAPoint;

    /// <summary>The last seven days of the tasks in the caller's environment. What the caller may not read is left empty.</summary>
    public async Task<IReadOnlyDictionary<Guid, TaskFigures>> LastWeekAsync(Caller caller, IReadOnlyCollection<Guid> taskIds, CancellationToken ct)
    {
        taskIds = Narrow(taskIds, caller.DemandOnTasks(Permissions.TasksRead));
        var now = time.GetUtcNow();
        var thisHour = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, 0, 0, TimeSpan.Zero);
        var from = thisHour.AddHours(1 - (Days * 24));
        await using var db = await data.OpenCountedAsync(caller, ct);

        var programs = await ActiveProgramsAsync(db, taskIds, ct);
        var traffic = await TrafficAsync(db, caller, Narrow(taskIds, caller.TasksWith(Permissions.ExecutionsRead)), from, ct);
        var accuracy = await AccuracyAsync(db, caller, Narrow(taskIds, caller.TasksWith(Permissions.ValidationsRead)), from, ct);
        return taskIds.ToDictionary(id => id, id =>
        {
            var seen = traffic.GetValueOrDefault(id) ?? new Traffic();
            var program = programs.GetValueOrDefault(id);
            return new TaskFigures(
                seen.Executions, seen.Failed, seen.Trend, seen.Latencies.Quantile(0.95) / 1000, program?.Language, program?.Accuracy,
                accuracy.TryGetValue(id, out var share) ? Estimate.Of(share) : null);
        });
    }

    private static IReadOnlyCollection<Guid> Narrow(IReadOnlyCollection<Guid> taskIds, IReadOnlyCollection<Guid>? allowed) =>
        allowed is null ? taskIds : [.. taskIds.Intersect(allowed)];

    private static async Task<Dictionary<Guid, ActiveProgram>> ActiveProgramsAsync(LoopaiDbContext db, IReadOnlyCollection<Guid> taskIds, CancellationToken ct) =>
        await db.Tasks.Where(t => taskIds.Contains(t.Id))
            .Join(db.Programs, t => new { Id = t.Id, Version = t.ActiveVersion }, p => new { Id = p.TaskId, Version = (int?)p.Version },
                (t, p) => new ActiveProgram(t.Id, p.Language, p.Accuracy))
            .ToDictionaryAsync(p => p.TaskId, ct);

    private static async Task<Dictionary<Guid, Traffic>> TrafficAsync(
        LoopaiDbContext db, Caller caller, IReadOnlyCollection<Guid> taskIds, DateTimeOffset from, CancellationToken ct)
    {
        var traffic = new Dictionary<Guid, Traffic>();
        var hours = db.ExecutionRollups.AsNoTracking()
            .Where(r => r.Level == RollupLevel.Hour && r.EnvironmentId == caller.EnvironmentId && r.StartsAt >= from && taskIds.Contains(r.TaskId));
        await foreach (var hour in hours.AsAsyncEnumerable().WithCancellation(ct))
        {
            if (!traffic.TryGetValue(hour.TaskId, out var seen))
            {
                traffic[hour.TaskId] = seen = new Traffic();
            }

            seen.Executions += hour.Executions;
            seen.Failed += hour.Errors + hour.Timeouts + hour.InvalidOutputs;
            seen.Latencies.AddEncoded(hour.Latencies);
            seen.Trend[Math.Clamp((int)((hour.StartsAt - from).TotalHours / HoursAPoint), 0, Points - 1)] += hour.Executions;
        }

        return traffic;
    }

    private static async Task<Dictionary<Guid, WeightedShare>> AccuracyAsync(
        LoopaiDbContext db, Caller caller, IReadOnlyCollection<Guid> taskIds, DateTimeOffset from, CancellationToken ct)
    {
        var rows = await db.Validations
            .Where(v => v.EnvironmentId == caller.EnvironmentId && v.ExecutedAt >= from && taskIds.Contains(v.TaskId) && v.Probability != null
                && (v.Status == ValidationStatus.Matched || v.Status == ValidationStatus.Mismatched))
            .GroupBy(v => new { v.TaskId, v.Status })
            .Select(g => new { g.Key, Weights = g.Sum(v => 1 / v.Probability) ?? 0, Squares = g.Sum(v => 1 / (v.Probability * v.Probability)) ?? 0 })
            .ToListAsync(ct);
        return rows.GroupBy(r => r.Key.TaskId).ToDictionary(
            g => g.Key,
            g => g.Aggregate(default(WeightedShare), (sum, r) =>
                sum + new WeightedShare(r.Weights, r.Key.Status == ValidationStatus.Matched ? r.Weights : 0, r.Squares)));
    }

    private sealed record ActiveProgram(Guid TaskId, ProgramLanguage Language, double? Accuracy);

    private sealed class Traffic
    {
        public long Executions { get; set; }

        public long Failed { get; set; }

        public double[] Trend { get; } = new double[Points];

        public LatencyHistogram Latencies { get; } = new();
    }
}

/// <param name="Executions">In the last seven days.</param>
/// <param name="Failed">Of these, those that gave no answer that fits.</param>
/// <param name="Trend">Executions in steps of six hours, oldest first.</param>
/// <param name="P95Ms">The 95th percentile of the latency; null without executions.</param>
/// <param name="Language">Of the active version; null without one.</param>
/// <param name="MeasuredAccuracy">Of the active version when it was made.</param>
/// <param name="Accuracy">By the verdicts on the week's answers; null without a verdict.</param>
public sealed record TaskFigures(
    long Executions, long Failed, IReadOnlyList<double> Trend, double? P95Ms, ProgramLanguage? Language, double? MeasuredAccuracy, Estimate? Accuracy);
