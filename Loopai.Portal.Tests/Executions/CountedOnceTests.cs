using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Loopai.Core.Webhooks;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Analytics;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Tests.Executions;

/// <summary>Roll-ups are written after the executions, and have each of them once all the same.</summary>
public sealed class CountedOnceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Writer_ManyCommitsInARow_AreCountedWhenSomebodyAsks()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        await using var store = new PostgresExecutionStore(fixture.System);
        var lag = new RollupLag();
        using var writer = Writer(store, lag);
        await writer.StartAsync(default);

        foreach (var _ in Enumerable.Range(0, 40))
        {
            await writer.WriteAsync(Run(organization), null);
        }

        await lag.CaughtUpAsync(default);
        (await CountedAsync(organization)).ShouldBe(40);
        (await NotesAsync(organization)).ShouldBe(0);
        await writer.StopAsync(default);
    }

    [Fact]
    public async Task Writer_CommitsInARowAndThenNone_AreCountedSoon()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        await using var store = new PostgresExecutionStore(fixture.System);
        using var writer = Writer(store, new RollupLag());
        await writer.StartAsync(default);

        foreach (var _ in Enumerable.Range(0, 10))
        {
            await writer.WriteAsync(Run(organization), null);
        }

        await Eventually.BecomesAsync(() => NotesAsync(organization), 0);
        (await CountedAsync(organization)).ShouldBe(10);
        await writer.StopAsync(default);
    }

    [Fact]
    public async Task Writer_Stops_LeavesNothingUncounted()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        await using var store = new PostgresExecutionStore(fixture.System);
        using var writer = Writer(store, new RollupLag());
        await writer.StartAsync(default);
        foreach (var _ in Enumerable.Range(0, 10))
        {
            await writer.WriteAsync(Run(organization), null);
        }

        await writer.StopAsync(default);

        (await CountedAsync(organization)).ShouldBe(10);
        (await NotesAsync(organization)).ShouldBe(0);
    }

    [Fact]
    public async Task Worker_NotesOfADeadWriter_AreCountedOnceByTwo()
    {
        var (mine, theirs) = (await fixture.Database.AddOrganizationAsync(), await fixture.Database.AddOrganizationAsync());
        await using var store = new PostgresExecutionStore(fixture.System);
        await CommitUncountedAsync(store, [.. Enumerable.Range(0, 7).Select(_ => Run(mine)), Run(theirs)]);
        await CommitUncountedAsync(store, [Run(mine), Run(theirs)]);
        await AgeNotesAsync();

        await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            await using var own = new PostgresExecutionStore(fixture.System);
            await Worker(own).RunOnceAsync(default);
        }));

        (await CountedAsync(mine)).ShouldBe(8);
        (await CountedAsync(theirs)).ShouldBe(2);
        (await NotesAsync(mine)).ShouldBe(0);
    }

    [Fact]
    public async Task Writer_WasTakenForDead_GoesOnAndCountsNothingTwice()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        await using var store = new PostgresExecutionStore(fixture.System);
        var lag = new RollupLag();
        using var writer = Writer(store, lag);
        await writer.StartAsync(default);
        await writer.WriteAsync(Run(organization), null);
        do
        {
            await writer.WriteAsync(Run(organization), null);
        }
        while (await NotesAsync(organization) == 0);

        await AgeNotesAsync();
        await Worker(store).RunOnceAsync(default);
        await writer.WriteAsync(Run(organization), null);
        await lag.CaughtUpAsync(default);
        await writer.StopAsync(default);

        // A note that it left before it knew is counted as those of a dead one are.
        await AgeNotesAsync();
        await Worker(store).RunOnceAsync(default);
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        (await CountedAsync(organization)).ShouldBe(await db.Executions.CountAsync());
    }

    [Fact]
    public async Task Worker_NotesOfALivingWriter_AreLeftToIt()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        await using var store = new PostgresExecutionStore(fixture.System);
        await CommitUncountedAsync(store, [Run(organization)]);

        await Worker(store).RunOnceAsync(default);

        (await CountedAsync(organization)).ShouldBe(0);
        (await NotesAsync(organization)).ShouldBe(1);
    }

    [Fact]
    public async Task CommitAsync_ANoteIsGone_CommitsNothing()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        await using var store = new PostgresExecutionStore(fixture.System);
        var execution = Run(organization);
        var book = new RollupBook();
        book.Add(execution);

        await Should.ThrowAsync<AlreadyCountedException>(store.CommitAsync(new ExecutionBatch([execution], book.TakeTouched(), [], []) { Counted = [Guid.CreateVersion7()] }, default));

        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        (await db.Executions.CountAsync()).ShouldBe(0);
        (await CountedAsync(organization)).ShouldBe(0);
    }

    [Fact]
    public async Task Rebuild_ExecutionsAreStillToBeCounted_LeavesThemToTheirWriter()
    {
        var given = await GivenFigures.Async(fixture.Database);
        await using var store = new PostgresExecutionStore(fixture.System);
        await CommitUncountedAsync(store, [Run(given.Organization, GivenFigures.Now.AddHours(-1))]);
        var day = DateOnly.FromDateTime(GivenFigures.Now.UtcDateTime);

        (await given.Rebuild.RunAsync(given.Caller, day, day, default)).Corrected.ShouldBe(0);
    }

    private static ExecutionWriter Writer(PostgresExecutionStore store, RollupLag lag) => new(
        store, new ExecutionEvents(), new ValidationSignal(), new WebhookInterest(null!, TimeProvider.System, NullLogger<WebhookInterest>.Instance), lag,
        Options.Create(new ExecutionSettings()), NullLogger<ExecutionWriter>.Instance);

    private UncountedWorker Worker(PostgresExecutionStore store) => new(fixture.Data, store, TimeProvider.System, NullLogger<UncountedWorker>.Instance);

    private static Task CommitUncountedAsync(PostgresExecutionStore store, Execution[] executions) =>
        store.CommitAsync(new ExecutionBatch(executions, [], [], []) { Uncounted = UncountedCommit.Of(executions) }, default);

    private Task AgeNotesAsync() => fixture.Database.AsOwnerAsync("UPDATE uncounted_commits SET committed_at = committed_at - interval '1 minute'");

    private async Task<long> CountedAsync(TestOrganization organization)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        var minutes = await db.ExecutionRollups.Where(r => r.Level == RollupLevel.Minute).SumAsync(r => r.Executions);
        (await db.ExecutionRollups.Where(r => r.Level == RollupLevel.Day).SumAsync(r => r.Executions)).ShouldBe(minutes);
        (await db.UsageCounters.SumAsync(u => u.Executions)).ShouldBe(minutes);
        return minutes;
    }

    private async Task<int> NotesAsync(TestOrganization organization)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        return await db.UncountedCommits.CountAsync();
    }

    private static Execution Run(TestOrganization organization, DateTimeOffset? at = null) => new()
    {
        Id = Guid.CreateVersion7(at ?? Now), OrganizationId = organization.Id, EnvironmentId = organization.EnvironmentId, TaskId = Guid.CreateVersion7(), Version = 1,
        Status = ExecutionStatus.Success, Input = "{}", LatencyUs = 12, Source = ExecutionSource.Api, ExecutedAt = at ?? Now,
    };
}
