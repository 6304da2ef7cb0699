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

public sealed class RolloutServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private readonly MovableClock _clock = new();
    private RolloutService _rollouts = null!;
    private TestOrganization _organization = null!;
    private TaskDefinition _task = null!;

    public async Task InitializeAsync()
    {
        _rollouts = new RolloutService(fixture.Data, _clock);
        _organization = await fixture.Database.AddOrganizationAsync();
        _task = await fixture.Database.AddTaskAsync(_organization);
        foreach (var version in new[] { 1, 2, 3 })
        {
            await AddVersionAsync(version);
        }

        await new ProgramService(fixture.Data, null!, _clock).ActivateAsync(_organization.Caller, _task.Id, 1, false, CancellationToken.None);
    }

    public Task DisposeAsync() => Task.CompletedTask;

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

        (await Should.ThrowAsync<InvalidException>(() => _rollouts.StartAsync(_organization.Caller, _task.Id, 2, plan, false, CancellationToken.None))).Errors.Keys.ShouldBe(
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
        (await Then()._rollouts.ResumeAsync(_organization.Caller, _task.Id, rollout.Id, null, CancellationToken.None)).Status.ShouldBe(RolloutStatus.Running);
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
        var rollout = await _rollouts.AbortAsync(_organization.Caller, _task.Id, (await StartAsync(2)).Id, "It looks odd.", CancellationToken.None);

        (rollout.Status, rollout.Share, rollout.Reason).ShouldBe((RolloutStatus.Aborted, 0, "It looks odd."));
        (await TaskAsync()).ActiveVersion.ShouldBe(1);
        await StartAsync(2);
    }

    [Fact]
    public async Task LookAsync_GoodVersion_MovesOnStageByStageUntilItAnswers()
    {
        var rollout = await StartAsync(2);
        for (var stage = 0; stage < 4; stage++)
        {
            await ExecuteAsync(version: 1, units: stage == 3 ? 0 : 600, errors: 12);
            await ExecuteAsync(version: 2, units: 600, errors: 12);
            _clock.Ahead += TimeSpan.FromMinutes(61);
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
        _clock.Ahead += TimeSpan.FromMinutes(1);

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
        var rollout = await _rollouts.StartAsync(
            Caller.ForUser(starter.Id, starter.DisplayName, _organization.Id, _organization.EnvironmentId, Permissions.All), _task.Id, 2, null, false, CancellationToken.None);
        await fixture.Database.AddExecutionsAsync(_organization, _task.Id, 1, 300, 0, ExecutionStatus.Error, 1_000, _clock.GetUtcNow(), wrong: 12);
        await fixture.Database.AddExecutionsAsync(_organization, _task.Id, 2, 300, 0, ExecutionStatus.Error, 1_000, _clock.GetUtcNow(), wrong);
        _clock.Ahead += TimeSpan.FromMinutes(1);

        await GivenRollout.Keeper(fixture.Data, _clock, mails).LookAsync(CancellationToken.None);

        var seen = await GetAsync(rollout);
        var gate = RolloutJson.JudgementOf(seen.Judgement)!.Gates.Single(g => g.Metric == RolloutMetric.Accuracy);
        (seen.Status, gate.Units, gate.Control, gate.Candidate).ShouldBe((status, 300, 0.04, wrong / 300.0));
        mails.Sent.Select(m => (m.To, m.Subject)).ShouldBe(status == RolloutStatus.RolledBack ? [(starter.Email!, $"{_task.Name}: version 2 was rolled back")] : []);
        mails.Sent.ForEach(m => m.Text.ShouldContain($"/tasks/{_task.Id}/rollout"));
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
        _clock.Ahead += TimeSpan.FromMinutes(1);

        var steps = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => LookAsync()));

        steps.Sum().ShouldBe(1);
        (await ActionsAsync(rollout)).ShouldBe(["rolled_back", "started"]);
    }

    [Fact]
    public async Task LookAsync_VersionTriedByHand_IsNotTakenBackForThat()
    {
        var rollout = await StartAsync(2);
        await fixture.Database.AddExecutionsAsync(_organization, _task.Id, 2, 20, 20, ExecutionStatus.Timeout, 1_000, _clock.GetUtcNow(), source: ExecutionSource.Portal);
        _clock.Ahead += TimeSpan.FromMinutes(1);
        await LookAsync();
        (await GetAsync(rollout)).Status.ShouldBe(RolloutStatus.Running);

        // And what goes well by hand hides nothing.
        await fixture.Database.AddExecutionsAsync(_organization, _task.Id, 2, 400, 0, ExecutionStatus.Timeout, 1_000, _clock.GetUtcNow(), source: ExecutionSource.Portal);
        await ExecuteAsync(version: 2, units: 20, errors: 20, ExecutionStatus.Timeout);
        _clock.Ahead += TimeSpan.FromMinutes(1);
        await LookAsync();
        (await GetAsync(rollout)).Reason!.ShouldContain("100 % of the last 20 executions");
    }

    [Fact]
    public async Task Steps_FromAnotherEnvironmentOrWithoutLeaveToActivate_AreRefused()
    {
        Caller Key(Guid environment, params string[] held) =>
            Caller.ForKey(Guid.CreateVersion7(), "ci", _organization.Id, environment, HeldPermissions.Everywhere([Permissions.RolloutsWrite, .. held]), null);
        var (elsewhere, limited) = (Key(Guid.CreateVersion7(), Permissions.ProgramsActivate), Key(_organization.EnvironmentId));
        await Should.ThrowAsync<ForbiddenException>(() => _rollouts.StartAsync(limited, _task.Id, 2, null, false, CancellationToken.None));
        var rollout = await StartAsync(2);
        await Should.ThrowAsync<ForbiddenException>(() => _rollouts.SkipAsync(elsewhere, _task.Id, rollout.Id, null, CancellationToken.None));
        await Should.ThrowAsync<ForbiddenException>(() => _rollouts.AbortAsync(elsewhere, _task.Id, rollout.Id, null, CancellationToken.None));

        for (var stage = 0; stage < 3; stage++)
        {
            await Then()._rollouts.SkipAsync(limited, _task.Id, rollout.Id, null, CancellationToken.None);
        }

        await Should.ThrowAsync<ForbiddenException>(() => _rollouts.SkipAsync(limited, _task.Id, rollout.Id, null, CancellationToken.None));
        (await SkipAsync(rollout)).Status.ShouldBe(RolloutStatus.Completed);
    }

    [Fact]
    public async Task LookAsync_OneThatIsBroken_HoldsUpNoOther()
    {
        var rollout = await StartAsync(2);
        await fixture.Database.AsOwnerAsync($"UPDATE rollouts SET plan = '[]' WHERE id = '{rollout.Id}'");

        (await LookAsync()).ShouldBe(0);

        (await GetAsync(rollout)).NextLookAt.ShouldBeGreaterThan(_clock.GetUtcNow());
        await fixture.Database.AsOwnerAsync($"UPDATE rollouts SET ended_at = now() WHERE id = '{rollout.Id}'");
    }

    [Fact]
    public async Task LookAsync_AnotherVersionActivatedMeanwhile_Ends()
    {
        var rollout = await StartAsync(2);
        await new ProgramService(fixture.Data, null!, _clock).ActivateAsync(_organization.Caller, _task.Id, 3, false, CancellationToken.None);

        await LookAsync();

        (await GetAsync(rollout)).ShouldSatisfyAllConditions(r => r.Status.ShouldBe(RolloutStatus.Aborted), r => r.Reason.ShouldBe("Version 3 was activated meanwhile."));
        (await TaskAsync()).ActiveVersion.ShouldBe(3);
    }

    [Fact]
    public void Choose_GrowingShare_KeepsEveryUnitThatHasTheVersion()
    {
        var environment = Guid.CreateVersion7();
        var shares = new[] { 1, 500, 2_500, 5_000, 10_000 }.Select(share => new RolloutShare(environment, 2, share, "seed")).ToList();
        var units = Enumerable.Range(0, 20_000).Select(i => $"user-{i}").ToList();

        foreach (var (before, after) in shares.Zip(shares.Skip(1)))
        {
            units.Where(u => before.Choose(environment, u) is not null).ShouldAllBe(u => after.Choose(environment, u) == 2);
        }

        units.Count(u => shares[1].Choose(environment, u) == 2).ShouldBeInRange(900, 1_100);
        units.ShouldAllBe(u => shares[4].Choose(environment, u) == 2);
        shares[4].Choose(Guid.CreateVersion7(), "user-1").ShouldBeNull();
    }

    private Task<Rollout> StartAsync(int version) => _rollouts.StartAsync(_organization.Caller, _task.Id, version, null, false, CancellationToken.None);

    private Task<Rollout> PauseAsync(Rollout rollout) => Then()._rollouts.PauseAsync(_organization.Caller, _task.Id, rollout.Id, null, CancellationToken.None);

    private Task<Rollout> SkipAsync(Rollout rollout) => Then()._rollouts.SkipAsync(_organization.Caller, _task.Id, rollout.Id, null, CancellationToken.None);

    /// <summary>A moment later: steps of one millisecond have no order.</summary>
    private RolloutServiceTests Then()
    {
        _clock.Ahead += TimeSpan.FromSeconds(1);
        return this;
    }

    private Task<Rollout> GetAsync(Rollout rollout) => _rollouts.GetAsync(_organization.Caller, _task.Id, rollout.Id, CancellationToken.None);

    private Task<IReadOnlyList<RolloutEvent>> EventsAsync(Rollout rollout) => _rollouts.HistoryAsync(_organization.Caller, _task.Id, rollout.Id, CancellationToken.None);

    private async Task<IEnumerable<string>> ActionsAsync(Rollout rollout) => (await EventsAsync(rollout)).Select(e => e.Action);

    private Task<TaskDefinition> TaskAsync() => new TaskService(fixture.Data, _clock).GetAsync(_organization.Caller, _task.Id, CancellationToken.None);

    private Task<int> LookAsync() => GivenRollout.Keeper(fixture.Data, _clock).LookAsync(CancellationToken.None);

    private async Task<User> AddPersonAsync()
    {
        var name = $"ada-{Guid.NewGuid():n}@example.com";
        var user = new User { Id = Guid.CreateVersion7(), UserName = name, Email = name, DisplayName = "Ada", CreatedAt = DateTimeOffset.UtcNow };
        await using var db = await fixture.Data.OpenAsync(Caller.Installation, CancellationToken.None);
        db.Users.Add(user);
        await db.SaveChangesAsync();
        return user;
    }

    private async Task AddVersionAsync(int version)
    {
        await using var db = await fixture.Data.OpenAsync(_organization.Caller, CancellationToken.None);
        await db.Tasks.Where(t => t.Id == _task.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.LastVersion, version));
        db.Programs.Add(new ProgramVersion
        {
            Id = Guid.CreateVersion7(), OrganizationId = _organization.Id, TaskId = _task.Id, Version = version, Language = ProgramLanguage.Model, Strategy = "rule", Artifact = [1],
            Status = ProgramStatus.Validated, CreatedBy = "test", CreatedAt = DateTimeOffset.UtcNow,
        });
        await db.SaveChangesAsync();
    }

    /// <summary>Executions of the moment before the next look, of one unit each, of which so many ended in a status and took a time.</summary>
    private Task ExecuteAsync(int version, int units, int errors, ExecutionStatus status = ExecutionStatus.Error, long latencyUs = 1_000) =>
        fixture.Database.AddExecutionsAsync(_organization, _task.Id, version, units, errors, status, latencyUs, _clock.GetUtcNow());
}
