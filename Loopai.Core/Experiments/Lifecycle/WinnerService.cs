using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Experiments.Decisions;

namespace Loopai.Core.Experiments.Lifecycle;

/// <summary>
/// Acts on what the statistics allow, where the plan says so: a winner that stays one for its cool-down goes into service, and harm to a guardrail takes
/// the experiment back to its control. The error rate is the plan's: the methods that may act are valid whenever they are read.
/// </summary>
public sealed class WinnerService(LoopaiData data, DecisionService decisions, ExperimentLifecycle life, ExperimentNotices notices, TimeProvider time)
{
    /// <summary>Looks at what may be decided now.</summary>
    public async Task ConsiderAsync(Experiment read, Decision decision, CancellationToken ct)
    {
        var loopai = Caller.System(read.OrganizationId, read.EnvironmentId);
        if (read is { Status: ExperimentStatus.Running, Breaker.OnGuardrail: true } && decision.Harm is { } harm)
        {
            await life.TripAsync(loopai, read.Id, harm, ct);
            return;
        }

        var winner = decision.State == DecisionState.Ship ? decision.Variant : null;
        if (read is not { Status: ExperimentStatus.Running, AutomaticWinner: not null } || (winner is null && read.PendingWinner is null))
        {
            return;
        }

        await using var db = await data.OpenAsync(loopai, ct);
        var experiment = await db.FindExperimentAsync(loopai, Permissions.ExperimentsDecide, read.Id, tracked: true, ct);
        if (experiment is not { Status: ExperimentStatus.Running, AutomaticWinner: { } rule })
        {
            return;
        }

        var now = time.GetUtcNow();
        if (winner is null || experiment.PendingWinner?.Variant != winner)
        {
            await NoteAsync(db, loopai, experiment, winner, decision, rule, now, ct);
        }
        else if (now - experiment.PendingWinner.Since >= TimeSpan.FromHours(rule.CoolDownHours))
        {
            var request = new DecisionRequest(DecisionOutcome.Ship, winner, decision.Sentence, Activate: rule.Rollout is null, rule.Rollout) { Evidence = decision };
            await decisions.DecideAsync(db, loopai, experiment, request, ct);
            await notices.TellAsync(
                experiment, rule.Rollout is null ? $"{winner} went into service by itself" : $"{winner} goes into service by stages",
                $"{decision.Sentence}\n\nUndo brings the version before back.", ct);
        }
    }

    private async Task NoteAsync(
        LoopaiDbContext db, Caller loopai, Experiment experiment, string? winner, Decision decision, AutomaticWinner rule, DateTimeOffset now, CancellationToken ct)
    {
        experiment.PendingWinner = winner is null ? null : new PendingWinner(winner, now);
        db.Note(loopai, experiment, winner is null ? "winner_lost" : "winner_found", now, decision.Sentence, details: decision);
        await db.SaveExperimentAsync(experiment, now, ct);
        if (winner is not null)
        {
            await notices.TellAsync(
                experiment, $"{winner} is the winner", FormattableString.Invariant($"{decision.Sentence}\n\nIt goes into service by itself in {rule.CoolDownHours:0.#} hours if it stays the winner. Pause or stop the experiment to keep that from happening."), ct);
        }
    }
}
