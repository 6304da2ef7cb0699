using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Lifecycle;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using static Loopai.Core.Experiments.ExperimentStatus;

namespace Loopai.Portal.Tests.Experiments;

public sealed class ExperimentLifecycleTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private GivenExperiment _given = null!;

    public async Task InitializeAsync() => _given = await GivenExperiment.AsyncFor(fixture.Database);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task WholeLife_EveryStep_IsOnRecordWithItsEffect()
    {
        var caller = _given.Person("Ada");
        var made = await _given.Experiments.CreateAsync(caller, _given.Draft(), default);
        await _given.Life.ScheduleAsync(caller, made.Id, DateTimeOffset.UtcNow.AddDays(1), null, default);
        await _given.Life.StartAsync(caller, made.Id, "Why wait?", default);
        await _given.ExecutedAsync(made);
        await _given.Life.PauseAsync(caller, made.Id, "Holiday", default);
        await _given.Life.ResumeAsync(caller, made.Id, null, default);
        await _given.Life.StopAsync(caller, made.Id, null, default);
        await _given.Decisions.DecideAsync(caller, made.Id, GivenExperiment.Ship, default);
        var over = await _given.Life.ArchiveAsync(caller, made.Id, null, default);

        over.Status.ShouldBe(Archived);
        var history = (await _given.Experiments.HistoryAsync(caller, made.Id, new(), default)).Items;
        history.Select(h => h.Action).ShouldBe(["archived", "decided", "stopped", "resumed", "paused", "started", "scheduled", "created"]);
        history.ShouldAllBe(h => h.By == "Ada");
        history[4].Effect!.ShouldContain("version 1");
        (await _given.ActiveVersionAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task PauseAsync_Paused_AndResumeAsync_Running_ChangeNothing()
    {
        var running = await _given.StartAsync();

        (await _given.Life.ResumeAsync(_given.Caller, running.Id, "Go on", default)).Revision.ShouldBe(running.Revision);
        var paused = await _given.Life.PauseAsync(_given.Caller, running.Id, null, default);
        var again = await _given.Life.PauseAsync(_given.Caller, running.Id, "Once more", default);

        (paused.Status, again.Status, again.Revision).ShouldBe((Paused, Paused, paused.Revision));
        (await _given.Experiments.HistoryAsync(_given.Caller, running.Id, new(), default)).Items.Select(h => h.Action).ShouldBe(["paused", "started", "created"]);
    }

    [Fact]
    public async Task StartAsync_FreezesThePlanWithItsHash()
    {
        var running = await _given.StartAsync();

        FrozenPlan.HashOf(running.FrozenPlan!).ShouldBe(running.PlanHash);
        var plan = FrozenPlan.Parse(running.FrozenPlan!);
        plan.Metrics.Select(m => (m.Definition.Key, m.Role)).ShouldBe([("accuracy", MetricRole.Goal), ("success_rate", MetricRole.Guardrail)]);
        plan.Variants.ShouldBe(running.Variants);
        plan.ToCanonicalJson().ShouldBe(running.FrozenPlan);
    }

    [Fact]
    public async Task StartAsync_WithoutAGoal_IsRefused()
    {
        var made = await _given.AddAsync(_given.Draft() with { Metrics = [] });
        (await Should.ThrowAsync<InvalidException>(() => _given.Life.StartAsync(_given.Caller, made.Id, null, default))).Errors.Keys.ShouldBe(["metrics"]);
    }

    [Fact]
    public async Task StartAsync_OverlappingRange_NamesTheOther()
    {
        await _given.StartAsync(_given.Draft() with { Key = "first", Namespace = new("shared", 0, 0.6) });
        var second = await _given.AddAsync(_given.Draft() with { Namespace = new("shared", 0.5, 1) });
        (await Should.ThrowAsync<ConflictException>(() => _given.Life.StartAsync(_given.Caller, second.Id, null, default))).Message.ShouldContain("'first'");

        await _given.Experiments.UpdateAsync(_given.Caller, second.Id, new() { Namespace = new("shared", 0.6, 1) }, null, default);
        (await _given.Life.StartAsync(_given.Caller, second.Id, null, default)).Status.ShouldBe(Running);
    }

    [Fact]
    public async Task StartAsync_ByTwoAtOnce_StartsOnceAndTellsTheOther()
    {
        for (var round = 0; round < 5; round++)
        {
            var made = await _given.AddAsync();
            var outcomes = await Task.WhenAll(new[] { "Ada", "Grace" }.Select(name => GivenExperiment.TryAsync(() => _given.Life.StartAsync(_given.Person(name), made.Id, null, default))));

            outcomes.Count(o => o is null).ShouldBe(1);
            outcomes.Single(o => o is not null).ShouldBeOfType<ConflictException>().Message.ShouldContain("running");
            (await _given.Experiments.HistoryAsync(_given.Caller, made.Id, new(), default)).Items.Count(h => h.Action == "started").ShouldBe(1);
        }
    }

    [Fact]
    public async Task StartAsync_OverlappingRangesAtOnce_StartsOne()
    {
        for (var round = 0; round < 5; round++)
        {
            var share = new NamespaceShare($"round-{round}", 0, 0.6);
            Experiment[] made = [await _given.AddAsync(_given.Draft() with { Namespace = share }), await _given.AddAsync(_given.Draft() with { Namespace = share })];
            var outcomes = await Task.WhenAll(made.Select(m => GivenExperiment.TryAsync(() => _given.Life.StartAsync(_given.Caller, m.Id, null, default))));

            outcomes.Count(o => o is null).ShouldBe(1);
            outcomes.Single(o => o is not null).ShouldBeOfType<ConflictException>().Code.ShouldBe("experiment.range_taken");
        }
    }

    [Fact]
    public async Task StartAsync_InThePast_TakesNoUnitsFromWhatRunsAndIsNotedNow()
    {
        var before = await _given.StartAsync();
        var made = await _given.AddAsync();
        var lastWeek = DateTimeOffset.UtcNow.AddDays(-7);
        (await GivenExperiment.FaultAsync(() => _given.Life.StartAsync(_given.Caller, made.Id, null, lastWeek, default))).ShouldBe("experiment.started_before");
        await _given.Life.StopAsync(_given.Caller, before.Id, null, default);
        (await Should.ThrowAsync<InvalidException>(() => _given.Life.StartAsync(_given.Caller, made.Id, null, DateTimeOffset.UnixEpoch.AddYears(-10), default))).Errors.Keys.ShouldBe(["startedAt"]);

        (await _given.Life.StartAsync(_given.Caller, made.Id, null, lastWeek, default)).StartedAt.ShouldBe(lastWeek);
        var history = (await _given.Experiments.HistoryAsync(_given.Caller, made.Id, new(), default)).Items;
        history.Select(h => h.Action).ShouldBe(["started", "created"]);
        history[0].At.ShouldBeGreaterThan(history[1].At.AddSeconds(-1));
    }

    [Fact]
    public async Task PauseAsync_ReasonTooLong_IsRefused()
    {
        var running = await _given.StartAsync();
        (await Should.ThrowAsync<InvalidException>(() => _given.Life.PauseAsync(_given.Person("Ada"), running.Id, new string('x', 2001), default))).Errors.Keys.ShouldBe(["reason"]);
    }

    [Fact]
    public async Task Approval_NeedsAnotherPersonAndThePlanAsItStands()
    {
        var (ada, grace) = (_given.Person("Ada"), _given.Person("Grace"));
        var made = await _given.Experiments.CreateAsync(ada, _given.Draft() with { RequiresApproval = true }, default);
        (await GivenExperiment.FaultAsync(() => _given.Life.StartAsync(ada, made.Id, null, default))).ShouldBe("experiment.not_approved");
        var robot = Caller.ForKey(Guid.CreateVersion7(), "robot", ada.OrganizationId, ada.EnvironmentId, HeldPermissions.Everywhere(Permissions.Owner), ownerId: null);
        (await GivenExperiment.FaultAsync(() => _given.Approvals.RequestAsync(robot, made.Id, null, default))).ShouldBe("experiment.approval_is_for_people");
        await _given.Approvals.RequestAsync(ada, made.Id, null, default);
        (await GivenExperiment.FaultAsync(() => _given.Approvals.ApproveAsync(ada, made.Id, null, default))).ShouldBe("experiment.own_approval");
        (await GivenExperiment.FaultAsync(() => _given.Approvals.ApproveAsync(robot, made.Id, null, default))).ShouldBe("experiment.approval_is_for_people");
        await _given.Approvals.ApproveAsync(grace, made.Id, null, default);
        await _given.Experiments.UpdateAsync(ada, made.Id, new() { Coverage = 0.5 }, null, default);
        (await GivenExperiment.FaultAsync(() => _given.Life.StartAsync(ada, made.Id, null, default))).ShouldBe("experiment.changed_since_approval");
        await _given.Approvals.RequestAsync(ada, made.Id, null, default);
        await _given.Approvals.ApproveAsync(grace, made.Id, null, default);
        (await _given.Life.StartAsync(ada, made.Id, null, default)).Status.ShouldBe(Running);
        (await GivenExperiment.FaultAsync(() => _given.Experiments.UpdateAsync(ada, made.Id, new() { Plan = new AnalysisPlan { Alpha = 0.1 } }, null, default))).ShouldBe("experiment.approved_as_it_stood");
    }

    [Fact]
    public async Task Verbs_OutOfTheirState_AreRefusedWithBoth()
    {
        var made = await _given.AddAsync();
        (await GivenExperiment.FaultAsync(() => _given.Life.PauseAsync(_given.Caller, made.Id, null, default))).ShouldBe("experiment.wrong_status");
        (await GivenExperiment.FaultAsync(() => _given.Life.StopAsync(_given.Caller, made.Id, null, default))).ShouldBe("experiment.wrong_status");
        await _given.Life.StartAsync(_given.Caller, made.Id, null, default);
        (await GivenExperiment.FaultAsync(() => _given.Life.StartAsync(_given.Caller, made.Id, null, default))).ShouldBe("experiment.wrong_status");
        (await GivenExperiment.FaultAsync(() => _given.Life.ArchiveAsync(_given.Caller, made.Id, null, default))).ShouldBe("experiment.wrong_status");
    }

    [Fact]
    public async Task Holdout_InUse_KeepsItsShare()
    {
        var holdouts = new HoldoutService(fixture.Data, TimeProvider.System);
        var holdout = await holdouts.CreateAsync(_given.Caller, "held", null, 0.1, default);
        await _given.StartAsync(_given.Draft() with { HoldoutId = holdout.Id });
        (await GivenExperiment.FaultAsync(() => holdouts.UpdateAsync(_given.Caller, holdout.Id, null, 0.2, default))).ShouldBe("holdout.in_use");
        (await Should.ThrowAsync<InvalidException>(() => holdouts.CreateAsync(_given.Caller, "more", null, 0.7, default))).Errors.Keys.ShouldBe(["share"]);
    }
}
