using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Lifecycle;

/// <summary>Looks at how often the variants of a running experiment failed in the last minutes: what fails so often needs no statistics.</summary>
public sealed class BreakerCheck(LoopaiData data, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Why the experiment has to be taken back to its control; null while it has not.</summary>
    public async Task<string?> ReasonToTripAsync(Caller caller, Experiment experiment, CancellationToken ct)
    {
        if (experiment.Breaker is not { } limits)
        {
            return null;
        }

        var since = time.GetUtcNow() - Window;
        await using var db = await data.OpenAsync(caller, ct);
        var counts = await db.Executions
            .Where(e => e.TaskId == experiment.TaskId && e.ExecutedAt >= since && e.ExperimentId == experiment.Id && e.ShadowOf == null)
            .GroupBy(e => e.Variant!.Value)
            .Select(g => new { Variant = g.Key, All = g.Count(), Failed = g.Sum(e => e.Status == ExecutionStatus.Success ? 0 : 1) })
            .ToListAsync(ct);

        // What fails on every variant is not the variant's doing, and its control would not help.
        var control = counts.FirstOrDefault(c => c.Variant == 0) is { All: > 0 } c ? (double)c.Failed / c.All : 0;
        var worst = counts.Where(v => v.Variant != 0 && v.All >= limits.MinExecutions).MaxBy(v => (double)v.Failed / v.All);
        return worst is not null && (double)worst.Failed / worst.All is var rate && rate > limits.MaxFailureRate && rate > control
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"'{experiment.Variants[worst.Variant].Name}' failed on {worst.Failed} of {worst.All} executions in ten minutes, {rate:P1}; {limits.MaxFailureRate:P1} are allowed, and the control failed on {control:P1}.")
            : null;
    }
}
