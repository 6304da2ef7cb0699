using System.Diagnostics;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Rollouts;

/// <summary>Looks at rollouts that are due and takes their next step. Several instances may do it at once: each look is claimed by one of them.</summary>
public sealed class RolloutKeeper(LoopaiData data, RolloutMail mail, TimeProvider time, ILogger<RolloutKeeper> log)
{
    /// <summary>How soon a bad version is found.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>Looking takes no more than this part of the database's time, however much there is to add up.</summary>
    private const int RestPerWork = 20;

    private const int AtOnce = 50;
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(10);

    /// <summary>Another instance looks when this one has not come back by then.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>Looks at all that is due; how many steps were taken.</summary>
    public async Task<int> LookAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var due = await db.Rollouts.AsNoTracking().Where(r => r.EndedAt == null && r.NextLookAt <= now).OrderBy(r => r.NextLookAt).Take(AtOnce).ToListAsync(ct);
        var steps = 0;
        foreach (var rollout in due)
        {
            var claimed = await db.Rollouts.Where(r => r.Id == rollout.Id && r.NextLookAt == rollout.NextLookAt && r.EndedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.NextLookAt, now + Lease), ct);
            if (claimed == 1)
            {
                steps += await TryAsync(rollout, ct) ? 1 : 0;
            }
        }

        return steps;
    }

    private async Task<bool> TryAsync(Rollout rollout, CancellationToken ct)
    {
        try
        {
            return await LookAsync(rollout, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            // Something else changed the task at the same moment, the database was away, or it is broken by itself: the lease runs out and it is looked at again, and
            // whatever is wrong with one rollout holds up no other.
            log.LogWarning(e, "The rollout {Rollout} could not be looked at; it will be tried again", rollout.Id);
            return false;
        }
    }

    private async Task<bool> LookAsync(Rollout rollout, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var caller = Caller.System(rollout.OrganizationId, rollout.EnvironmentId);
        await using var db = await data.OpenAsync(caller, ct);
        var task = await db.FindTaskAsync(rollout.TaskId, ct);
        var now = time.GetUtcNow();
        if (task.ActiveVersion != rollout.BaseVersion || task.Status == Tasks.TaskStatus.Archived)
        {
            var why = task.ActiveVersion != rollout.BaseVersion ? $"Version {task.ActiveVersion} was activated meanwhile." : "The task was archived meanwhile.";
            return await db.TakeAsync(caller, rollout, new RolloutMove("aborted", RolloutStatus.Aborted, rollout.Stage, why), now, ct);
        }

        rollout.LatencyLineUs ??= await db.LatencyLineAsync(rollout, ct);
        var moment = await db.MomentAsync(rollout, now, ct);
        var judgement = RolloutEngine.Judge(RolloutJson.PlanOf(rollout), moment);
        var (line, text) = (rollout.LatencyLineUs, RolloutJson.Write(judgement));
        var rest = Stopwatch.GetElapsedTime(started) * RestPerWork;
        var next = time.GetUtcNow() + (rest < LookEvery ? LookEvery : rest > LongestRest ? LongestRest : rest);
        await db.Rollouts.Where(r => r.Id == rollout.Id && r.Revision == rollout.Revision).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.Judgement, text).SetProperty(r => r.LatencyLineUs, line).SetProperty(r => r.NextLookAt, next), ct);
        if (MoveOf(rollout, judgement, moment) is not { } move || !await db.TakeAsync(caller, rollout, move, now, ct))
        {
            return false;
        }

        if (move.Status is RolloutStatus.RolledBack or RolloutStatus.Completed)
        {
            await mail.TellAsync(rollout, task.Name, move.Status, move.Sentence, ct);
        }

        return true;
    }

    private static RolloutMove? MoveOf(Rollout rollout, RolloutJudgement judgement, RolloutMoment moment)
    {
        var seen = moment.Stages[^1];
        return judgement.Step switch
        {
            RolloutStep.Hold => null,
            RolloutStep.Advance => new RolloutMove("advanced", RolloutStatus.Running, rollout.Stage + 1, judgement.Sentence, judgement, seen),
            RolloutStep.Complete => new RolloutMove("completed", RolloutStatus.Completed, rollout.Stage, judgement.Sentence, judgement, seen),
            RolloutStep.RollBack => new RolloutMove("rolled_back", RolloutStatus.RolledBack, rollout.Stage, judgement.Sentence, judgement, seen),
        };
    }
}
