using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Analytics;

/// <summary>Adds up the caller's environment from roll-ups and verdicts. Reads no execution, so a busy month costs what a quiet one does.</summary>
public sealed class OverviewService(LoopaiData data, TimeProvider time)
{
    private const int TrendSteps = 28;

    public async Task<Overview> GetAsync(Caller caller, OverviewRange range, CancellationToken ct)
    {
        var mine = caller.DemandOnTasks(Permissions.TasksRead, Permissions.ExecutionsRead, Permissions.ValidationsRead);
        var now = time.GetUtcNow();
        var from = range.StartsAt(now);
        var (fromBefore, toBefore) = range.Before(now);

        await using var db = await data.OpenCountedAsync(caller, ct);
        var rollups = await db.RollupsAsync(caller, mine, range.Level, from, now, ct);
        var verdicts = await db.VerdictsAsync(caller, mine, from, now, ct);
        var before = Headline(
            await db.RollupsAsync(caller, mine, RollupLevel.Hour, fromBefore, toBefore, ct), await db.VerdictsAsync(caller, mine, fromBefore, toBefore, ct));
        var tasks = await db.Tasks.AsNoTracking().Among(mine).Where(t => t.Status == Tasks.TaskStatus.Active)
            .Select(t => new TaskRow(t.Id, t.Name, t.ActiveVersion, t.AccuracyTarget, t.LatencyTargetMs)).ToListAsync(ct);
        var activations = await db.Programs.AsNoTracking().OfTasks(mine).Where(p => p.ActivatedAt >= from)
            .Join(db.Tasks, p => p.TaskId, t => t.Id, (p, t) => new { At = p.ActivatedAt!.Value, t.Id, t.Name, p.Version })
            .OrderBy(a => a.At).ToListAsync(ct);

        var byTask = rollups.ToLookup(r => r.TaskId);
        return new Overview(
            from, now, Headline(rollups, verdicts), before, (int)range.Bucket.TotalMinutes, Series(rollups, range, from, now),
            [.. activations.Select(a => new Activation(a.At, a.Id, a.Name, a.Version))],
            [
                .. tasks.Select(t => Of(t, byTask[t.Id], verdicts.Where(v => v.TaskId == t.Id), from, now))
                    .OrderByDescending(t => t.Executions).ThenBy(t => t.Name, StringComparer.OrdinalIgnoreCase),
            ]);
    }

    private static Headline Headline(List<RollupRow> rollups, List<VerdictSum> verdicts)
    {
        var sum = RollupSum.Of(rollups);
        return new Headline(
            sum.Executions, sum.Failed, sum.QuantileMs(0.5), sum.QuantileMs(0.95), sum.QuantileMs(0.99), verdicts.Sum(v => v.Count), verdicts.Estimated());
    }

    private static OverviewPoint[] Series(List<RollupRow> rollups, OverviewRange range, DateTimeOffset from, DateTimeOffset now)
    {
        var points = new OverviewPoint[1 + (int)((now - from).Ticks / range.Bucket.Ticks)];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = new OverviewPoint(from + (i * range.Bucket), 0, 0);
        }

        foreach (var row in rollups)
        {
            var i = (int)((row.StartsAt - from).Ticks / range.Bucket.Ticks);
            points[i] = points[i] with { Ok = points[i].Ok + row.Executions - row.Failed, Failed = points[i].Failed + row.Failed };
        }

        return points;
    }

    private static TaskFigures Of(TaskRow task, IEnumerable<RollupRow> rollups, IEnumerable<VerdictSum> verdicts, DateTimeOffset from, DateTimeOffset now)
    {
        var (rows, checks) = (rollups.ToList(), verdicts.ToList());
        var active = checks.FindAll(v => v.Version == task.ActiveVersion);
        var sum = RollupSum.Of(rows);
        var trend = new long[TrendSteps];
        foreach (var row in rows)
        {
            trend[Math.Min(TrendSteps - 1, (int)((row.StartsAt - from) / (now - from) * TrendSteps))] += row.Executions;
        }

        return new TaskFigures(
            task.Id, task.Name, task.ActiveVersion, sum.Executions, sum.Failed, sum.QuantileMs(0.95), checks.Sum(v => v.Count), checks.Estimated(),
            task.AccuracyTarget, task.LatencyTargetMs, trend, active.Sum(v => v.Count), active.Estimated());
    }

    private sealed record TaskRow(Guid Id, string Name, int? ActiveVersion, double? AccuracyTarget, double? LatencyTargetMs);
}
