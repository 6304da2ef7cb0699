using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loopai.Infrastructure.Postgres;

/// <summary>
/// Migrations as the owner, then roles, row-level security, partitions and change notices; doing nothing where nothing is to do. A seal tells later starts of the
/// same build that nothing changed since.
/// </summary>
public sealed class PostgresLifecycle(PostgresConnections connections, ILogger<PostgresLifecycle> log) : IDatabaseLifecycle
{
    /// <summary>Two instances that start together take turns. Any constant will do; this one spells LOOPAI.</summary>
    private const long MigrationLock = 0x4C4F4F504149;

    /// <exception cref="DatabaseSetupException">The owner's login lacks a right; the message has the statements that give it.</exception>
    public async Task MigrateAsync(CancellationToken ct)
    {
        // Without a pool: nothing of the owner's is left open when the portal runs.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connections.Owner) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);

        // Waits as long as the other instance's migrations take, so the command's time limit is off; ends with the connection at the latest.
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({MigrationLock})", ct);
        try
        {
            await using var db = PostgresMigrationContext.Create(connection);
            var pending = (await db.Database.GetPendingMigrationsAsync(ct)).ToList();
            if (pending.Count > 0)
            {
                log.LogInformation("Applying {Count} migrations", pending.Count);
                await db.Database.MigrateAsync(ct);
            }

            await ExecuteAsync(connection, RoleScript.For(db.Model, RuntimeLogin), ct);
            await ExecuteAsync(connection, SchemaSeal.Write(RuntimeLogin), ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new DatabaseSetupException(MissingRights.Explain(e, connections), e);
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({MigrationLock})", CancellationToken.None);
        }
    }

    public async Task<bool> IsCurrentAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connections.Owner) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(SchemaSeal.IsIntact(RuntimeLogin), connection);
        return await command.ExecuteScalarAsync(ct) is true;
    }

    private string RuntimeLogin => new NpgsqlConnectionStringBuilder(connections.Tenant).Username ?? "";

    public async Task<bool> IsReachableAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connections.System);
            await connection.OpenAsync(ct);
            await ExecuteAsync(connection, "SELECT 1", ct);
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            return false;
        }
    }

    /// <summary>Partition by partition; one that a reader holds on to is left for the next time.</summary>
    public async Task<int> DropExecutionsBeforeAsync(DateOnly day, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connections.System);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT loopai_drop_execution_partition_before($1)", connection) { Parameters = { new() { Value = day } } };
        var dropped = 0;
        try
        {
            while (await command.ExecuteScalarAsync(ct) is true)
            {
                dropped++;
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            log.LogInformation("Old executions are being read; what is left of them is dropped the next time");
        }

        return dropped;
    }

    public async Task DropAuditEventsAsync(Guid organizationId, long throughSequence, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connections.System);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT loopai_drop_audit_events($1, $2)", connection)
        {
            Parameters = { new() { Value = organizationId }, new() { Value = throughSequence } },
            CommandTimeout = 0,
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }
}
