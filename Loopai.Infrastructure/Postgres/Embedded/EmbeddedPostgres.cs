using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>
/// The portal's own PostgreSQL: made on the first start, reached through a private unix socket, and stopped with the portal
/// however the portal ends.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    /// <summary>The superuser that owns everything in the cluster; migrations run as this role, requests do not.</summary>
    public const string OwnerRole = "loopai_owner";

    private readonly DataDirectoryLock held;
    private readonly PostgresServer server;
    private readonly string socketDirectory;
    private readonly string database;
    private int disposed;

    private EmbeddedPostgres(DataDirectoryLock held, PostgresServer server, string socketDirectory, string database)
    {
        this.held = held;
        this.server = server;
        this.socketDirectory = socketDirectory;
        this.database = database;
    }

    /// <summary>How the owner connects.</summary>
    public string OwnerConnectionString => ConnectionString(OwnerRole);

    /// <summary>Ends when the server ends, asked to or not.</summary>
    public Task Exited => server.Exited;

    /// <summary>Starts the database of a data folder, and makes it on the first start.</summary>
    /// <exception cref="EmbeddedPostgresException">It cannot start; the message says what to do.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, ILogger logger, CancellationToken ct = default)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new EmbeddedPostgresException("The embedded database runs on Linux only: set Database:ConnectionString to a PostgreSQL server.");
        }

        var dataDirectory = await RealDirectoryAsync(options.DataDirectory, ct);
        var folder = await DataDirectoryLock.TakeAsync(dataDirectory, ct);
        try
        {
            return await StartLockedAsync(options, dataDirectory, folder, logger, ct);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>How a role connects: to the portal's database, or to another one of the cluster.</summary>
    public string ConnectionString(string role, string? otherDatabase = null) => Connection(socketDirectory, role, otherDatabase ?? database);

    /// <summary>Disconnects every client and stops the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        await server.DisposeAsync();
        RuntimeDirectory.Delete(socketDirectory);
        held.Dispose();
    }

    [SupportedOSPlatform("linux")]
    private static async Task<EmbeddedPostgres> StartLockedAsync(
        EmbeddedPostgresOptions options, string dataDirectory, DataDirectoryLock folder, ILogger logger, CancellationToken ct)
    {
        var cluster = await PostgresCluster.OpenAsync(options, dataDirectory, ct);
        if (await ClusterProcesses.StopAsync(cluster.Directory, ct))
        {
            logger.LogWarning("Stopped the database server that an earlier portal had left running on {Directory}.", cluster.Directory);
        }

        // We hold the folder and nobody works in it, so a pid file is a leftover. PostgreSQL would believe it whenever the number belongs to
        // some process by now, as it does after every restart of a container.
        File.Delete(Path.Combine(cluster.Directory, "postmaster.pid"));

        var socket = RuntimeDirectory.Create(dataDirectory);
        PostgresServer? started = null;
        try
        {
            await ClusterOwner.HandOverAsync(socket, ct);
            var log = new PostgresLog(Path.Combine(dataDirectory, "postgres.log"));
            started = await PostgresServer.StartAsync(cluster, PostgresSettings.Arguments(options, socket), log, ct);
            await CreateDatabaseAsync(socket, options.Database, ct);
            logger.LogInformation("The embedded PostgreSQL {Major} is ready on {Socket}.", cluster.Binaries.Major, socket);
            return new EmbeddedPostgres(folder, started, socket, options.Database);
        }
        catch
        {
            if (started is not null)
            {
                await started.DisposeAsync();
            }

            RuntimeDirectory.Delete(socket);
            throw;
        }
    }

    private static async Task CreateDatabaseAsync(string socket, string name, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(Connection(socket, OwnerRole, "postgres"));
        await using var exists = source.CreateCommand("SELECT 1 FROM pg_database WHERE datname = $1");
        exists.Parameters.Add(new() { Value = name });
        if (await exists.ExecuteScalarAsync(ct) is null)
        {
            await using var create = source.CreateCommand($"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
            await create.ExecuteNonQueryAsync(ct);
        }
    }

    private static string Connection(string socket, string role, string name) =>
        new NpgsqlConnectionStringBuilder { Host = socket, Port = 5432, Username = role, Database = name }.ConnectionString;

    // Links resolved: the kernel names a process's folder that way, and the lock and the socket's name must not depend on the way taken.
    private static async Task<string> RealDirectoryAsync(string directory, CancellationToken ct)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedPostgresException($"The data folder {directory} cannot be made: {e.Message}", e);
        }

        return (await HostCommand.RunAsync(["realpath", "-z", "--", Path.GetFullPath(directory)], ct)).Output.TrimEnd('\0');
    }
}
