using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Loopai.Infrastructure.Postgres;

/// <summary>Migrations as the owner, then roles, row-level security, partitions and change notices; all of it again at every start, doing nothing where nothing is to do.</summary>
public sealed class PostgresLifecycle(PostgresConnections connections, ILogger<PostgresLifecycle> log) : IDatabaseLifecycle
{
    /// <summary>Two instances that start together take turns. Any constant will do; this one spells LOOPAI.</summary>
    private const long MigrationLock = 0x4C4F4F504149;

    public async Task MigrateAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connections.Owner);
        await connection.OpenAsync(ct);
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({MigrationLock})", ct);
        try
        {
            await using var db = PostgresMigrationContext.Create(connections.Owner);
            var pending = (await db.Database.GetPendingMigrationsAsync(ct)).ToList();
            if (pending.Count > 0)
            {
                log.LogInformation("Applying {Count} migrations", pending.Count);
                await db.Database.MigrateAsync(ct);
            }

            var runtimeLogin = new NpgsqlConnectionStringBuilder(connections.Tenant).Username ?? "";
            await ExecuteAsync(connection, RoleScript.For(db.Model, runtimeLogin), ct);
        }
        finally
        {
            await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({MigrationLock})", CancellationToken.None);
        }
    }

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

    public async Task<int> DropExecutionsBeforeAsync(DateOnly day, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connections.System);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT loopai_drop_execution_partitions($1)", connection) { Parameters = { new() { Value = day } } };
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
