using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;
using static Loopai.Core.Experiments.ExperimentStatus;

namespace Loopai.Core.Experiments.Lifecycle;

/// <summary>Moves an experiment along its life: every step with who, why, and what it does to the traffic. Of two who act at once, one is told.</summary>
public sealed class ExperimentLifecycle(LoopaiData data, ExperimentNotices notices, TimeProvider time)
{
    /// <summary>The longest that a plan may run.</summary>
    private static readonly TimeSpan FurthestBack = TimeSpan.FromDays(3650);

    /// <summary>Lets a draft start by itself at its time.</summary>
    public Task<Experiment> ScheduleAsync(Caller caller, Guid id, DateTimeOffset startsAt, DateTimeOffset? endsAt, CancellationToken ct) =>
        ActAsync(caller, id, null, ct, async (db, experiment) =>
        {
            var now = time.GetUtcNow();
            new FieldErrors()
                .AddIf(startsAt <= now, "startsAt", "The start lies in the future. To start now, start it.")
                .AddIf(startsAt > now.AddYears(1), "startsAt", "The start lies within a year.")
                .ThrowIfAny("experiment.schedule", "The experiment cannot be scheduled like this.");
            experiment.Demand("scheduled", Draft, Scheduled);
            (experiment.StartsAt, experiment.EndsAt) = (startsAt, endsAt ?? experiment.EndsAt);
            await ReadyAsync(db, caller, experiment, now, ct);
            experiment.Status = Scheduled;
            db.Note(caller, experiment, "scheduled", now, effect: $"It will start by itself at {startsAt.UtcDateTime:u}.");
        });

    /// <summary>Takes a schedule back.</summary>
    public Task<Experiment> UnscheduleAsync(Caller caller, Guid id, string? reason, CancellationToken ct) =>
        ActAsync(caller, id, reason, ct, (db, experiment) =>
        {
            experiment.Demand("unscheduled", Scheduled);
            (experiment.Status, experiment.StartsAt) = (Draft, null);
            db.Note(caller, experiment, "unscheduled", time.GetUtcNow(), reason);
            return Task.CompletedTask;
        });

    /// <summary>Freezes the plan and lets units in.</summary>
    public Task<Experiment> StartAsync(Caller caller, Guid id, string? reason, CancellationToken ct) => StartAsync(caller, id, reason, null, ct);

    /// <summary>Freezes the plan and lets units in.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="id">The experiment.</param>
    /// <param name="reason">Why, for the record.</param>
    /// <param name="startedAt">A moment of the past at which it is to have started, so that executions of the past are in it; only callers that may import can say so.</param>
    /// <param name="ct">Ends the work.</param>
    public Task<Experiment> StartAsync(Caller caller, Guid id, string? reason, DateTimeOffset? startedAt, CancellationToken ct) =>
        ActAsync(caller, id, reason, ct, async (db, experiment) =>
        {
            if (startedAt is not null)
            {
                caller.Demand(Permissions.ExecutionsImport);
            }

            experiment.Demand("started", Draft, Scheduled);
            var acted = time.GetUtcNow();
            var now = startedAt ?? acted;
            new FieldErrors()
                .AddIf(now > acted, "startedAt", "What is yet to come cannot have started. Schedule it.")
                .AddIf(now < acted - FurthestBack, "startedAt", "The start lies at most 3,650 days back.")
                .ThrowIfAny("experiment.started_at", "The experiment cannot have started then.");
            var plan = await ReadyAsync(db, caller, experiment, now, ct);
            if (startedAt is not null && await LiveBeside(db, experiment).FirstOrDefaultAsync(ct) is { } live)
            {
                throw ExperimentErrors.StartedBefore(live);
            }

            experiment.FrozenPlan = plan.ToCanonicalJson();
            experiment.PlanHash = FrozenPlan.HashOf(experiment.FrozenPlan);
            (experiment.Status, experiment.StartedAt) = (Running, now);
            db.Note(
                caller, experiment, "started", acted, reason,
                startedAt is { } past ? string.Create(CultureInfo.InvariantCulture, $"{TrafficOf(experiment)} Executions count from {past.UtcDateTime:d MMMM yyyy, HH:mm} UTC on.") : TrafficOf(experiment),
                new { experiment.PlanHash });
        });

    /// <summary>Gives all units the control, and counts nothing, until it goes on. Pausing twice changes nothing.</summary>
    public Task<Experiment> PauseAsync(Caller caller, Guid id, string? reason, CancellationToken ct) =>
        ActAsync(caller, id, reason, ct, (db, experiment) =>
        {
            if (experiment.Status == Paused)
            {
                return Task.CompletedTask;
            }

            experiment.Demand("paused", Running);
            (experiment.Status, experiment.PendingWinner) = (Paused, null);
            db.Note(caller, experiment, "paused", time.GetUtcNow(), reason, $"All its units get the control, version {experiment.Variants[0].Version}, and are not counted.");
            return Task.CompletedTask;
        });

    /// <summary>What the circuit breaker does: pauses at once, on record as its own doing, and tells whoever made the experiment.</summary>
    internal async Task<Experiment> TripAsync(Caller loopai, Guid id, string reason, CancellationToken ct)
    {
        var experiment = await ActAsync(loopai, id, reason, ct, (db, experiment) =>
        {
            experiment.Demand("taken back", Running);
            (experiment.Status, experiment.PendingWinner) = (Paused, null);
            db.Note(loopai, experiment, "breaker_tripped", time.GetUtcNow(), reason, $"All its units get the control, version {experiment.Variants[0].Version}, and are not counted.");
            return Task.CompletedTask;
        });
        await notices.TellAsync(experiment, "The circuit breaker paused it", reason, ct);
        return experiment;
    }

    /// <summary>Goes on: every unit gets the variant that it had. Resuming what runs changes nothing.</summary>
    public Task<Experiment> ResumeAsync(Caller caller, Guid id, string? reason, CancellationToken ct) =>
        ActAsync(caller, id, reason, ct, (db, experiment) =>
        {
            if (experiment.Status == Running)
            {
                return Task.CompletedTask;
            }

            experiment.Demand("resumed", Paused);
            experiment.Status = Running;
            db.Note(caller, experiment, "resumed", time.GetUtcNow(), reason, TrafficOf(experiment));
            return Task.CompletedTask;
        });

    /// <summary>Ends it: the task's active version answers everybody again.</summary>
    public Task<Experiment> StopAsync(Caller caller, Guid id, string? reason, CancellationToken ct) =>
        ActAsync(caller, id, reason, ct, (db, experiment) =>
        {
            experiment.Demand("stopped", Running, Paused);
            var now = time.GetUtcNow();
            (experiment.Status, experiment.StoppedAt, experiment.PendingWinner) = (Stopped, now, null);
            db.Note(caller, experiment, "stopped", now, reason, "The task's active version answers everybody.");
            return Task.CompletedTask;
        });

    /// <summary>Puts away what is over or was never started.</summary>
    public Task<Experiment> ArchiveAsync(Caller caller, Guid id, string? reason, CancellationToken ct) =>
        ActAsync(caller, id, reason, ct, (db, experiment) =>
        {
            experiment.Demand("archived", Draft, Stopped, Decided);
            experiment.Status = Archived;
            db.Note(caller, experiment, "archived", time.GetUtcNow(), reason);
            return Task.CompletedTask;
        });

    private async Task<Experiment> ActAsync(Caller caller, Guid id, string? reason, CancellationToken ct, Func<LoopaiDbContext, Experiment, Task> act)
    {
        caller.DemandOnTasks(Permissions.ExperimentsWrite);
        if (caller.Kind != CallerKind.System)
        {
            ExperimentWork.CheckReason(reason);
        }

        await using var db = await data.OpenAsync(caller, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var experiment = await db.FindExperimentAsync(caller, Permissions.ExperimentsWrite, id, tracked: true, ct);
        await act(db, experiment);
        if (db.ChangeTracker.HasChanges())
        {
            await db.SaveExperimentAsync(experiment, time.GetUtcNow(), ct);
        }

        await transaction.CommitAsync(ct);
        return experiment;
    }

    /// <summary>Everything that has to be so before units come in; answers the plan to freeze.</summary>
    private static async Task<FrozenPlan> ReadyAsync(LoopaiDbContext db, Caller caller, Experiment experiment, DateTimeOffset now, CancellationToken ct)
    {
        WinnerRules.Demand(caller, experiment);

        // Two that start at once in one environment must see each other: an update locks its row on every provider, until the end of the transaction.
        await db.Environments.Where(e => e.Id == experiment.EnvironmentId).ExecuteUpdateAsync(set => set.SetProperty(e => e.Position, e => e.Position), ct);
        await db.FindOpenTaskAsync(experiment.TaskId, ct);
        var errors = new FieldErrors()
            .AddIf(!experiment.Metrics.Any(m => m.Role == MetricRole.Goal), "metrics", "Name at least one goal metric: without one nothing could ever be decided.")
            .AddIf(experiment.EndsAt <= now, "endsAt", "The end lies in the past. Move it, or take it away.");
        WinnerRules.Check(caller, experiment, errors);
        var plan = await db.CheckAsync(experiment, errors, ct);
        errors.ThrowIfAny("experiment.not_ready", "The experiment cannot start as it stands.");
        if (experiment.Namespace is { } mine)
        {
            var others = await ExperimentReview.Others(db, experiment).Where(e => e.Namespace != null).ToListAsync(ct);
            if (others.FirstOrDefault(o => mine.Overlaps(o.Namespace!)) is { } taken)
            {
                throw ExperimentErrors.RangeTaken(taken.Key, mine, taken.Namespace!);
            }
        }

        ApprovalService.Check(experiment, plan);
        return plan;
    }

    /// <summary>The names of those that give the task's units their variants now.</summary>
    private static IQueryable<string> LiveBeside(LoopaiDbContext db, Experiment experiment) => ExperimentReview.Others(db, experiment)
        .Where(e => e.TaskId == experiment.TaskId && e.Status != Scheduled).OrderBy(e => e.StartedAt).Select(e => e.Name);

    private static string TrafficOf(Experiment experiment) => string.Create(
        CultureInfo.InvariantCulture,
        $"{experiment.Coverage * 100:0.####} % of the units take part: {string.Join(", ", experiment.Variants.Select(v => v.Shadow ? $"{v.Name} in the shadow" : $"{v.Name} {v.Weight * experiment.Coverage * 100:0.####} %"))}.");
}
