using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Lifecycle;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using static Loopai.Core.Experiments.ExperimentStatus;

namespace Loopai.Portal.Tests.Experiments;

public sealed class AutomaticWinnerTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private GivenExperiment _given = null!;

    public async Task InitializeAsync() => _given = await GivenExperiment.AsyncFor(fixture.Database);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task AutomaticWinner_WithoutPermissionToActivate_IsNeitherPlannedNorStarted()
    {
        var analyst = _given.Person("Ada", [.. BuiltInRoles.Analyst.Permissions]);
        var automatic = _given.Draft() with { AutomaticWinner = new AutomaticWinner() };
        await Should.ThrowAsync<ForbiddenException>(() => _given.Experiments.CreateAsync(analyst, automatic, default));
        var plain = await _given.Experiments.CreateAsync(analyst, _given.Draft(), default);
        await Should.ThrowAsync<ForbiddenException>(() => _given.Experiments.UpdateAsync(analyst, plain.Id, new() { AutomaticWinner = new() }, null, default));

        var made = await _given.AddAsync(automatic);
        await Should.ThrowAsync<ForbiddenException>(() => _given.Life.StartAsync(analyst, made.Id, null, default));
        await Should.ThrowAsync<ForbiddenException>(() => _given.Life.ScheduleAsync(analyst, made.Id, DateTimeOffset.UtcNow.AddHours(1), null, default));
        await Should.ThrowAsync<ForbiddenException>(() => _given.Experiments.UpdateAsync(analyst, made.Id, new() { Plan = new AnalysisPlan { Alpha = 0.1 } }, null, default));
        (await _given.Experiments.CloneAsync(analyst, made.Id, null, default)).AutomaticWinner.ShouldBeNull();
        (await _given.Experiments.UpdateAsync(analyst, made.Id, new() { Name = "Renamed" }, null, default)).AutomaticWinner.ShouldNotBeNull();
        (await _given.Experiments.UpdateAsync(analyst, made.Id, new() { Without = ["automaticWinner"] }, null, default)).AutomaticWinner.ShouldBeNull();
    }

    [Fact]
    public async Task AutomaticWinner_BelowItsFloorsOrOfADraft_IsRefused()
    {
        await using (var db = await fixture.Data.OpenAsync(_given.Caller, default))
        {
            await db.Programs.Where(p => p.TaskId == _given.Task.Id && p.Version == 3).ExecuteUpdateAsync(set => set.SetProperty(p => p.Status, Core.Programs.ProgramStatus.Draft));
        }

        var hasty = _given.Draft() with
        {
            Variants = [new(Version: 1), new(Version: 3)], Plan = new AnalysisPlan { Alpha = 0.5, MinDays = 0 }, AutomaticWinner = new AutomaticWinner(0),
        };
        (await Should.ThrowAsync<InvalidException>(() => _given.Experiments.CreateAsync(_given.Person("Ada"), hasty, default))).Errors.Keys.ShouldBe(
            ["plan.alpha", "plan.minDays", "automaticWinner.coolDownHours", "variants[1].version"], ignoreOrder: true);

        var byHand = await _given.StartAsync(hasty with { AutomaticWinner = null });
        await _given.ExecutedAsync(byHand);
        (await GivenExperiment.FaultAsync(() => _given.Decisions.DecideAsync(_given.Caller, byHand.Id, GivenExperiment.Ship, default))).ShouldBe("program.draft");
    }

    [Fact]
    public async Task AutomaticWinner_OnceStarted_CanOnlyBeTakenAway()
    {
        var running = await _given.StartAsync(_given.Draft() with { AutomaticWinner = new AutomaticWinner() });
        ExperimentDraft[] changes = [new() { AutomaticWinner = new AutomaticWinner(1) }, new() { Plan = new AnalysisPlan { Alpha = 0.1 } }, new() { Metrics = [new("success_rate", MetricRole.Goal)] }];
        foreach (var change in changes)
        {
            (await GivenExperiment.FaultAsync(() => _given.Experiments.UpdateAsync(_given.Caller, running.Id, change, null, default))).ShouldBe("experiment.winner_frozen");
        }

        await _given.Experiments.UpdateAsync(_given.Caller, running.Id, new() { Without = ["automaticWinner"] }, null, default);
        await _given.Experiments.UpdateAsync(_given.Caller, running.Id, changes[1], null, default);
        (await GivenExperiment.FaultAsync(() => _given.Experiments.UpdateAsync(_given.Caller, running.Id, changes[0], null, default))).ShouldBe("experiment.winner_frozen");
    }
}
