using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Lifecycle;

/// <summary>Looks at how often the variants of running experiments failed in the last minutes: what fails so often needs no statistics.</summary>
public sealed class BreakerCheck(LoopaiData data, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Which of these have to be taken back to their control, and why. One question to the database, however many run.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> ReasonsToTripAsync(IEnumerable<Experiment> experiments, CancellationToken ct)
    {
        var watched = experiments.Where(e => e is { Status: ExperimentStatus.Running, Breaker: not null }).ToList();
        if (watched.Count == 0)
        {
            return new Dictionary<Guid, string>();
        }

        var (since, tasks, ids) = (time.GetUtcNow() - Window, watched.Select(e => e.TaskId).Distinct().ToList(), watched.ConvertAll(e => e.Id));
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var counts = await db.Executions.AsNoTracking()
            .Where(e => tasks.Contains(e.TaskId) && e.ExecutedAt >= since && e.ExperimentId != null && ids.Contains(e.ExperimentId.Value) && e.ShadowOf == null && e.Variant != null)
            .GroupBy(e => new { e.ExperimentId, e.Variant })
            .Select(g => new VariantFailures(g.Key.ExperimentId!.Value, g.Key.Variant!.Value, g.Count(), g.Sum(e => e.Status == ExecutionStatus.Success ? 0 : 1)))
            .ToListAsync(ct);
        var byExperiment = counts.ToLookup(c => c.Experiment);
        return watched.Select(e => (e.Id, Reason: ReasonToTrip(e, [.. byExperiment[e.Id]]))).Where(r => r.Reason is not null).ToDictionary(r => r.Id, r => r.Reason!);
    }

    private static string? ReasonToTrip(Experiment experiment, IReadOnlyList<VariantFailures> counts)
    {
        // What fails on every variant is not the variant's doing, and its control would not help.
        var limits = experiment.Breaker!;
        var control = counts.FirstOrDefault(c => c.Variant == 0) is { All: > 0 } c ? c.Rate : 0;
        var worst = counts.Where(v => v.Variant != 0 && v.All >= limits.MinExecutions).MaxBy(v => v.Rate);
        return worst is not null && worst.Rate > limits.MaxFailureRate && worst.Rate > control
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"'{experiment.Variants[worst.Variant].Name}' failed on {worst.Failed} of {worst.All} executions in ten minutes, {worst.Rate:P1}; {limits.MaxFailureRate:P1} are allowed, and the control failed on {control:P1}.")
            : null;
    }

    private sealed record VariantFailures(Guid Experiment, short Variant, int All, int Failed)
    {
        public double Rate => (double)Failed / All;
    }
}
