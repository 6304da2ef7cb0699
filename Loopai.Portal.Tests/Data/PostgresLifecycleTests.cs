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
    public async Task IsReachableAsync_NoServer_IsFalse()
    {
        const string Nowhere = "Host=/nonexistent;Username=nobody;Database=none";
        (await Lifecycle(new(Nowhere, Nowhere, Nowhere)).IsReachableAsync(default)).ShouldBeFalse();
    }

    private static PostgresLifecycle Lifecycle(PostgresConnections connections) => new(connections, NullLogger<PostgresLifecycle>.Instance);
}
