using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Loopai.Portal.Tests.Data;

public sealed class PostgresLifecycleTests
{
    [Fact]
    public async Task MigrateAsync_TwoInstancesAtOnce_BothSucceed()
    {
        var connections = LoopaiDatabase.ConnectionsOf(await PostgresFixture.CreateDatabaseAsync());

        await Task.WhenAll(Lifecycle(connections).MigrateAsync(default), Lifecycle(connections).MigrateAsync(default));

        (await Lifecycle(connections).IsReachableAsync(default)).ShouldBeTrue();
    }

    /// <summary>Roles belong to the whole server, so the lock within one database does not keep two installations apart.</summary>
    [Fact]
    public async Task MigrateAsync_TwoDatabasesOfAServerAtOnce_BothSucceed()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostgresFixture.CreateDatabaseAsync()));

        await Task.WhenAll(databases.Select(d => Lifecycle(LoopaiDatabase.ConnectionsOf(d)).MigrateAsync(default)));
    }

    [Fact]
    public async Task MigrateAsync_NothingToDo_WaitsForNoReader()
    {
        await using var database = await LoopaiDatabase.CreateAsync();
        await using var reader = await database.System.Value.OpenConnectionAsync();
        await using var reading = await reader.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM tasks, executions, audit_events, users", reader);
        await command.ExecuteScalarAsync();

        // A reader blocks whoever alters its table, so a start that changed anything would hang here.
        await Lifecycle(database.Connections).MigrateAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
    }

    [Fact]
    public async Task IsCurrentAsync_OnlyAfterThisBuildLooked()
    {
        var connections = LoopaiDatabase.ConnectionsOf(await PostgresFixture.CreateDatabaseAsync());
        (await Lifecycle(connections).IsCurrentAsync(default)).ShouldBeFalse("an empty database");

        await Lifecycle(connections).MigrateAsync(default);

        (await Lifecycle(connections).IsCurrentAsync(default)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("ALTER TABLE tasks NO FORCE ROW LEVEL SECURITY")]
    [InlineData("ALTER POLICY tenant ON tasks USING (true)")]
    [InlineData("GRANT DELETE ON audit_events TO loopai_tenant")]
    [InlineData("ALTER TABLE api_keys DISABLE TRIGGER notify_api_keys")]
    [InlineData("DROP TRIGGER notify_tasks ON tasks")]
    public async Task IsCurrentAsync_SomebodyTouchedIt_IsFalse(string touch)
    {
        await using var database = await LoopaiDatabase.CreateAsync();
        (await Lifecycle(database.Connections).IsCurrentAsync(default)).ShouldBeTrue();
        await using var owner = new NpgsqlConnection(database.Connections.Owner);
        await owner.OpenAsync();
        await using var command = new NpgsqlCommand(touch, owner);
        await command.ExecuteNonQueryAsync();

        (await Lifecycle(database.Connections).IsCurrentAsync(default)).ShouldBeFalse();
    }

    [Fact]
    public async Task IsReachableAsync_NoServer_IsFalse()
    {
        const string Nowhere = "Host=/nonexistent;Username=nobody;Database=none";
        (await Lifecycle(new(Nowhere, Nowhere, Nowhere)).IsReachableAsync(default)).ShouldBeFalse();
    }

    private static PostgresLifecycle Lifecycle(PostgresConnections connections) => new(connections, NullLogger<PostgresLifecycle>.Instance);
}
