using Loopai.Core.Access;
using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Loopai.Infrastructure.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Loopai.Portal.Tests.Data;

public sealed class PostgresExecutionStoreTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, 123, TimeSpan.Zero);
    private readonly PostgresExecutionStore store = new(fixture.System);
    private Caller caller = null!;
    private Guid taskId;

    public async Task InitializeAsync()
    {
        caller = Caller.System(Guid.CreateVersion7());
        await using var db = await fixture.Data.OpenAsync(Caller.Installation, default);
        await db.Database.ExecuteSqlRawAsync("SELECT loopai_ensure_execution_partition((now() AT TIME ZONE 'UTC')::date)");
        var rows = await TenantRows.SaveAsync(db, caller.OrganizationId);
        taskId = ((Core.Tasks.TaskDefinition)rows[db.Model.FindEntityType(typeof(Core.Tasks.TaskDefinition))!]).Id;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task CommitAsync_EveryColumn_ComesBack()
    {
        var full = new Execution
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, EnvironmentId = Guid.CreateVersion7(), TaskId = taskId, Version = 7,
            Status = ExecutionStatus.InvalidOutput, Input = """{"text":"käse \" ' \\ 🧀"}""", Output = "\"spam\"", Error = "no", Confidence = 0.25,
            LatencyUs = long.MaxValue, Unit = "user-1", SampledBy = "random", SamplingProbability = 0.05, Source = ExecutionSource.Import,
            ApiKeyId = Guid.CreateVersion7(), TraceId = "0123456789abcdef0123456789abcdef", ExecutedAt = Noon,
        };
        var bare = Run(Noon);
        var validation = new ValidationRecord
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, EnvironmentId = full.EnvironmentId, TaskId = taskId, ExecutionId = full.Id,
            Version = 7, SampledBy = "random", Probability = 0.05, Status = ValidationStatus.Mismatched, Actual = "\"spam\"", Expected = "\"ham\"",
            DecidedBy = "labels", DecidedByName = "set", Confidence = 0.25, ExecutedAt = Noon, CreatedAt = Noon, DecidedAt = Noon,
        };
        var waiting = new ValidationRecord
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, EnvironmentId = full.EnvironmentId, TaskId = taskId, ExecutionId = bare.Id,
            Version = 7, SampledBy = "forced", ExecutedAt = Noon, CreatedAt = Noon,
        };

        await store.CommitAsync(new([full, bare], [Rollup(1)], [validation, waiting], []), default);

        await using var db = await fixture.Data.OpenAsync(caller, default);
        (await db.Executions.SingleAsync(e => e.Id == full.Id)).ShouldBeEquivalentTo(full);
        (await db.Executions.SingleAsync(e => e.Id == bare.Id)).ShouldBeEquivalentTo(bare);
        (await db.Validations.SingleAsync(v => v.Id == validation.Id)).ShouldBeEquivalentTo(validation);
        (await db.Validations.SingleAsync(v => v.Id == waiting.Id)).ShouldBeEquivalentTo(waiting);
    }

    [Fact]
    public async Task CommitAsync_RollupAgain_TakesTheLastValues()
    {
        await store.CommitAsync(new([], [Rollup(1)], [], []), default);
        await store.CommitAsync(new([], [Rollup(5)], [], []), default);

        await using var db = await fixture.Data.OpenAsync(caller, default);
        (await db.ExecutionRollups.SingleAsync(r => r.WriterId == caller.OrganizationId)).ShouldBeEquivalentTo(Rollup(5));
    }

    [Fact]
    public async Task CommitAsync_OnePartFails_NothingIsWritten()
    {
        var run = Run(Noon);
        var twice = Rollup(1);

        await Should.ThrowAsync<PostgresException>(store.CommitAsync(new([run], [twice, twice], [], []), default));

        await using var db = await fixture.Data.OpenAsync(caller, default);
        (await db.Executions.CountAsync(e => e.Id == run.Id)).ShouldBe(0);
    }

    [Fact]
    public async Task CommitAsync_AroundMidnight_EachFallsIntoItsUtcDay()
    {
        var midnight = new DateTimeOffset(2026, 6, 2, 0, 0, 0, TimeSpan.Zero);
        Execution[] runs = [Run(midnight.AddMilliseconds(-1)), Run(midnight), Run(midnight.AddDays(1).AddMilliseconds(-1))];

        await store.CommitAsync(new(runs, [], [], []), default);

        (await fixture.Database.AsOwnerAsync($"SELECT count(*) FROM executions_20260601 WHERE task_id = '{taskId}'")).ShouldBe(1L);
        (await fixture.Database.AsOwnerAsync($"SELECT count(*) FROM executions_20260602 WHERE task_id = '{taskId}'")).ShouldBe(2L);
    }

    [Fact]
    public async Task CommitAsync_ManyOnANewDay_AllArrive()
    {
        var days = Enumerable.Range(0, 5).Select(d => new DateTimeOffset(2026, 7, 1 + d, 23, 59, 0, TimeSpan.Zero)).ToArray();

        // Every writer is an instance of its own that knows no partition yet, and takes the days in another order.
        await Task.WhenAll(Enumerable.Range(0, 24).Select(w => Task.Run(async () =>
        {
            await using var writer = new PostgresExecutionStore(fixture.System);
            for (var i = 0; i < days.Length; i++)
            {
                await writer.CommitAsync(new([Run(days[(w + i) % days.Length]), Run(days[(w + i + 1) % days.Length])], [], [], []), default);
            }
        })));

        await using var db = await fixture.Data.OpenAsync(caller, default);
        (await db.Executions.CountAsync(e => e.ExecutedAt >= days[0] && e.ExecutedAt <= days[4])).ShouldBe(240);
    }

    [Fact]
    public async Task CommitAsync_NewDayWhileAReportRuns_DoesNotWaitForIt()
    {
        await using var reader = await fixture.System.Value.OpenConnectionAsync();
        await using var reading = await reader.BeginTransactionAsync();
        await using var report = new NpgsqlCommand("SELECT count(*) FROM executions", reader);
        await report.ExecuteScalarAsync();

        await store.CommitAsync(new([Run(new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero))], [], [], []), new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
    }

    [Fact]
    public async Task DropExecutionsBeforeAsync_OldDays_GoAndCanComeBack()
    {
        // Older than what any other test of this database writes.
        var old = new DateTimeOffset(2020, 1, 1, 6, 0, 0, TimeSpan.Zero);
        Execution[] runs = [Run(old), Run(old.AddDays(1)), Run(old.AddDays(2))];
        await store.CommitAsync(new(runs, [], [], []), default);
        var lifecycle = new PostgresLifecycle(fixture.Connections, NullLogger<PostgresLifecycle>.Instance);

        (await lifecycle.DropExecutionsBeforeAsync(new(2020, 1, 3), default)).ShouldBe(2);
        (await lifecycle.DropExecutionsBeforeAsync(new(2020, 1, 3), default)).ShouldBe(0);

        await using var db = await fixture.Data.OpenAsync(caller, default);
        (await db.Executions.Where(e => e.ExecutedAt < old.AddDays(9)).Select(e => e.Id).ToListAsync()).ShouldBe([runs[2].Id]);
        await store.CommitAsync(new([runs[0]], [], [], []), default);
        (await db.Executions.CountAsync(e => e.ExecutedAt < old.AddDays(1))).ShouldBe(1);
    }

    [Fact]
    public async Task DropExecutionsBeforeAsync_DayIsBeingRead_LeavesItForLater()
    {
        await using var database = await LoopaiDatabase.CreateAsync();
        await using var writer = new PostgresExecutionStore(database.System);
        await writer.CommitAsync(new([Run(Noon)], [], [], []), default);
        await using var reader = await database.System.Value.OpenConnectionAsync();
        await using var reading = await reader.BeginTransactionAsync();
        await using var report = new NpgsqlCommand("SELECT count(*) FROM executions", reader);
        await report.ExecuteScalarAsync();
        var lifecycle = new PostgresLifecycle(database.Connections, NullLogger<PostgresLifecycle>.Instance);

        (await lifecycle.DropExecutionsBeforeAsync(new(2026, 12, 1), default)).ShouldBe(0);
        await reading.RollbackAsync();
        (await lifecycle.DropExecutionsBeforeAsync(new(2026, 12, 1), default)).ShouldBe(1);
    }

    private Execution Run(DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(at), OrganizationId = caller.OrganizationId, EnvironmentId = caller.OrganizationId, TaskId = taskId, Version = 1,
        Status = ExecutionStatus.Success, Input = "{}", LatencyUs = 12, Source = ExecutionSource.Api, ExecutedAt = at,
    };

    private ExecutionRollup Rollup(long count) => new()
    {
        OrganizationId = caller.OrganizationId, EnvironmentId = caller.OrganizationId, TaskId = taskId, Version = 1, Level = RollupLevel.Hour,
        StartsAt = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero), WriterId = caller.OrganizationId, Executions = count, Errors = count + 1,
        Timeouts = count + 2, InvalidOutputs = count + 3, Sampled = count + 4, LatencySumUs = count + 5, Latencies = [1, 2, (byte)count],
    };
}
