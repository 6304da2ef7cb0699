using System.Collections.Concurrent;
using Loopai.Infrastructure.Postgres.Embedded;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Loopai.Portal.Tests.Postgres;

/// <summary>
/// A real PostgreSQL for a test class (<c>IClassFixture&lt;PostgresFixture&gt;</c>). One server serves the whole run; a class takes
/// a fresh database of it, copied in a few milliseconds from a template that was prepared once.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private const string Prefix = "loopai-testrun-";

    private static readonly Lazy<Task<EmbeddedPostgres>> Shared = new(StartAsync);
    private static readonly ConcurrentDictionary<string, Lazy<Task>> Templates = new(StringComparer.Ordinal);

    // A template can be copied by one at a time only.
    private static readonly SemaphoreSlim Copying = new(1, 1);

    public async Task InitializeAsync() => await Shared.Value;

    /// <summary>The server ends with the run, not with the class.</summary>
    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>An empty database.</summary>
    public static async Task<TestDatabase> CreateDatabaseAsync() => await CopyAsync(await Shared.Value, "template1");

    /// <summary>A database as <paramref name="prepare"/> leaves one; it runs once a test run for each <paramref name="template"/> name.</summary>
    /// <param name="template">What the template is called, say <c>migrated</c>.</param>
    /// <param name="prepare">Fills the template through the owner's connection string.</param>
    public static async Task<TestDatabase> CreateDatabaseAsync(string template, Func<TestDatabase, Task> prepare)
    {
        var server = await Shared.Value;
        await Templates.GetOrAdd(template, name => new Lazy<Task>(async () =>
        {
            await ExecuteAsync(server, $"CREATE DATABASE \"{name}\"");
            await prepare(new TestDatabase(server, name));
            NpgsqlConnection.ClearAllPools(); // A template with a connection open cannot be copied.
            await ExecuteAsync(server, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            await ExecuteAsync(server, $"ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS false");
        })).Value;
        return await CopyAsync(server, template);
    }

    private static async Task<TestDatabase> CopyAsync(EmbeddedPostgres server, string template)
    {
        var name = $"test_{Guid.NewGuid():n}";
        await Copying.WaitAsync();
        try
        {
            await ExecuteAsync(server, $"CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"");
        }
        finally
        {
            Copying.Release();
        }

        return new TestDatabase(server, name);
    }

    private static async Task ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        await using var source = NpgsqlDataSource.Create(server.ConnectionString(EmbeddedPostgres.OwnerRole, "postgres"));
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<EmbeddedPostgres> StartAsync()
    {
        RemoveLeftovers();
        var directory = Directory.CreateTempSubdirectory(Prefix).FullName;
        return await EmbeddedPostgres.StartAsync(new(directory) { Durable = false, MaxConnections = 800 }, NullLogger.Instance);
    }

    // The test runner kills this process as soon as the last test has ended. The server then stops by itself; its files stay for the next run.
    private static void RemoveLeftovers()
    {
        foreach (var directory in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            try
            {
                using (new FileStream(Path.Combine(directory, "portal.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                    Directory.Delete(directory, recursive: true);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A run at the same time uses it, or it is another user's.
            }
        }
    }
}

/// <summary>One database of the test run's server.</summary>
public sealed class TestDatabase(EmbeddedPostgres server, string name)
{
    public string OwnerConnectionString => ConnectionString(EmbeddedPostgres.OwnerRole);

    /// <summary>What a burst of requests opened is given back within seconds: all the run's portals and databases share the one server.</summary>
    public string ConnectionString(string role) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString(role, name)) { ConnectionIdleLifetime = 10, ConnectionPruningInterval = 2 }.ConnectionString;
}
