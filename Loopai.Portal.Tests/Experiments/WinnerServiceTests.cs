using System.Text.Json;
using Loopai.Core.Errors;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Experiments.Lifecycle;
using Loopai.Core.Rollouts;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Experiments;

public sealed class WinnerServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private static readonly Decision Ship = new(DecisionState.Ship, "variant-1", "Ship it.", [new DecisionReason("Accuracy +2 %")]);
    private static readonly Decision Wait = new(DecisionState.Underpowered, null, "Wait.", []);
    private GivenExperiment _given = null!;

    public async Task InitializeAsync() => _given = await GivenExperiment.AsyncFor(fixture.Database);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task ConsiderAsync_WinnerThatStays_GoesIntoServiceAfterItsCoolDown()
    {
        var running = await RunningAsync(coolDownHours: 24);
        await ConsiderAsync(running, Ship);
        (await ReadAsync(running)).PendingWinner!.Variant.ShouldBe("variant-1");
        await ConsiderAsync(running, Ship);
        (await ReadAsync(running)).Status.ShouldBe(ExperimentStatus.Running);

        await ConsiderAsync(running, Ship, hoursLater: 25);
        var decided = await ReadAsync(running);
        (decided.Status, decided.Decision!.Automatic, decided.Decision.ActivatedVersion, decided.Decision.VersionBefore).ShouldBe((ExperimentStatus.Decided, true, 2, 1));
        var line = (await _given.Experiments.HistoryAsync(_given.Caller, running.Id, new(), default)).Items[0];
        (line.Action, line.By).ShouldBe(("decided", "Loopai"));
        JsonElement.Parse(line.Details!).GetProperty("evidence").GetProperty("reasons")[0].GetProperty("text").GetString().ShouldBe("Accuracy +2 %");

        await _given.Decisions.UndoAsync(_given.Caller, running.Id, "No.", default);
        (await ReadAsync(running)).Status.ShouldBe(ExperimentStatus.Stopped);
    }

    [Fact]
    public async Task ConsiderAsync_WinnerByStages_IsRolledOutAndUndoEndsThat()
    {
        var running = await _given.StartAsync(_given.Draft() with { AutomaticWinner = new AutomaticWinner(0, new RolloutPlan { Stages = [new(25, 0, 10), new(100, 0, 10)] }) });
        await _given.ExecutedAsync(running);
        await ConsiderAsync(running, Ship);
        await ConsiderAsync(running, Ship);

        var decision = (await ReadAsync(running)).Decision!;
        (decision.Automatic, decision.ActivatedVersion, decision.VersionBefore).ShouldBe((true, null, 1));
        var rollout = await RolloutAsync(decision);
        (rollout.Version, rollout.BaseVersion, rollout.Share, rollout.Status).ShouldBe((2, 1, 2500, RolloutStatus.Running));
        (await _given.Experiments.HistoryAsync(_given.Caller, running.Id, new(), default)).Items[0].Effect.ShouldBe("Version 2 goes into service by stages, beginning with 25 % of the units.");

        await _given.Decisions.UndoAsync(_given.Caller, running.Id, "No.", default);
        ((await ReadAsync(running)).Status, (await RolloutAsync(decision)).Status).ShouldBe((ExperimentStatus.Stopped, RolloutStatus.Aborted));
    }

    [Fact]
    public async Task UndoAsync_RolledOutToTheEnd_BringsTheVersionBeforeBack()
    {
        var running = await _given.StartAsync();
        await _given.ExecutedAsync(running);
        var rollouts = new RolloutService(fixture.Data, TimeProvider.System);
        var decided = await _given.Decisions.DecideAsync(
            _given.Caller, running.Id, new DecisionRequest(DecisionOutcome.Ship, "variant-1", "Better.", Rollout: new RolloutPlan { Stages = [new(100, 0, 0)] }), default);
        await rollouts.SkipAsync(_given.Caller, _given.Task.Id, decided.Decision!.RolloutId!.Value, null, default);
        (await ActiveVersionAsync()).ShouldBe(2);

        await _given.Decisions.UndoAsync(_given.Caller, running.Id, "No.", default);

        (await ActiveVersionAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task DecideAsync_WhileAnotherVersionIsRolledOut_IsRefusedAndDecidesNothing()
    {
        var running = await _given.StartAsync();
        await _given.ExecutedAsync(running);
        await new RolloutService(fixture.Data, TimeProvider.System).StartAsync(_given.Caller, _given.Task.Id, 3, null, false, default);

        var refused = await Should.ThrowAsync<ConflictException>(() => _given.Decisions.DecideAsync(
            _given.Caller, running.Id, new DecisionRequest(DecisionOutcome.Ship, "variant-1", "Better.", Rollout: new RolloutPlan()), default));
        var wrong = await Should.ThrowAsync<InvalidException>(() => _given.Decisions.DecideAsync(
            _given.Caller, running.Id, new DecisionRequest(DecisionOutcome.KeepControl, null, "No.", Rollout: new RolloutPlan { Stages = [new(5, 0, 0)] }), default));

        (refused.Code, (await ReadAsync(running)).Status).ShouldBe(("rollout.running", ExperimentStatus.Running));
        wrong.Errors.Keys.ShouldBe(["rollout", "rollout.stages"], ignoreOrder: true);
    }

    [Fact]
    public async Task ConsiderAsync_WinnerThatIsLost_StartsOver()
    {
        var running = await RunningAsync(coolDownHours: 24);
        await ConsiderAsync(running, Ship);
        await ConsiderAsync(running, Wait, hoursLater: 20);
        (await ReadAsync(running)).PendingWinner.ShouldBeNull();
        await ConsiderAsync(running, Ship, hoursLater: 25);
        (await ReadAsync(running)).Status.ShouldBe(ExperimentStatus.Running);
        (await _given.Experiments.HistoryAsync(_given.Caller, running.Id, new(), default)).Items.Take(3).Select(h => h.Action).ShouldBe(["winner_found", "winner_lost", "winner_found"]);
    }

    [Fact]
    public async Task ConsiderAsync_WithoutLeave_DecidesNothing()
    {
        var running = await _given.StartAsync();
        await _given.ExecutedAsync(running);
        await ConsiderAsync(running, Ship);
        await ConsiderAsync(running, Ship, hoursLater: 1000);
        (await ReadAsync(running)).ShouldSatisfyAllConditions(e => e.Status.ShouldBe(ExperimentStatus.Running), e => e.PendingWinner.ShouldBeNull());
    }

    [Theory]
    [InlineData(DecisionState.GuardrailHurt)]
    [InlineData(DecisionState.Ship)]
    [InlineData(DecisionState.SampleRatioMismatch)]
    public async Task ConsiderAsync_GuardrailHurt_TakesItBackToItsControlWhateverElseIsSo(DecisionState state)
    {
        var running = await _given.StartAsync(_given.Draft() with { Breaker = new CircuitBreaker(), AutomaticWinner = new AutomaticWinner() });
        await ConsiderAsync(running, new Decision(state, "variant-1", "It is so.", []) { Harm = "Stop variant-2." });
        (await ReadAsync(running)).Status.ShouldBe(ExperimentStatus.Paused);
    }

    private async Task<Rollout> RolloutAsync(ExperimentDecision decision) =>
        await new RolloutService(fixture.Data, TimeProvider.System).GetAsync(_given.Caller, _given.Task.Id, decision.RolloutId!.Value, default);

    private async Task<int?> ActiveVersionAsync()
    {
        await using var db = await fixture.Data.OpenAsync(_given.Caller, default);
        return await db.Tasks.Where(t => t.Id == _given.Task.Id).Select(t => t.ActiveVersion).SingleAsync();
    }

    private async Task<Experiment> RunningAsync(double coolDownHours)
    {
        var running = await _given.StartAsync(_given.Draft() with { AutomaticWinner = new AutomaticWinner(coolDownHours) });
        await _given.ExecutedAsync(running);
        return running;
    }

    private async Task ConsiderAsync(Experiment experiment, Decision decision, double hoursLater = 0) => await new WinnerService(
        fixture.Data, _given.Decisions, _given.Life, _given.Notices, new Organizations.Later(TimeSpan.FromHours(hoursLater))).ConsiderAsync(await ReadAsync(experiment), decision, default);

    private Task<Experiment> ReadAsync(Experiment experiment) => _given.Experiments.GetAsync(_given.Caller, experiment.Id, default);
}
