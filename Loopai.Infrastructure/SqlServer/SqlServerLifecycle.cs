using Loopai.Core.Data;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Infrastructure.SqlServer;

/// <summary>The two ways into the database.</summary>
/// <param name="Owner">Changes the schema; used for migrations only.</param>
/// <param name="Runtime">The portal's login: a member of the role <c>loopai_runtime</c> and of nothing else.</param>
public sealed record SqlServerConnections(string Owner, string Runtime);

/// <summary>Migrations as the owner, then the security policy and change tracking; again at every start, doing nothing where nothing is to do.</summary>
public sealed class SqlServerLifecycle(SqlServerConnections connections, ILogger<SqlServerLifecycle> log) : IDatabaseLifecycle
{
    internal const string TakeLock = """
        DECLARE @result int;
        EXEC @result = sp_getapplock @Resource = N'loopai_migrations', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = -1;
        IF @result < 0 THROW 50000, N'The migration lock could not be had.', 1;
        """;

    internal const string ReleaseLock = "EXEC sp_releaseapplock @Resource = N'loopai_migrations', @LockOwner = N'Session';";

    /// <summary>In batches: one large delete would lock the whole table and fill the log.</summary>
    internal const string DeleteBatch = "DELETE TOP (4000) FROM dbo.[executions] WHERE [executed_at] < @before;";

    public async Task MigrateAsync(CancellationToken ct)
    {
        await using var connection = new SqlConnection(connections.Owner);
        await connection.OpenAsync(ct);
        await ExecuteAsync(connection, TakeLock, ct);
        try
        {
            await using var db = SqlServerMigrationContext.Create(connections.Owner);
            var pending = (await db.Database.GetPendingMigrationsAsync(ct)).ToList();
            if (pending.Count > 0)
            {
                log.LogInformation("Applying {Count} migrations", pending.Count);
                await db.Database.MigrateAsync(ct);
            }

            foreach (var batch in SecurityScript.For(db.Model))
            {
                await ExecuteAsync(connection, batch, ct);
            }
        }
        finally
        {
            await ExecuteAsync(connection, ReleaseLock, CancellationToken.None);
        }
    }

    /// <summary>It looks at every start: this provider keeps no seal.</summary>
    public Task<bool> IsCurrentAsync(CancellationToken ct) => Task.FromResult(false);

    public async Task<bool> IsReachableAsync(CancellationToken ct)
    {
        try
        {
            await using var connection = new SqlConnection(connections.Runtime);
            await connection.OpenAsync(ct);
            await ExecuteAsync(connection, "SELECT 1;", ct);
            return true;
        }
        catch (SqlException)
        {
            return false;
        }
    }

    public async Task<int> DropExecutionsBeforeAsync(DateOnly day, CancellationToken ct)
    {
        await using var connection = await SqlServerSession.OpenSystemAsync(connections.Runtime, ct);
        await using var command = new SqlCommand(DeleteBatch, connection);
        command.Parameters.AddWithValue("@before", new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero));
        int batch, all = 0;
        do
        {
            all += batch = await command.ExecuteNonQueryAsync(ct);
        }
        while (batch > 0);

        return all;
    }

    public async Task DropAuditEventsAsync(Guid organizationId, long throughSequence, CancellationToken ct)
    {
        await using var connection = await SqlServerSession.OpenSystemAsync(connections.Runtime, ct);
        await using var command = new SqlCommand("EXEC loopai.drop_audit_events @organization, @through;", connection) { CommandTimeout = 0 };
        command.Parameters.AddWithValue("@organization", organizationId);
        command.Parameters.AddWithValue("@through", throughSequence);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task ExecuteAsync(SqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new SqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }
}
