using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;

namespace Loopai.Core.Experiments.Lifecycle;

/// <summary>Four eyes: an experiment that needs an approval starts only as somebody else has approved it.</summary>
public sealed class ApprovalService(LoopaiData data, TimeProvider time)
{
    /// <summary>Asks for the approval of the plan as it stands.</summary>
    public async Task<Experiment> RequestAsync(Caller caller, Guid id, string? reason, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsWrite);
        ExperimentWork.CheckReason(reason);
        await using var db = await data.OpenAsync(caller, ct);
        var experiment = await db.FindExperimentAsync(caller, Permissions.ExperimentsWrite, id, tracked: true, ct);
        experiment.Demand("submitted for approval", ExperimentStatus.Draft, ExperimentStatus.Scheduled);
        var errors = new FieldErrors();
        var plan = await db.CheckAsync(experiment, errors, ct);
        errors.ThrowIfAny("experiment.not_ready", "The experiment cannot be approved as it stands.");
        var person = caller.PersonId ?? throw ExperimentErrors.ApprovalIsForPeople();
        var now = time.GetUtcNow();
        experiment.RequiresApproval = true;
        experiment.Approval = new Approval(person, caller.Name, now, HashOf(plan));
        db.Note(caller, experiment, "approval_requested", now, reason);
        await db.SaveExperimentAsync(experiment, now, ct);
        return experiment;
    }

    /// <summary>Agrees to the plan as it stands.</summary>
    public async Task<Experiment> ApproveAsync(Caller caller, Guid id, string? reason, CancellationToken ct)
    {
        caller.DemandOnTasks(Permissions.ExperimentsDecide);
        ExperimentWork.CheckReason(reason);
        await using var db = await data.OpenAsync(caller, ct);
        var experiment = await db.FindExperimentAsync(caller, Permissions.ExperimentsDecide, id, tracked: true, ct);
        experiment.Demand("approved", ExperimentStatus.Draft, ExperimentStatus.Scheduled);
        var plan = await db.CheckAsync(experiment, new FieldErrors(), ct);
        if (experiment.Approval is not { } approval || approval.PlanHash != HashOf(plan))
        {
            throw ExperimentErrors.NoApprovalAsked();
        }

        // A key acts for the person it belongs to, so nobody is two people by holding one; and behind a service account's key may be whoever asked.
        var person = caller.PersonId ?? throw ExperimentErrors.ApprovalIsForPeople();
        if (person == approval.RequestedById || person == experiment.CreatedById)
        {
            throw ExperimentErrors.OwnApproval();
        }

        var now = time.GetUtcNow();
        experiment.Approval = approval with { ApprovedBy = caller.Name, ApprovedAt = now };
        db.Note(caller, experiment, "approved", now, reason);
        await db.SaveExperimentAsync(experiment, now, ct);
        return experiment;
    }

    /// <exception cref="ConflictException">The experiment needs an approval that its plan does not have.</exception>
    internal static void Check(Experiment experiment, FrozenPlan plan)
    {
        if (experiment.RequiresApproval && experiment.Approval?.ApprovedAt is null)
        {
            throw ExperimentErrors.NotApproved();
        }

        if (experiment.RequiresApproval && experiment.Approval!.PlanHash != HashOf(plan))
        {
            throw ExperimentErrors.ChangedSinceApproval();
        }
    }

    private static string HashOf(FrozenPlan plan) => FrozenPlan.HashOf(plan.ToCanonicalJson());
}
