using Loopai.Core.Analytics;
using Loopai.Core.Executions;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Validation;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Analytics;

public sealed class AttentionServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private static readonly DateTimeOffset Now = Given.Noon.AddHours(6);

    private readonly AttentionService _attention = new(fixture.Data, new FixedClock(Now));

    [Theory]
    [InlineData(2, false)]
    [InlineData(30, true)]
    public async Task ListAsync_MoreFailToday_TellsOnlyWhenItIsSure(int failures, bool told)
    {
        var given = await Given.TaskAsync(fixture.Database);
        await ChangeAsync(given, task => task.ActiveVersion = 1);
        await RollUpAsync(given, Now.AddDays(-3), executions: 400, failed: 4);
        await RollUpAsync(given, Now.AddHours(-2), executions: 150, failures);

        var items = await _attention.ListAsync(given.Caller, CancellationToken.None);

        items.Select(i => i.Kind).ShouldBe(told ? [AttentionKind.ErrorsUp] : []);
        if (told)
        {
            (items[0].Count, items[0].Value, items[0].Reference).ShouldBe((30, 0.2, 0.01));
        }
    }

    [Fact]
    public async Task ListAsync_LatencyAndReview_NamesBothMostPressingFirst()
    {
        var given = await Given.TaskAsync(fixture.Database);
        await ChangeAsync(given, task => (task.ActiveVersion, task.LatencyTargetMs) = (1, 0.005));
        await RollUpAsync(given, Now.AddHours(-2), executions: AttentionService.LeastExecutions, failed: 0);
        await given.ExecutionAsync(status: ValidationStatus.InReview);
        await given.ExecutionAsync(status: ValidationStatus.InReview);

        var items = await _attention.ListAsync(given.Caller, CancellationToken.None);

        items.Select(i => (i.Kind, i.Count)).ShouldBe([(AttentionKind.LatencyAboveTarget, 100L), (AttentionKind.ReviewWaiting, 2L)]);
        items[0].Value!.Value.ShouldBe(0.01, 0.0001);
        items[1].Since.ShouldBe(Given.Noon);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(60, true)]
    public async Task ListAsync_WrongAnswers_TellOnlyWhenTheWholeIntervalIsBelowTheTarget(int wrong, bool told)
    {
        var given = await Given.TaskAsync(fixture.Database);
        await ChangeAsync(given, task => (task.ActiveVersion, task.AccuracyTarget) = (1, 0.9));
        await given.ExecutionAsync(status: ValidationStatus.Matched);
        for (var i = 0; i < wrong; i++)
        {
            await given.ExecutionAsync(status: ValidationStatus.Mismatched, expected: "\"ham\"");
        }

        (await _attention.ListAsync(given.Caller, CancellationToken.None))
            .Any(i => i.Kind == AttentionKind.AccuracyBelowTarget).ShouldBe(told);
    }

    [Fact]
    public async Task ListAsync_Versions_NamesTheIdleTaskAndTheBetterDraft()
    {
        var idle = await Given.TaskAsync(fixture.Database);
        await VersionAsync(idle, 1, ProgramStatus.Draft, 0.8);
        (await _attention.ListAsync(idle.Caller, CancellationToken.None)).Select(i => (i.Kind, i.Version)).ShouldBe([(AttentionKind.NoActiveVersion, 1)]);

        var given = await Given.TaskAsync(fixture.Database);
        await ChangeAsync(given, task => task.ActiveVersion = 2);
        await VersionAsync(given, 1, ProgramStatus.Deprecated, 0.99);
        await VersionAsync(given, 2, ProgramStatus.Active, 0.9);
        await VersionAsync(given, 3, ProgramStatus.Validated, 0.95);
        await VersionAsync(given, 4, ProgramStatus.Draft, 0.7);
        var better = (await _attention.ListAsync(given.Caller, CancellationToken.None)).Single();
        (better.Kind, better.Version, better.Value, better.Reference).ShouldBe((AttentionKind.BetterVersion, 3, 0.95, 0.9));
    }

    private async Task ChangeAsync(Given given, Action<TaskDefinition> change)
    {
        await using var db = await fixture.Data.OpenAsync(given.Caller, CancellationToken.None);
        change(await db.Tasks.SingleAsync(t => t.Id == given.Task.Id));
        await db.SaveChangesAsync();
    }

    private async Task VersionAsync(Given given, int version, ProgramStatus status, double accuracy)
    {
        await using var db = await fixture.Data.OpenAsync(given.Caller, CancellationToken.None);
        db.Programs.Add(new ProgramVersion
        {
            Id = Guid.CreateVersion7(), OrganizationId = given.Organization.Id, TaskId = given.Task.Id, Version = version, Language = ProgramLanguage.Python,
            Strategy = "code", Artifact = [1], Status = status, Accuracy = accuracy, CreatedBy = "test", CreatedAt = Given.Noon,
        });
        await db.SaveChangesAsync();
    }

    /// <summary>An hour with executions of 10 µs.</summary>
    private async Task RollUpAsync(Given given, DateTimeOffset at, int executions, int failed)
    {
        var latencies = new LatencyHistogram();
        latencies.Add(10, executions);
        var rollup = new ExecutionRollup
        {
            OrganizationId = given.Organization.Id, EnvironmentId = given.Organization.EnvironmentId, TaskId = given.Task.Id, Version = 1, Level = RollupLevel.Hour,
            StartsAt = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero), WriterId = Guid.CreateVersion7(),
            Executions = executions, Errors = failed, LatencySumUs = 10 * executions, Latencies = latencies.Encode(),
        };
        await using var store = new PostgresExecutionStore(fixture.System);
        await store.CommitAsync(new ExecutionBatch([], [rollup], [], []), CancellationToken.None);
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
