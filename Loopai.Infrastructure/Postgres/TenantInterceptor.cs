using System.Data.Common;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Loopai.Infrastructure.Postgres;

/// <summary>Tells the database, as a connection is opened, which organization it may see. Pooled connections forget it when they are returned.</summary>
public sealed class TenantInterceptor : DbConnectionInterceptor
{
    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken ct = default)
    {
        await using var command = SetOrganization(connection, eventData);
        await command.ExecuteNonQueryAsync(ct);
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = SetOrganization(connection, eventData);
        command.ExecuteNonQuery();
    }

    private static DbCommand SetOrganization(DbConnection connection, ConnectionEndEventData eventData)
    {
        var organizationId = (eventData.Context as LoopaiDbContext)?.OrganizationId
            ?? throw new InvalidOperationException("A tenant connection was opened for no organization.");
        var command = connection.CreateCommand();

        // The role as well: a server that forgets the role a connection started with would leave the login's own rights, which may be larger.
        command.CommandText = $"SELECT set_config('role', '{PostgresConnections.TenantRole}', false), set_config('app.org_id', '{organizationId:D}', false)";
        return command;
    }
}
