using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Programs;
using Loopai.Core.Rollouts;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;
using static Loopai.Core.Experiments.ExperimentStatus;

namespace Loopai.Core.Experiments.Lifecycle;

/// <summary>Says what comes of an experiment, and takes that back.</summary>
public sealed class DecisionService(LoopaiData data, TimeProvider time)
{
    /// <summary>Decides. An experiment that still runs ends with it.</summary>
    public async Task<Experiment> DecideAsync(Caller caller, Guid id, DecisionRequest request, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsDecide);
        ExperimentWork.CheckReason(request.Reason);
        await using var db = await data.OpenAsync(caller, ct);
        var experiment = await db.FindExperimentAsync(caller, Permissions.ExperimentsDecide, id, tracked: true, ct);
        await DecideAsync(db, caller, experiment, request, ct);
        return experiment;
    }

    /// <summary>Takes a decision back: the version that was active before is active again, a rollout that goes on ends, and the experiment is stopped.</summary>
    public async Task<Experiment> UndoAsync(Caller caller, Guid id, string? reason, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsDecide);
        ExperimentWork.CheckReason(reason);
        await using var db = await data.OpenAsync(caller, ct);
        var experiment = await db.FindExperimentAsync(caller, Permissions.ExperimentsDecide, id, tracked: true, ct);
        if (experiment is not { Status: Decided, Decision: { } decision })
        {
            throw ExperimentErrors.NothingToUndo();
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var now = time.GetUtcNow();
        (experiment.Status, experiment.Decision) = (Stopped, null);
        db.Note(
            caller, experiment, "decision_undone", now, reason,
            decision is { VersionBefore: { } before } ? $"Version {before} answers everybody again." : null, new { decision });
        await db.SaveExperimentAsync(experiment, now, ct);
        if (decision.RolloutId is { } rollout)
        {
            await TakeBackAsync(db, caller, experiment, rollout, now, ct);
        }

        if (decision is { ActivatedVersion: { } activated, VersionBefore: { } earlier })
        {
            caller.Demand(Permissions.ProgramsActivate, experiment.TaskId);
            var task = await db.FindOpenTaskAsync(experiment.TaskId, ct);
            if (task.ActiveVersion != activated)
            {
                throw ExperimentErrors.ActivatedSince(activated);
            }

            await db.ActivateAsync(caller, task, await db.FindVersionAsync(task.Id, earlier, ct), now, ct);
        }

        await transaction.CommitAsync(ct);
        return experiment;
    }

    /// <summary>Decides within a unit of work: what people, and winners that act by themselves, both do.</summary>
    internal async Task DecideAsync(LoopaiDbContext db, Caller caller, Experiment experiment, DecisionRequest request, CancellationToken ct)
    {
        if (experiment is { Status: Decided, Decision: { } earlier })
        {
            throw ExperimentErrors.AlreadyDecided(earlier);
        }

        experiment.Demand("decided", Running, Paused, Stopped);
        var variant = request.Check(experiment);
        if (variant is not null && !await db.Executions.AnyAsync(e => e.ExperimentId == experiment.Id, ct))
        {
            throw ExperimentErrors.NoData();
        }

        if (variant is not null && (request.Activate || request.Rollout is not null))
        {
            await DemandActivationAsync(db, caller, experiment.TaskId, variant.Version, request.Rollout is not null, ct);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var now = time.GetUtcNow();
        var task = await db.FindTaskAsync(experiment.TaskId, ct);

        // Where no version answers there is nothing to move from.
        var activates = variant is not null && (request.Activate || (request.Rollout is not null && task.ActiveVersion is null));
        var rollout = request.Rollout is { } plan && !activates && task.ActiveVersion != variant!.Version
            ? await db.BeginRolloutAsync(caller, caller.PersonId ?? experiment.CreatedById, task, variant.Version, plan, now, ct) : null;
        var wasLive = experiment.IsLive;
        experiment.Status = Decided;
        experiment.StoppedAt ??= now;
        experiment.PendingWinner = null;
        experiment.Decision = new ExperimentDecision(
            request.Outcome!.Value, variant?.Key, request.Reason!.Trim(), caller.Name, now, caller.Kind == CallerKind.System,
            activates ? variant!.Version : null, activates ? task.ActiveVersion : rollout?.BaseVersion, rollout?.Id);
        db.Note(
            caller, experiment, "decided", now, request.Reason,
            activates ? $"Version {variant!.Version} answers everybody."
            : rollout is not null ? $"Version {variant!.Version} goes into service by stages, beginning with {RolloutWords.Share(rollout.Share / 100.0)} of the units."
            : wasLive ? "The task's active version answers everybody." : null,
            new { request.Outcome, variant = variant?.Key, rolloutId = rollout?.Id, request.Evidence });
        await SaveAsync(db, experiment, rollout, now, ct);
        if (activates && task.ActiveVersion != variant!.Version)
        {
            await db.ActivateAsync(caller, task, await db.FindVersionAsync(task.Id, variant.Version, ct), now, ct);
        }

        await transaction.CommitAsync(ct);
    }

    /// <summary>At once or by stages, the version ends up in service: that takes the permission, and no draft.</summary>
    private static async Task DemandActivationAsync(LoopaiDbContext db, Caller caller, Guid taskId, int version, bool byStages, CancellationToken ct)
    {
        caller.Demand(Permissions.ProgramsActivate, taskId);
        if (byStages)
        {
            caller.Demand(Permissions.RolloutsWrite, taskId);
        }

        var shipped = await db.FindVersionAsync(taskId, version, ct);
        if (shipped.Status == ProgramStatus.Draft)
        {
            throw ProgramErrors.Draft(version, ProgramVersions.WhyDraft(shipped));
        }
    }

    private static async Task SaveAsync(LoopaiDbContext db, Experiment experiment, Rollout? rollout, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            await db.SaveExperimentAsync(experiment, now, ct);
        }
        catch (DbUpdateException) when (rollout is not null && !ct.IsCancellationRequested)
        {
            // Another rollout of the task began at once, and the unique index let one through.
            throw RolloutErrors.Running(rollout.Version);
        }
    }

    /// <summary>Ends the rollout that a decision began, or, where it has ended with the version in service, puts the one before back there.</summary>
    private static async Task TakeBackAsync(LoopaiDbContext db, Caller caller, Experiment experiment, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        var rollout = await db.Rollouts.AsNoTracking().FirstAsync(r => r.Id == id, ct);
        if (rollout.EndedAt is null)
        {
            caller.Demand(Permissions.RolloutsWrite, experiment.TaskId);
            if (!await db.TakeAsync(caller, rollout, new RolloutMove("aborted", RolloutStatus.Aborted, rollout.Stage, "The decision of its experiment was undone."), now, ct))
            {
                throw RolloutErrors.ChangedMeanwhile();
            }
        }
        else if (rollout.Status == RolloutStatus.Completed)
        {
            caller.Demand(Permissions.ProgramsActivate, experiment.TaskId);
            var task = await db.FindOpenTaskAsync(experiment.TaskId, ct);
            if (task.ActiveVersion != rollout.Version)
            {
                throw ExperimentErrors.ActivatedSince(rollout.Version);
            }

            await db.ActivateAsync(caller, task, await db.FindVersionAsync(task.Id, rollout.BaseVersion, ct), now, ct);
        }
    }
}

/// <summary>A decision as it is asked for.</summary>
/// <param name="Outcome">What is decided.</param>
/// <param name="Variant">The variant to ship.</param>
/// <param name="Reason">Why; the record needs it.</param>
/// <param name="Activate">Whether its version goes into service at once.</param>
/// <param name="Rollout">By which stages its version goes into service; an empty plan is the usual one.</param>
public sealed record DecisionRequest(DecisionOutcome? Outcome, string? Variant, string? Reason, bool Activate = false, RolloutPlan? Rollout = null)
{
    /// <summary>What the decision rests on, for the record of those that are made automatically.</summary>
    internal object? Evidence { get; init; }

    /// <summary>The variant to ship, where one is to be shipped.</summary>
    internal Variant? Check(Experiment experiment)
    {
        var variant = experiment.Variants.FirstOrDefault(v => v.Key == Variant);
        var ships = Outcome == DecisionOutcome.Ship;
        var errors = new FieldErrors()
            .AddIf(Outcome is null, "outcome", "Decide one of ship, keep_control, inconclusive.")
            .AddIf(string.IsNullOrWhiteSpace(Reason), "reason", "Say why: the record is read long after the numbers are forgotten.")
            .AddIf(ships && Variant is null, "variant", "Name the variant to ship by its key.")
            .AddIf(ships && Variant is not null && variant is null, "variant", $"There is no variant '{Variant}'; there are {string.Join(", ", experiment.Variants.Skip(1).Select(v => v.Key))}.")
            .AddIf(ships && variant == experiment.Variants[0] && variant is not null, "variant", "The control is there already. Decide keep_control.")
            .AddIf(!ships && Variant is not null && Outcome is not null, "variant", "Only shipping names a variant.")
            .AddIf(!ships && Activate && Outcome is not null, "activate", "Only what is shipped can be activated.")
            .AddIf(!ships && Rollout is not null && Outcome is not null, "rollout", "Only what is shipped can be rolled out.")
            .AddIf(Activate && Rollout is not null, "rollout", "Either at once or by stages: leave out activate, or the rollout.");
        if (Rollout is not null)
        {
            RolloutRules.Check(Rollout, errors, "rollout.");
        }

        errors.ThrowIfAny("experiment.decision", "The decision cannot be taken as it stands.");
        return ships ? variant : null;
    }
}
