using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>Takes a submission one step further. Whatever goes wrong in a step stops the version: a step that cannot be done fails closed.</summary>
public sealed class SubmissionPipeline(LoopaiData data, PipelineSteps steps, TimeProvider time, ILogger<SubmissionPipeline> log)
{
    /// <summary>A step that takes longer is given up.</summary>
    public static readonly TimeSpan MostPerStep = TimeSpan.FromMinutes(3);

    /// <summary>Does the next step of a submission that was claimed until then.</summary>
    public async Task RunStepAsync(Guid organizationId, Guid id, DateTimeOffset claimedUntil, CancellationToken ct)
    {
        var caller = Caller.System(organizationId);
        if (await BeginAsync(caller, id, claimedUntil, ct) is not { } begun)
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(MostPerStep);
        StepEnd end;
        try
        {
            end = await steps.RunAsync(caller, begun, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            end = StepEnd.Of(new StepOutcome([], "", $"The step took longer than {MostPerStep.TotalMinutes:F0} minutes and was given up."));
        }
        catch (LoopaiException e)
        {
            end = StepEnd.Of(new StepOutcome([], "", e.Message));
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogError(e, "The step {Step} of submission {Submission} could not be done", begun.Step.Step, id);
            end = StepEnd.Of(new StepOutcome([], "", "The step could not be done, through no fault of the package. Run it again; an operator finds the reason in the log."));
        }

        await EndAsync(caller, begun, end, claimedUntil, ct);
    }

    private async Task<BegunStep?> BeginAsync(Caller caller, Guid id, DateTimeOffset claimedUntil, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var submission = await db.FindSubmissionAsync(id, ct);
        if (submission.State != SubmissionState.Running || submission.LeaseUntil != claimedUntil
            || (await db.StepsAsync(submission, ct)).Find(s => s.State is PluginStepState.Waiting or PluginStepState.Running) is not { } step)
        {
            return null;
        }

        (step.State, step.StartedAt) = (PluginStepState.Running, time.GetUtcNow());
        await db.SaveChangesAsync(ct);
        return new BegunStep(submission, step);
    }

    /// <summary>Writes down how it went, unless another portal has taken over meanwhile.</summary>
    private async Task EndAsync(Caller caller, BegunStep begun, StepEnd end, DateTimeOffset claimedUntil, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var submission = await db.FindSubmissionAsync(begun.Submission.Id, ct);
        if (submission.State != SubmissionState.Running || submission.LeaseUntil != claimedUntil)
        {
            return;
        }

        var step = await db.PluginSubmissionSteps.SingleAsync(s => s.Id == begun.Step.Id, ct);
        var (outcome, now) = (end.Outcome, time.GetUtcNow());
        step.State = end.State;
        step.Log = StorableText.Of(outcome.Log, PluginSubmissionStep.MaxLogLength);
        (step.Findings, step.Fault) = (FindingJson.Write(outcome.Findings), StorableText.Of(outcome.CannotRun, PluginSubmissionStep.MaxLogLength));
        step.FinishedAt = end.State == PluginStepState.Waiting ? null : now;
        (submission.State, submission.LeaseUntil) = (end.Next, null);
        submission.FinishedAt = end.Next is SubmissionState.Failed or SubmissionState.Published ? now : null;
        submission.PluginVersionId = end.VersionId;
        if (end.Next == SubmissionState.Published)
        {
            db.PluginSubmissionPackages.RemoveRange(await db.PluginSubmissionPackages.Where(p => p.SubmissionId == submission.Id).ToListAsync(ct));
        }

        await db.TellAsync(submission, step, end, ct);
        submission.Revision++;
        try
        {
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody withdrew it at this moment.
        }
    }
}

/// <summary>A step that is being done.</summary>
public sealed record BegunStep(PluginSubmission Submission, PluginSubmissionStep Step);

/// <summary>How a step ended, and where the submission is then.</summary>
/// <param name="Outcome">What the step found and did.</param>
/// <param name="State">How the step is shown.</param>
/// <param name="Next">Where the submission goes on.</param>
/// <param name="VersionId">The version that was published.</param>
/// <param name="Why">Why a person has to look.</param>
public sealed record StepEnd(StepOutcome Outcome, PluginStepState State, SubmissionState Next, Guid? VersionId = null, string? Why = null)
{
    public static StepEnd Of(StepOutcome outcome) => outcome switch
    {
        { CannotRun: not null } => new(outcome, PluginStepState.CannotRun, SubmissionState.Failed),
        { Passed: true } => new(outcome, PluginStepState.Passed, SubmissionState.Waiting),
        _ => new(outcome, PluginStepState.Failed, SubmissionState.Failed),
    };
}
