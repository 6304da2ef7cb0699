using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Lifecycle;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using static Loopai.Core.Experiments.ExperimentStatus;

namespace Loopai.Portal.Tests.Experiments;

public sealed class ExperimentDecisionTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private GivenExperiment _given = null!;

    public async Task InitializeAsync() => _given = await GivenExperiment.AsyncFor(fixture.Database);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task DecideAsync_ByTwoAtOnce_DecidesOnce()
    {
        var running = await _given.StartAsync();
        await _given.ExecutedAsync(running);
        DecisionRequest[] wishes = [GivenExperiment.Ship, new(DecisionOutcome.KeepControl, null, "No.")];
        var outcomes = await Task.WhenAll(wishes.Select(wish => GivenExperiment.TryAsync(() => _given.Decisions.DecideAsync(_given.Person("Ada"), running.Id, wish, default))));

        outcomes.Count(o => o is null).ShouldBe(1);
        outcomes.Single(o => o is not null).ShouldBeOfType<ConflictException>();
        var decided = await _given.Experiments.GetAsync(_given.Caller, running.Id, default);
        (await _given.ActiveVersionAsync()).ShouldBe(decided.Decision!.Outcome == DecisionOutcome.Ship ? 2 : 1);
    }

    [Fact]
    public async Task DecideAsync_Twice_SaysWhoDecidedWhat()
    {
        var running = await _given.StartAsync();
        await _given.ExecutedAsync(running);
        await _given.Decisions.DecideAsync(_given.Person("Ada"), running.Id, GivenExperiment.Ship, default);
        (await Should.ThrowAsync<ConflictException>(() => _given.Decisions.DecideAsync(_given.Person("Grace"), running.Id, GivenExperiment.Ship, default))).Message.ShouldContain("Ada");
    }

    [Fact]
    public async Task DecideAsync_ToShipWithoutData_IsRefused()
    {
        var running = await _given.StartAsync();
        (await Should.ThrowAsync<ConflictException>(() => _given.Decisions.DecideAsync(_given.Caller, running.Id, GivenExperiment.Ship, default))).Code.ShouldBe("experiment.no_data");
        (await _given.Decisions.DecideAsync(_given.Caller, running.Id, new(DecisionOutcome.Inconclusive, null, "Nobody came."), default)).Status.ShouldBe(Decided);
    }

    [Theory]
    [InlineData(null, null, "x", "outcome")]
    [InlineData(DecisionOutcome.Ship, "nobody", "x", "variant")]
    [InlineData(DecisionOutcome.Ship, "control", "x", "variant")]
    [InlineData(DecisionOutcome.Ship, "variant-1", " ", "reason")]
    [InlineData(DecisionOutcome.KeepControl, "variant-1", "x", "variant")]
    public async Task DecideAsync_WithNonsense_IsRefused(DecisionOutcome? outcome, string? variant, string reason, string field)
    {
        var running = await _given.StartAsync();
        (await Should.ThrowAsync<InvalidException>(() => _given.Decisions.DecideAsync(_given.Caller, running.Id, new(outcome, variant, reason), default))).Errors.Keys.ShouldBe([field]);
    }

    [Fact]
    public async Task UndoAsync_OfAShippedVersion_BringsTheOneBeforeBack()
    {
        var running = await _given.StartAsync();
        await _given.ExecutedAsync(running);
        await _given.Decisions.DecideAsync(_given.Caller, running.Id, GivenExperiment.Ship, default);
        var undone = await _given.Decisions.UndoAsync(_given.Caller, running.Id, "Complaints.", default);

        (undone.Status, undone.Decision).ShouldBe((Stopped, null));
        (await _given.ActiveVersionAsync()).ShouldBe(1);
        await Should.ThrowAsync<ConflictException>(() => _given.Decisions.UndoAsync(_given.Caller, running.Id, null, default));
    }

    [Fact]
    public async Task DecideAsync_WithoutPermissionToActivate_ChangesNothing()
    {
        var running = await _given.StartAsync();
        await _given.ExecutedAsync(running);
        var analyst = _given.Person("Ada", [.. BuiltInRoles.Analyst.Permissions]);
        await Should.ThrowAsync<ForbiddenException>(() => _given.Decisions.DecideAsync(analyst, running.Id, GivenExperiment.Ship, default));
        (await _given.Experiments.GetAsync(_given.Caller, running.Id, default)).Status.ShouldBe(Running);
        (await _given.Decisions.DecideAsync(analyst, running.Id, GivenExperiment.Ship with { Activate = false }, default)).Decision!.ActivatedVersion.ShouldBeNull();
    }
}
