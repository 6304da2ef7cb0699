using System.Data.Common;
using Loopai.Core.Data;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Loopai.Infrastructure.SqlServer;

/// <summary>Tells the database, as a connection is opened, which organization it may see; read-only, so that later statements cannot change it.</summary>
public sealed class SqlServerTenantInterceptor : DbConnectionInterceptor
{
    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken ct = default)
    {
        var organizationId = (eventData.Context as LoopaiDbContext)?.OrganizationId
            ?? throw new InvalidOperationException("A tenant connection was opened for no organization.");
        await SqlServerSession.SetAsync(connection, "org_id", organizationId.ToString("D"), ct);
    }
}

/// <summary>Marks a connection as the system's, which the security policy lets see every organization.</summary>
public sealed class SqlServerSystemInterceptor : DbConnectionInterceptor
{
    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken ct = default) =>
        SqlServerSession.SetAsync(connection, "scope", "system", ct);
}

internal static class SqlServerSession
{
    public static async Task<SqlConnection> OpenSystemAsync(string connectionString, CancellationToken ct)
    {
        var connection = new SqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(ct);
            await SetAsync(connection, "scope", "system", ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public static async Task SetAsync(DbConnection connection, string key, string value, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "EXEC sp_set_session_context @key, @value, @read_only = 1";
        Add(command, "@key", key);
        Add(command, "@value", value);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static void Add(DbCommand command, string name, string value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
