using System.Diagnostics;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Statistics;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>From executions, verdicts and events to a snapshot. Reads; whoever calls it keeps what it says.</summary>
public sealed class ExperimentAnalysis(IAnalysisSql sql)
{
    /// <summary>Values of a segment that are shown; units with another count in the whole only.</summary>
    private const int MostValues = 12;

    /// <summary>Everything about an experiment that has started, up to a time.</summary>
    public async Task<ExperimentSnapshot> AnalyzeAsync(LoopaiDbContext db, Experiment experiment, DateTimeOffset now, ExperimentSnapshot? before, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var from = experiment.StartedAt ?? throw new InvalidOperationException("An experiment that has not started has nothing to analyse.");
        var until = experiment.StoppedAt is { } stopped && stopped < now ? stopped : now;
        var scope = new AnalysisScope(experiment.Id, experiment.OrganizationId, experiment.EnvironmentId, experiment.TaskId, from, until);
        var metrics = (await db.CheckAsync(experiment, new FieldErrors(), ct)).Metrics;
        if (sql.Preparation is { } preparation)
        {
            await db.Database.ExecuteSqlRawAsync(preparation, ct);
        }

        var units = UnitTable.Of(await db.NamedUnitsAsync(scope, null, ct), experiment.RequiresUnit ? [] : await db.LoneUnitsAsync(scope, ct));
        var work = new Work(db, experiment, scope, metrics, units, TuningOf(experiment));
        await work.ReadAsync(sql, ct);

        var compared = work.CompareAll();
        var segments = await SegmentsAsync(work, ct);
        var traffic = work.Traffic();
        var quality = work.Quality(traffic);
        var (found, unitsToGo) = work.Evidence(now, until, quality, compared);
        var evidence = found with { Reading = before?.Reading };
        return new ExperimentSnapshot
        {
            ExperimentId = experiment.Id,
            At = now,
            From = from,
            Until = until,
            Decision = DecisionEngine.Decide(evidence),
            Reading = DecisionEngine.Read(evidence),
            Variants = traffic,
            Quality = quality,
            Metrics = [.. metrics.Select((m, i) => new MetricResult(
                m.Definition.Key, m.Definition.Name, m.Role, m.Definition.Direction, m.Definition.Type, m.MinimumEffect, compared[i], segments[i]))],
            Series = SnapshotSeries.Append(before?.Series ?? [], until, metrics, compared),
            Shadows = work.Shadows(await ShadowsAsync(db, experiment, scope, ct)),
            UnitsToGo = unitsToGo,
            TookMs = Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 1),
        };
    }

    /// <summary>
    /// The same, of an experiment whose past was imported: the course of its goals is counted at moments of the past, as it would have been known then.
    /// </summary>
    public async Task<ExperimentSnapshot> AnalyzeWithPastAsync(LoopaiDbContext db, Experiment experiment, DateTimeOffset now, CancellationToken ct)
    {
        var from = experiment.StartedAt ?? now;
        ExperimentSnapshot? before = null;
        for (var moment = 1; moment < SnapshotSeries.OfThePast; moment++)
        {
            before = await AnalyzeAsync(db, experiment, from + ((now - from) * moment / SnapshotSeries.OfThePast), before, ct);
        }

        return await AnalyzeAsync(db, experiment, now, before, ct);
    }

    /// <summary>Units of a pair at which the sequential test is tightest. It has to be what it was at the start, or looking often would not be free any more.</summary>
    private static double TuningOf(Experiment experiment)
    {
        var plan = experiment.FrozenPlan is { } frozen ? FrozenPlan.Parse(frozen).Analysis : experiment.Plan;
        var tuning = plan.TargetUnits is { } units ? Math.Max(100, 2.0 * units / Math.Max(2, experiment.Variants.Count(v => !v.Shadow))) : Sequential.DefaultTuning;

        // ρ is made of alpha as well: one that was changed on the way must not move it either.
        return tuning * Math.Pow(Sequential.Rho(experiment.Plan.Alpha, 1) / Sequential.Rho(plan.Alpha, 1), 2);
    }

    private static Task<List<ShadowRow>> ShadowsAsync(LoopaiDbContext db, Experiment experiment, AnalysisScope scope, CancellationToken ct) =>
        experiment.Variants.Any(v => v.Shadow) ? db.CountShadowsAsync(scope, ct) : Task.FromResult(new List<ShadowRow>());

    private async Task<IReadOnlyList<IReadOnlyList<SegmentResult>>> SegmentsAsync(Work work, CancellationToken ct)
    {
        var results = work.Metrics.Select(_ => new List<SegmentResult>()).ToList();
        foreach (var segment in work.Experiment.Segments)
        {
            var values = await work.SegmentAsync(sql, segment, MostValues, ct);
            var shown = work.CompareSegment(values);
            for (var m = 0; m < results.Count; m++)
            {
                results[m].AddRange(shown[m].Select((variants, v) => new SegmentResult(segment, values.Names[v], variants)));
            }
        }

        return results;
    }
}
