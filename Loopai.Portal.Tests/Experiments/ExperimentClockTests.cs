using Loopai.Core.Analytics;
using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Experiments.Lifecycle;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Experiments;

public sealed class ExperimentClockTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private GivenExperiment _given = null!;

    public async Task InitializeAsync() => _given = await GivenExperiment.AsyncFor(fixture.Database);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task RunOnceAsync_OnThreeInstances_StartsAndStopsOnce()
    {
        var made = await _given.AddAsync();
        await _given.Life.ScheduleAsync(_given.Caller, made.Id, DateTimeOffset.UtcNow.AddHours(1), DateTimeOffset.UtcNow.AddHours(2), default);
        await RunAsync();
        (await StatusAsync(made)).ShouldBe(ExperimentStatus.Scheduled);

        await ShiftAsync(made, e => e.StartsAt = DateTimeOffset.UtcNow.AddSeconds(-1));
        await Task.WhenAll(RunAsync(), RunAsync(), RunAsync());
        (await StatusAsync(made)).ShouldBe(ExperimentStatus.Running);

        await ShiftAsync(made, e => e.EndsAt = DateTimeOffset.UtcNow.AddSeconds(-1));
        await Task.WhenAll(RunAsync(), RunAsync(), RunAsync());
        (await StatusAsync(made)).ShouldBe(ExperimentStatus.Stopped);
        var actions = (await _given.Experiments.HistoryAsync(_given.Caller, made.Id, new(), default)).Items.Select(h => (h.Action, h.By)).ToList();
        actions.ShouldBe([("stopped", "Loopai"), ("started", "Loopai"), ("scheduled", "Loopai"), ("created", "Loopai")]);
    }

    [Fact]
    public async Task RunOnceAsync_WhatCannotStart_IsADraftAgainWithTheReason()
    {
        var made = await _given.AddAsync(_given.Draft() with { Namespace = new("n", 0, 0.5) });
        await _given.Life.ScheduleAsync(_given.Caller, made.Id, DateTimeOffset.UtcNow.AddHours(1), null, default);
        await ShiftAsync(made, e => e.StartsAt = DateTimeOffset.UtcNow.AddSeconds(-1));
        var other = await _given.AddAsync();
        await ShiftAsync(other, e => (e.Namespace, e.Status, e.StartedAt) = (new("n", 0.2, 0.4), ExperimentStatus.Running, DateTimeOffset.UtcNow));
        await RunAsync();

        (await StatusAsync(made)).ShouldBe(ExperimentStatus.Draft);
        (await _given.Experiments.HistoryAsync(_given.Caller, made.Id, new(), default)).Items[0].Reason!.ShouldContain("overlaps");
    }

    [Theory]
    [InlineData(ExecutionStatus.Error)]
    [InlineData(ExecutionStatus.Timeout)]
    [InlineData(ExecutionStatus.InvalidOutput)]
    public async Task RunOnceAsync_VariantThatFails_IsTakenBackToItsControl(ExecutionStatus failure)
    {
        var running = await _given.StartAsync(_given.Draft() with { Breaker = new CircuitBreaker(0.2, 50) });
        await _given.ExecutedAsync(running, 0, count: 60);
        await _given.ExecutedAsync(running, 1, count: 40);
        await _given.ExecutedAsync(running, 1, count: 9, status: failure);
        await RunAsync();
        (await StatusAsync(running)).ShouldBe(ExperimentStatus.Running);

        await _given.ExecutedAsync(running, 1, count: 3, status: failure);
        await RunAsync();
        (await StatusAsync(running)).ShouldBe(ExperimentStatus.Paused);
        var line = (await _given.Experiments.HistoryAsync(_given.Caller, running.Id, new(), default)).Items[0];
        (line.Action, line.Reason!.Contains("12 of 52", StringComparison.Ordinal)).ShouldBe(("breaker_tripped", true));
    }

    [Fact]
    public async Task RunOnceAsync_LongNames_StartAllTheSame()
    {
        var made = await _given.AddAsync(_given.Draft() with { Variants = [.. Enumerable.Range(0, 5).Select(i => new VariantDraft(Name: $"{i}{new string('x', 99)}", Version: i == 0 ? 1 : 2))] });
        await _given.Life.ScheduleAsync(_given.Caller, made.Id, DateTimeOffset.UtcNow.AddHours(1), null, default);
        await ShiftAsync(made, e => e.StartsAt = DateTimeOffset.UtcNow.AddSeconds(-1));
        await RunAsync();

        (await StatusAsync(made)).ShouldBe(ExperimentStatus.Running);
        (await _given.Experiments.HistoryAsync(_given.Caller, made.Id, new(), default)).Items[0].Effect!.Length.ShouldBe(ExperimentChange.MaxEffectLength);
    }

    [Fact]
    public async Task RunOnceAsync_OneThatIsBroken_HoldsUpNoOther()
    {
        var (broken, sound) = (await _given.AddAsync(), await _given.AddAsync());
        foreach (var made in new[] { broken, sound })
        {
            await _given.Life.ScheduleAsync(_given.Caller, made.Id, DateTimeOffset.UtcNow.AddHours(1), null, default);
            await ShiftAsync(made, e => (e.StartsAt, e.Targeting) = (DateTimeOffset.UtcNow.AddSeconds(-1), made == broken ? "{" : null));
        }

        await RunAsync();

        (await StatusAsync(sound)).ShouldBe(ExperimentStatus.Running);
        await ShiftAsync(broken, e => e.Status = ExperimentStatus.Archived);
    }

    [Fact]
    public async Task RunOnceAsync_NoResultForAnHour_LosesTheWinner()
    {
        var running = await _given.StartAsync(_given.Draft() with { AutomaticWinner = new AutomaticWinner() });
        await _given.ExecutedAsync(running);
        var since = DateTimeOffset.UtcNow.AddDays(-2);
        await ShiftAsync(running, e => e.PendingWinner = new PendingWinner("variant-1", since));
        await using (var db = await fixture.Data.OpenAsync(_given.Caller, default))
        {
            var traffic = await new ExperimentAnalysis(new PostgresAnalysisSql()).AnalyzeAsync(db, running, DateTimeOffset.UtcNow.AddHours(-1), null, default);
            db.ExperimentSnapshots.Add(new StoredSnapshot
            {
                OrganizationId = running.OrganizationId, ExperimentId = running.Id, At = DateTimeOffset.UtcNow,
                Body = (traffic with { Decision = new Decision(DecisionState.Ship, "variant-1", "Ship it.", []) }).ToJson(),
            });
            await db.SaveChangesAsync();
        }

        await RunAsync();

        var still = await _given.Experiments.GetAsync(_given.Caller, running.Id, default);
        (still.Status, still.PendingWinner).ShouldBe((ExperimentStatus.Running, null));
    }

    [Fact]
    public async Task RunOnceAsync_WhatFailsEverywhere_TripsNothing()
    {
        var running = await _given.StartAsync(_given.Draft() with { Breaker = new CircuitBreaker(0.2, 50) });
        await _given.ExecutedAsync(running, 0, count: 60, status: ExecutionStatus.Error);
        await _given.ExecutedAsync(running, 1, count: 60, status: ExecutionStatus.Error);
        await RunAsync();
        (await StatusAsync(running)).ShouldBe(ExperimentStatus.Running);
    }

    [Fact]
    public async Task RunOnceAsync_OfSeveralOrganizations_TripsWhatFailsAndTellsItsMaker()
    {
        var other = await GivenExperiment.AsyncFor(fixture.Database);
        var (failing, fine) = (await other.StartAsync(other.Draft() with { Breaker = new CircuitBreaker() }), await _given.StartAsync(_given.Draft() with { Breaker = new CircuitBreaker() }));
        await other.ExecutedAsync(failing, 1, count: 60, status: ExecutionStatus.Error);
        await _given.ExecutedAsync(fine, 1, count: 60);
        await RunAsync();

        (await StatusAsync(fine)).ShouldBe(ExperimentStatus.Running);
        (await other.Experiments.GetAsync(other.Caller, failing.Id, default)).Status.ShouldBe(ExperimentStatus.Paused);
        var item = (await new AttentionService(fixture.Data, TimeProvider.System).ListAsync(other.Caller, default)).Single(i => i.Kind == AttentionKind.BreakerTripped);
        (item.ExperimentId, item.TaskId).ShouldBe((failing.Id, other.Task.Id));

        await other.Life.ResumeAsync(other.Caller, failing.Id, null, default);
        await other.Decisions.DecideAsync(other.Caller, failing.Id, new DecisionRequest(DecisionOutcome.KeepControl, null, "It fails."), default);
        (await new AttentionService(fixture.Data, TimeProvider.System).ListAsync(other.Caller, default)).Select(i => i.Kind).ShouldNotContain(AttentionKind.BreakerTripped);
    }

    private Task RunAsync() => new ExperimentClock(
        fixture.Data, _given.Life, new BreakerCheck(fixture.Data, TimeProvider.System),
        new SnapshotService(fixture.Data, new ExperimentAnalysis(new PostgresAnalysisSql()), TimeProvider.System),
        new WinnerService(fixture.Data, _given.Decisions, _given.Life, _given.Notices, TimeProvider.System), TimeProvider.System, NullLogger<ExperimentClock>.Instance).RunOnceAsync(default);

    private async Task<ExperimentStatus> StatusAsync(Experiment experiment) => (await _given.Experiments.GetAsync(_given.Caller, experiment.Id, default)).Status;

    private async Task ShiftAsync(Experiment experiment, Action<Experiment> change)
    {
        await using var db = await fixture.Data.OpenAsync(_given.Caller, default);
        change(await db.Experiments.SingleAsync(e => e.Id == experiment.Id));
        await db.SaveChangesAsync();
    }
}
