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
        command.CommandText = $"SET app.org_id = '{organizationId:D}'";
        return command;
    }
}
