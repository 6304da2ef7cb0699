using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>
/// Takes a snapshot of every running experiment each minute, and of what ended since its last one a final one. One after the other, so that an analysis never takes
/// more than one connection from those who serve; every instance looks, and the minute's row decides who does it.
/// </summary>
public sealed class SnapshotWorker(LoopaiData data, SnapshotService snapshots, TimeProvider time, ILogger<SnapshotWorker> log)
    : PeriodicWorker(Interval, time, log)
{
    /// <summary>How long after its end an experiment is still looked at each minute: verdicts come late.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromHours(1);

    /// <summary>And how long once an hour: those of people come later, and no instance may have run in the first hour.</summary>
    private static readonly TimeSpan LongAfterwards = TimeSpan.FromDays(7);

    /// <summary>Several looks a minute, so that a minute is never missed by the clock's drift.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>Takes what is due.</summary>
    public override async Task RunOnceAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        var (ended, longEnded) = (now - Afterwards, now - LongAfterwards);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var due = await db.Experiments.AsNoTracking()
            .Where(e => e.StartedAt != null && (e.Status == ExperimentStatus.Running || e.Status == ExperimentStatus.Paused || e.StoppedAt >= ended
                || (e.StoppedAt >= longEnded && !db.ExperimentSnapshots.Any(s => s.ExperimentId == e.Id && s.At >= ended))))
            .OrderBy(e => e.Id).Select(e => new { e.Id, e.OrganizationId, e.EnvironmentId }).ToListAsync(ct);
        foreach (var experiment in due)
        {
            try
            {
                await snapshots.TakeAsync(Caller.System(experiment.OrganizationId, experiment.EnvironmentId), experiment.Id, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning(e, "The snapshot of experiment {Experiment} failed; the next one is in a minute", experiment.Id);
            }
        }
    }
}
