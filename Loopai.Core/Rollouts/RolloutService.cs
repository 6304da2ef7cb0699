using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Rollouts;

/// <summary>Starts, steers, ends and lists the rollouts of a task.</summary>
public sealed class RolloutService(LoopaiData data, TimeProvider time)
{
    private const int MaxReason = 500;

    /// <summary>
    /// Begins to move the traffic of the caller's environment to a version, with the first stage of the plan. It ends with the version in service everywhere, so that it takes
    /// the permission to activate.
    /// </summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="version">The version.</param>
    /// <param name="plan">How; null for the usual plan.</param>
    /// <param name="force">Whether a draft may be rolled out.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Rollout> StartAsync(Caller caller, Guid taskId, int version, RolloutPlan? plan, bool force, CancellationToken ct)
    {
        caller.Demand(Permissions.RolloutsWrite, taskId);
        caller.Demand(Permissions.ProgramsActivate, taskId);
        plan ??= new RolloutPlan();
        RolloutRules.Check(plan);
        await using var db = await data.OpenAsync(caller, ct);
        var task = await db.FindOpenTaskAsync(taskId, ct);
        var program = await db.FindVersionAsync(taskId, version, ct);
        if (program.Status == ProgramStatus.Draft && !force)
        {
            throw ProgramErrors.Draft(version, ProgramVersions.WhyDraft(program));
        }

        var rollout = await db.BeginRolloutAsync(caller, caller.PersonId, task, version, plan, time.GetUtcNow(), ct);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException) when (!ct.IsCancellationRequested)
        {
            // Two began at once, and the unique index let one through.
            throw RolloutErrors.Running(version);
        }

        return rollout;
    }

    /// <summary>One window of the task's rollouts, newest first.</summary>
    public async Task<Page<Rollout>> ListAsync(Caller caller, Guid taskId, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.RolloutsRead, taskId);
        page = page.Validated();
        var before = Cursor.Decode<Before>(page.Cursor)?.Id;
        await using var db = await data.OpenAsync(caller, ct);
        await db.RequireTaskAsync(taskId, ct);
        var rows = await db.Rollouts.AsNoTracking().Where(r => r.TaskId == taskId && (before == null || r.Id.CompareTo(before.Value) < 0))
            .OrderByDescending(r => r.Id).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<Rollout>([.. rows.Take(page.Limit)], rows.Count > page.Limit ? Cursor.Encode(new Before(rows[page.Limit - 1].Id)) : null);
    }

    public async Task<Rollout> GetAsync(Caller caller, Guid taskId, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.RolloutsRead, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        return await FindAsync(db, taskId, id, ct);
    }

    /// <summary>What happened to a rollout, newest first. There are few steps, so they come in one window.</summary>
    public async Task<IReadOnlyList<RolloutEvent>> HistoryAsync(Caller caller, Guid taskId, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.RolloutsRead, taskId);
        await using var db = await data.OpenAsync(caller, ct);
        await FindAsync(db, taskId, id, ct);
        return await db.RolloutEvents.AsNoTracking().Where(e => e.RolloutId == id).OrderByDescending(e => e.Id).Take(PageRequest.MaxLimit).ToListAsync(ct);
    }

    /// <summary>Keeps the share as it is. Its guardrails still take it back. Pausing twice changes nothing.</summary>
    public Task<Rollout> PauseAsync(Caller caller, Guid taskId, Guid id, string? reason, CancellationToken ct) => StepAsync(
        caller, taskId, id, r => r.Status == RolloutStatus.Paused ? null : new RolloutMove("paused", RolloutStatus.Paused, r.Stage, Why(reason, "Somebody paused it.")), reason, ct);

    /// <summary>Lets a paused rollout move on. Resuming one that runs changes nothing.</summary>
    public Task<Rollout> ResumeAsync(Caller caller, Guid taskId, Guid id, string? reason, CancellationToken ct) => StepAsync(
        caller, taskId, id, r => r.Status == RolloutStatus.Paused ? new RolloutMove("resumed", RolloutStatus.Running, r.Stage, Why(reason, "Somebody let it move on.")) : null, reason, ct);

    /// <summary>Ends the stage at hand, whatever its gates say; after the last one the version answers the task.</summary>
    public Task<Rollout> SkipAsync(Caller caller, Guid taskId, Guid id, string? reason, CancellationToken ct) => StepAsync(
        caller, taskId, id,
        r => r.Stage == RolloutJson.PlanOf(r).Stages.Count - 1
            ? new RolloutMove("completed", RolloutStatus.Completed, r.Stage, Why(reason, "Somebody ended the last stage."))
            : new RolloutMove("skipped", r.Status, r.Stage + 1, Why(reason, "Somebody ended the stage.")),
        reason, ct);

    /// <summary>Gives all traffic back to the version in service.</summary>
    public Task<Rollout> AbortAsync(Caller caller, Guid taskId, Guid id, string? reason, CancellationToken ct) => StepAsync(
        caller, taskId, id, r => new RolloutMove("aborted", RolloutStatus.Aborted, r.Stage, Why(reason, "Somebody ended it.")), reason, ct);

    private async Task<Rollout> StepAsync(Caller caller, Guid taskId, Guid id, Func<Rollout, RolloutMove?> decide, string? reason, CancellationToken ct)
    {
        caller.Demand(Permissions.RolloutsWrite, taskId);
        new FieldErrors().AddIf(reason?.Length > MaxReason, "reason", $"A reason has at most {MaxReason} characters.").ThrowIfAny("rollout.invalid", "The rollout cannot be steered like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var rollout = await FindAsync(db, taskId, id, ct);
        DemandReach(caller, rollout);
        if (rollout.EndedAt is not null)
        {
            throw RolloutErrors.Over();
        }

        var move = decide(rollout);
        if (move?.Status == RolloutStatus.Completed)
        {
            caller.Demand(Permissions.ProgramsActivate, taskId);
        }

        if (move is not null && !await db.TakeAsync(caller, rollout, move with { Judgement = RolloutJson.JudgementOf(rollout.Judgement) }, time.GetUtcNow(), ct))
        {
            throw RolloutErrors.ChangedMeanwhile();
        }

        return await FindAsync(db, taskId, id, ct);
    }

    /// <summary>Whoever holds the permission for one environment, as every key does, steers what moves that one's traffic alone.</summary>
    private static void DemandReach(Caller caller, Rollout rollout)
    {
        if (rollout.EnvironmentId != caller.EnvironmentIdOrNull && caller.Kind != CallerKind.System && !caller.ReachesOtherEnvironments(Permissions.RolloutsWrite))
        {
            throw new ForbiddenException(Permissions.RolloutsWrite, "This rollout moves the traffic of another environment than yours. Steer it from there.") { Caller = caller };
        }
    }

    private static string Why(string? reason, string otherwise) => string.IsNullOrWhiteSpace(reason) ? otherwise : reason.Trim();

    private static async Task<Rollout> FindAsync(LoopaiDbContext db, Guid taskId, Guid id, CancellationToken ct)
    {
        await db.RequireTaskAsync(taskId, ct);
        return await db.Rollouts.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id && r.TaskId == taskId, ct) ?? throw RolloutErrors.NotFound(id);
    }

    private sealed record Before(Guid Id);
}
