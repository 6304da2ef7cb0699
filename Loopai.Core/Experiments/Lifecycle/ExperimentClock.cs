using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Experiments.Lifecycle;

/// <summary>
/// Starts and stops experiments at their time, and takes those back whose variant fails. Every instance looks; what is done is written against the
/// revision that was read, so that each thing is done by one of them, once.
/// </summary>
public sealed class ExperimentClock(LoopaiData data, ExperimentLifecycle life, BreakerCheck breaker, SnapshotService snapshots, WinnerService winners, TimeProvider time, ILogger<ExperimentClock> log)
    : PeriodicWorker(Interval, time, log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>A result changes once a minute; looking at it is worth a little more than that.</summary>
    private static readonly TimeSpan BetweenResults = TimeSpan.FromSeconds(20);

    /// <summary>Of what is older nobody knows whether it still is so.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    private static readonly Decision Unknown = new(DecisionState.Collecting, null, "There is no result of the last ten minutes, so that nobody can say whether it still is the winner.", []);

    private readonly Dictionary<Guid, DateTimeOffset> _considered = [];

    /// <summary>Does what is due now.</summary>
    public override async Task RunOnceAsync(CancellationToken ct)
    {
        var now = Time.GetUtcNow();
        List<Experiment> pending;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            pending = await db.Experiments.AsNoTracking()
                .Where(e => e.Status == ExperimentStatus.Scheduled || e.Status == ExperimentStatus.Running || e.Status == ExperimentStatus.Paused).ToListAsync(ct);
        }

        var failing = await breaker.ReasonsToTripAsync(pending, ct);
        foreach (var experiment in pending)
        {
            try
            {
                await ActAsync(experiment, failing.GetValueOrDefault(experiment.Id), now, ct);
            }
            catch (ConflictException e)
            {
                // Another instance, or a person, was faster.
                log.LogDebug(e, "Nothing was left to do for experiment {Experiment}", experiment.Id);
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                // Whatever is wrong with one experiment holds up no other, of this organization or of another.
                log.LogWarning(e, "What is due for experiment {Experiment} could not be done; it will be tried again", experiment.Id);
            }
        }
    }

    private async Task ActAsync(Experiment experiment, string? tripping, DateTimeOffset now, CancellationToken ct)
    {
        var loopai = Caller.System(experiment.OrganizationId, experiment.EnvironmentId);
        if (experiment.Status == ExperimentStatus.Scheduled)
        {
            if (experiment.StartsAt <= now)
            {
                await StartAsync(loopai, experiment, ct);
            }
        }
        else if (experiment.EndsAt <= now)
        {
            await life.StopAsync(loopai, experiment.Id, "Its end was reached.", ct);
        }
        else if (tripping is not null)
        {
            await life.TripAsync(loopai, experiment.Id, tripping, ct);
        }
        else if (experiment is { Status: ExperimentStatus.Running } and ({ AutomaticWinner: not null } or { Breaker.OnGuardrail: true })
            && now - _considered.GetValueOrDefault(experiment.Id) >= BetweenResults)
        {
            _considered[experiment.Id] = now;
            if (await snapshots.LatestAsync(loopai, experiment.Id, ct) is { } snapshot)
            {
                await winners.ConsiderAsync(experiment, now - snapshot.At <= Fresh ? snapshot.Decision : Unknown, ct);
            }
        }
    }

    /// <summary>What cannot start any more goes back to being a draft, with the reason on record.</summary>
    private async Task StartAsync(Caller loopai, Experiment experiment, CancellationToken ct)
    {
        try
        {
            await life.StartAsync(loopai, experiment.Id, "Its time has come.", ct);
        }
        catch (LoopaiException e) when (e is InvalidException or ConflictException { Code: "experiment.range_taken" or "experiment.not_approved" or "experiment.changed_since_approval" or "task.archived" })
        {
            var why = e is InvalidException invalid ? string.Join(' ', invalid.Errors.Values.SelectMany(m => m)) : e.Message;
            await life.UnscheduleAsync(loopai, experiment.Id, $"It could not start: {why}", ct);
        }
    }
}
