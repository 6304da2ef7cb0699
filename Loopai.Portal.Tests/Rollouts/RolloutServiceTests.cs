using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Loopai.Core.Identity;
using Loopai.Core.Programs;
using Loopai.Core.Rollouts;
using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Rollouts;

public sealed class RolloutServiceTests(LoopaiDatabaseFixture fixture) : RolloutScene(fixture)
{
    [Fact]
    public async Task StartAsync_UsualPlan_BeginsWithItsFirstShare()
    {
        var rollout = await StartAsync(2);

        (rollout.Share, rollout.BaseVersion, rollout.Status).ShouldBe((500, 1, RolloutStatus.Running));
        (await ActionsAsync(rollout)).ShouldBe(["started"]);
    }

    [Fact]
    public async Task StartAsync_EverythingWrong_TellsAllOfIt()
    {
        var plan = new RolloutPlan
        {
            Stages = [new(5, -1, 0), new(5, 0, 0), new(50.001, 0, -1)], Alpha = 0.5, Guardrails = [new(RolloutMetric.Errors, 2), new(RolloutMetric.Errors, 0)],
            Limits = [new(RolloutMetric.Accuracy, 0.2), new(RolloutMetric.Errors, 0)], Windows = [new([], default, default)],
        };

        (await Should.ThrowAsync<InvalidException>(() => Rollouts.StartAsync(Organization.Caller, Definition.Id, 2, plan, false, CancellationToken.None))).Errors.Keys.ShouldBe(
            [
                "stages", "alpha", "stages[0].leastMinutes", "stages[1].percent", "stages[2].percent", "stages[2].leastUnits", "guardrails[0].tolerance", "guardrails[1].metric",
                "limits[0].metric", "limits[1].share", "windows[0]",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task StartAsync_WhatCannotBe_IsRefusedWithTheReason()
    {
        var active = await Should.ThrowAsync<ConflictException>(() => StartAsync(1));
        await StartAsync(2);
        var running = await Should.ThrowAsync<ConflictException>(() => StartAsync(3));

        (active.Code, running.Code).ShouldBe(("rollout.already_active", "rollout.running"));
        await Should.ThrowAsync<NotFoundException>(() => StartAsync(9));
    }

    [Fact]
    public async Task StartAsync_TwoAtOnce_LetsOneThrough()
    {
        var tries = await Task.WhenAll(new[] { 2, 3, 2, 3 }.Select(async version =>
        {
            try
            {
                await StartAsync(version);
                return true;
            }
            catch (ConflictException)
            {
                return false;
            }
        }));

        tries.Count(won => won).ShouldBe(1);
    }

    [Fact]
    public async Task Steps_ByHand_AreOnRecordAndTheLastActivates()
    {
        var rollout = await StartAsync(2);

        (await PauseAsync(rollout)).Status.ShouldBe(RolloutStatus.Paused);
        await PauseAsync(rollout);
        (await ResumeAsync(rollout)).Status.ShouldBe(RolloutStatus.Running);
        (await ResumeAsync(rollout)).Status.ShouldBe(RolloutStatus.Running);
        (await SkipAsync(rollout)).Share.ShouldBe(2_500);
        await SkipAsync(rollout);
        await SkipAsync(rollout);
        var ended = await SkipAsync(rollout);

        (ended.Status, ended.Share).ShouldBe((RolloutStatus.Completed, 0));
        (await ActionsAsync(rollout)).ShouldBe(["completed", "skipped", "skipped", "skipped", "resumed", "paused", "started"]);
        (await TaskAsync()).ActiveVersion.ShouldBe(2);
        (await Should.ThrowAsync<ConflictException>(() => SkipAsync(rollout))).Code.ShouldBe("rollout.over");
    }

    [Fact]
    public async Task AbortAsync_Running_GivesAllBack()
    {
        var rollout = await Rollouts.AbortAsync(Organization.Caller, Definition.Id, (await StartAsync(2)).Id, "It looks odd.", CancellationToken.None);

        (rollout.Status, rollout.Share, rollout.Reason).ShouldBe((RolloutStatus.Aborted, 0, "It looks odd."));
        (await TaskAsync()).ActiveVersion.ShouldBe(1);
        await StartAsync(2);
    }

    [Fact]
    public async Task Steps_FromAnotherEnvironmentOrWithoutLeaveToActivate_AreRefused()
    {
        Caller Key(Guid environment, params string[] held) =>
            Caller.ForKey(Guid.CreateVersion7(), "ci", Organization.Id, environment, HeldPermissions.Everywhere([Permissions.RolloutsWrite, .. held]), null);
        var (elsewhere, limited) = (Key(Guid.CreateVersion7(), Permissions.ProgramsActivate), Key(Organization.EnvironmentId));
        await Should.ThrowAsync<ForbiddenException>(() => Rollouts.StartAsync(limited, Definition.Id, 2, null, false, CancellationToken.None));
        var rollout = await StartAsync(2);
        await Should.ThrowAsync<ForbiddenException>(() => Rollouts.SkipAsync(elsewhere, Definition.Id, rollout.Id, null, CancellationToken.None));
        await Should.ThrowAsync<ForbiddenException>(() => Rollouts.AbortAsync(elsewhere, Definition.Id, rollout.Id, null, CancellationToken.None));

        for (var stage = 0; stage < 3; stage++)
        {
            await Then().SkipAsync(limited, Definition.Id, rollout.Id, null, CancellationToken.None);
        }

        await Should.ThrowAsync<ForbiddenException>(() => Rollouts.SkipAsync(limited, Definition.Id, rollout.Id, null, CancellationToken.None));
        (await SkipAsync(rollout)).Status.ShouldBe(RolloutStatus.Completed);
    }
}
