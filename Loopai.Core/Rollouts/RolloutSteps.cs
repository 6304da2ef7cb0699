using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Loopai.Core.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Rollouts;

/// <summary>What people and the worker both do to a rollout: one step, with its event and its audit record, in one transaction.</summary>
internal static class RolloutSteps
{
    /// <summary>Begins to move the traffic of the caller's environment to a version, as a part of the unit of work at hand.</summary>
    /// <param name="db">The unit of work; whoever opened it saves it.</param>
    /// <param name="caller">Who acts.</param>
    /// <param name="told">The person who is told how it ended.</param>
    /// <param name="task">The task.</param>
    /// <param name="version">The version.</param>
    /// <param name="plan">How; checked already.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task<Rollout> BeginRolloutAsync(
        this LoopaiDbContext db, Caller caller, Guid? told, TaskDefinition task, int version, RolloutPlan plan, DateTimeOffset now, CancellationToken ct)
    {
        var active = task.ActiveVersion ?? throw RolloutErrors.NothingToReplace();
        if (active == version)
        {
            throw RolloutErrors.AlreadyActive(version);
        }

        if (await db.Rollouts.FirstOrDefaultAsync(r => r.TaskId == task.Id && r.EndedAt == null, ct) is { } running)
        {
            throw RolloutErrors.Running(running.Version);
        }

        var rollout = new Rollout
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, EnvironmentId = caller.EnvironmentId, TaskId = task.Id, Version = version, BaseVersion = active,
            Share = (int)Math.Round(plan.Stages[0].Percent * 100), Plan = RolloutJson.Write(plan), Course = RolloutJson.Write<IReadOnlyList<PassedStage>>([new PassedStage(0, now)]),
            StartedBy = caller.Name, StartedById = told, StartedAt = now, NextLookAt = now,
        };
        db.Rollouts.Add(rollout);
        db.Tell(caller, rollout, new RolloutMove("started", RolloutStatus.Running, 0, $"Version {version} gets {RolloutWords.Share(plan.Stages[0].Percent)} of the units."), now);
        return rollout;
    }

    /// <summary>Whether the step was taken; false when the rollout moved on since it was read.</summary>
    public static async Task<bool> TakeAsync(this LoopaiDbContext db, Caller caller, Rollout rollout, RolloutMove move, DateTimeOffset now, CancellationToken ct)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(ct) : null;
        var isOver = move.Status is RolloutStatus.Completed or RolloutStatus.RolledBack or RolloutStatus.Aborted;
        var plan = RolloutJson.PlanOf(rollout);
        var course = CourseAfter(rollout, move, isOver, now);
        var share = isOver ? 0 : (int)Math.Round(plan.Stages[move.Stage].Percent * 100);
        var written = await db.Rollouts.Where(r => r.Id == rollout.Id && r.Revision == rollout.Revision && r.EndedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.Status, move.Status).SetProperty(r => r.Stage, move.Stage).SetProperty(r => r.Share, share).SetProperty(r => r.Course, course)
                .SetProperty(r => r.Revision, rollout.Revision + 1).SetProperty(r => r.Reason, isOver ? move.Sentence : null)
                .SetProperty(r => r.EndedAt, isOver ? now : null).SetProperty(r => r.EndedBy, isOver ? caller.Name : null).SetProperty(r => r.NextLookAt, now)
                .SetProperty(r => r.Judgement, r => isOver ? r.Judgement : null),
            ct);
        if (written == 0)
        {
            return false;
        }

        if (move.Status == RolloutStatus.Completed)
        {
            var task = await db.FindTaskAsync(rollout.TaskId, ct);
            await db.ActivateAsync(caller, task, await db.FindVersionAsync(rollout.TaskId, rollout.Version, ct), now, ct);
        }

        db.Tell(caller, rollout, move, now);
        await db.SaveChangesAsync(ct);
        if (transaction is not null)
        {
            await transaction.CommitAsync(ct);
        }

        return true;
    }

    /// <summary>Puts it into the rollout's history and into the audit log.</summary>
    public static void Tell(this LoopaiDbContext db, Caller caller, Rollout rollout, RolloutMove move, DateTimeOffset now)
    {
        db.RolloutEvents.Add(new RolloutEvent
        {
            Id = Guid.CreateVersion7(now), OrganizationId = rollout.OrganizationId, TaskId = rollout.TaskId, RolloutId = rollout.Id, Action = move.Action, Stage = move.Stage,
            Sentence = move.Sentence, Evidence = move.Judgement is null ? null : RolloutJson.Write(move.Judgement), By = caller.Name, At = now,
        });
        db.Publish(
            rollout.OrganizationId, $"rollout.{move.Action}",
            new { rolloutId = rollout.Id, rollout.TaskId, rollout.Version, rollout.BaseVersion, stage = move.Stage + 1, move.Sentence, by = caller.Name }, rollout.EnvironmentId, rollout.TaskId);
        db.Record(caller, $"rollout.{move.Action}", "task", rollout.TaskId, new
        {
            rolloutId = rollout.Id, rollout.Version, rollout.BaseVersion, stage = move.Stage + 1, move.Sentence, evidence = move.Judgement,
        });
    }

    private static string CourseAfter(Rollout rollout, RolloutMove move, bool isOver, DateTimeOffset now)
    {
        var course = RolloutJson.CourseOf(rollout);
        if (!isOver && move.Stage == rollout.Stage)
        {
            return rollout.Course;
        }

        var ended = course[^1] with { Until = now, Seen = move.Seen };
        return RolloutJson.Write<IReadOnlyList<PassedStage>>(isOver ? [.. course.SkipLast(1), ended] : [.. course.SkipLast(1), ended, new PassedStage(move.Stage, now)]);
    }
}

/// <summary>A step of a rollout.</summary>
/// <param name="Action">As its event is called.</param>
/// <param name="Status">What it is afterwards.</param>
/// <param name="Stage">The stage it is in afterwards.</param>
/// <param name="Sentence">Why.</param>
/// <param name="Judgement">The numbers behind it.</param>
/// <param name="Seen">What was seen of the stage that ends with it.</param>
internal sealed record RolloutMove(
    string Action, RolloutStatus Status, int Stage, string Sentence, RolloutJudgement? Judgement = null, StageEvidence? Seen = null);
