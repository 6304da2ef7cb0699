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

public sealed class RolloutKeeperTests(LoopaiDatabaseFixture fixture) : RolloutScene(fixture)
{
    [Fact]
    public async Task LookAsync_GoodVersion_MovesOnStageByStageUntilItAnswers()
    {
        var rollout = await StartAsync(2);
        for (var stage = 0; stage < 4; stage++)
        {
            await ExecuteAsync(version: 1, units: stage == 3 ? 0 : 600, errors: 12);
            await ExecuteAsync(version: 2, units: 600, errors: 12);
            Clock.Ahead += TimeSpan.FromMinutes(61);
            await LookAsync();
        }

        var ended = await GetAsync(rollout);
        (ended.Status, ended.EndedBy).ShouldBe((RolloutStatus.Completed, "Loopai"), ended.Judgement);
        (await ActionsAsync(rollout)).ShouldBe(["completed", "advanced", "advanced", "advanced", "started"]);
        (await TaskAsync()).ActiveVersion.ShouldBe(2);
    }

    [Theory]
    [InlineData(ExecutionStatus.Error, 1_000, "Errors")]
    [InlineData(ExecutionStatus.Timeout, 1_000, "Timeouts")]
    [InlineData(ExecutionStatus.InvalidOutput, 1_000, "Invalid outputs")]
    [InlineData(ExecutionStatus.Success, 90_000, "above the latency line")]
    public async Task LookAsync_WorseVersion_IsTakenBack(ExecutionStatus status, long latencyUs, string said)
    {
        var rollout = await StartAsync(2);
        await ExecuteAsync(version: 1, units: 600, errors: 6);
        await ExecuteAsync(version: 2, units: 300, errors: 60, status, latencyUs);
        Clock.Ahead += TimeSpan.FromMinutes(1);

        await LookAsync();

        var ended = await GetAsync(rollout);
        (ended.Status, ended.Share).ShouldBe((RolloutStatus.RolledBack, 0), ended.Judgement);
        ended.Reason!.ShouldContain(said);
        (await TaskAsync()).ActiveVersion.ShouldBe(1);
        (await EventsAsync(rollout))[0].Evidence.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(90, RolloutStatus.RolledBack)]
    [InlineData(12, RolloutStatus.Running)]
    public async Task LookAsync_AnswersThatWereChecked_AreWeighedAndItsStarterIsTold(int wrong, RolloutStatus status)
    {
        var mails = new Experiments.RecordedMails();
        var starter = await AddPersonAsync();
        var rollout = await Rollouts.StartAsync(
            Caller.ForUser(starter.Id, starter.DisplayName, Organization.Id, Organization.EnvironmentId, Permissions.All), Definition.Id, 2, null, false, CancellationToken.None);
        await Fixture.Database.AddExecutionsAsync(Organization, Definition.Id, 1, 300, 0, ExecutionStatus.Error, 1_000, Clock.GetUtcNow(), wrong: 12);
        await Fixture.Database.AddExecutionsAsync(Organization, Definition.Id, 2, 300, 0, ExecutionStatus.Error, 1_000, Clock.GetUtcNow(), wrong);
        Clock.Ahead += TimeSpan.FromMinutes(1);

        await GivenRollout.Keeper(Fixture.Data, Clock, mails).LookAsync(CancellationToken.None);

        var seen = await GetAsync(rollout);
        var gate = RolloutJson.JudgementOf(seen.Judgement)!.Gates.Single(g => g.Metric == RolloutMetric.Accuracy);
        (seen.Status, gate.Units, gate.Control, gate.Candidate).ShouldBe((status, 300, 0.04, wrong / 300.0));
        mails.Sent.Select(m => (m.To, m.Subject)).ShouldBe(status == RolloutStatus.RolledBack ? [(starter.Email!, $"{Definition.Name}: version 2 was rolled back")] : []);
        mails.Sent.ForEach(m => m.Text.ShouldContain($"/tasks/{Definition.Id}/rollout"));
    }

    [Fact]
    public async Task SkipAsync_AfterALook_LeavesNoJudgementOfTheStageBefore()
    {
        var rollout = await StartAsync(2);
        await LookAsync();
        (await GetAsync(rollout)).Judgement.ShouldNotBeNull();

        (await SkipAsync(rollout)).Judgement.ShouldBeNull();
    }

    [Fact]
    public async Task LookAsync_BySeveralInstances_TakesEachStepOnce()
    {
        var rollout = await StartAsync(2);
        await ExecuteAsync(version: 1, units: 600, errors: 6);
        await ExecuteAsync(version: 2, units: 300, errors: 100);
        Clock.Ahead += TimeSpan.FromMinutes(1);

        var steps = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LookAsync()));

        steps.Sum().ShouldBe(1);
        (await ActionsAsync(rollout)).ShouldBe(["rolled_back", "started"]);
    }

    [Fact]
    public async Task LookAsync_VersionTriedByHand_IsNotTakenBackForThat()
    {
        var rollout = await StartAsync(2);
        await Fixture.Database.AddExecutionsAsync(Organization, Definition.Id, 2, 20, 20, ExecutionStatus.Timeout, 1_000, Clock.GetUtcNow(), source: ExecutionSource.Portal);
        Clock.Ahead += TimeSpan.FromMinutes(1);
        await LookAsync();
        (await GetAsync(rollout)).Status.ShouldBe(RolloutStatus.Running);

        // And what goes well by hand hides nothing.
        await Fixture.Database.AddExecutionsAsync(Organization, Definition.Id, 2, 400, 0, ExecutionStatus.Timeout, 1_000, Clock.GetUtcNow(), source: ExecutionSource.Portal);
        await ExecuteAsync(version: 2, units: 20, errors: 20, ExecutionStatus.Timeout);
        Clock.Ahead += TimeSpan.FromMinutes(1);
        await LookAsync();
        (await GetAsync(rollout)).Reason!.ShouldContain("100 % of the last 20 executions");
    }

    [Fact]
    public async Task LookAsync_OneThatIsBroken_HoldsUpNoOther()
    {
        var rollout = await StartAsync(2);
        await Fixture.Database.AsOwnerAsync($"UPDATE rollouts SET plan = '[]' WHERE id = '{rollout.Id}'");

        (await LookAsync()).ShouldBe(0);

        (await GetAsync(rollout)).NextLookAt.ShouldBeGreaterThan(Clock.GetUtcNow());
        await Fixture.Database.AsOwnerAsync($"UPDATE rollouts SET ended_at = now() WHERE id = '{rollout.Id}'");
    }

    [Fact]
    public async Task LookAsync_AnotherVersionActivatedMeanwhile_Ends()
    {
        var rollout = await StartAsync(2);
        await new ProgramService(Fixture.Data, null!, Clock).ActivateAsync(Organization.Caller, Definition.Id, 3, false, CancellationToken.None);

        await LookAsync();

        (await GetAsync(rollout)).ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RolloutStatus.Aborted), r => r.Reason.ShouldBe("Version 3 was activated meanwhile."));
        (await TaskAsync()).ActiveVersion.ShouldBe(3);
    }
}
