using System.Runtime.CompilerServices;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;

namespace Loopai.Infrastructure.SqlServer;

/// <summary>Changes by SQL Server's change tracking, asked for twice a second: it has nothing like NOTIFY that needs no broker.</summary>
public sealed class SqlServerChangeFeed(SqlServerConnections connections, ILogger<SqlServerChangeFeed> log) : IChangeFeed
{
    /// <summary>What portals keep in memory.</summary>
    internal static readonly string[] Tables =
        ["tasks", "programs", "experiments", "api_keys", "api_key_secrets", "quotas", "prices", "budgets", "user_sessions", "feature_flags", "flag_environments", "rollouts",
        "webhook_subscriptions", "plugin_installations", "plugin_attachments",
        .. AccessTables.ByOrganization.Order(StringComparer.Ordinal)];

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    internal const string CurrentVersion = "SELECT CHANGE_TRACKING_CURRENT_VERSION();";

    /// <summary>
    /// The version to ask from next is read first, so that a change between the two queries is told twice rather than never. A deleted program no longer
    /// knows its task, nor a deleted grant its organization, and neither a key's last use nor a session's is a change. The column mask is empty for
    /// inserts and deletes, which always count.
    /// </summary>
    internal static readonly string ChangesSince = $"""
        SELECT CASE WHEN {string.Join("\n  AND ", Tables.Select(t => $"CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID(N'dbo.{t}')) <= @since"))}
          THEN CHANGE_TRACKING_CURRENT_VERSION() ELSE NULL END;
        SELECT N'tasks', c.[id] FROM CHANGETABLE(CHANGES dbo.[tasks], @since) AS c
        UNION SELECT N'organizations', c.[id] FROM CHANGETABLE(CHANGES dbo.[organizations], @since) AS c
        UNION SELECT N'quotas', c.[organization_id] FROM CHANGETABLE(CHANGES dbo.[quotas], @since) AS c
        UNION SELECT N'prices', c.[organization_id] FROM CHANGETABLE(CHANGES dbo.[prices], @since) AS c
        UNION SELECT N'budgets', c.[organization_id] FROM CHANGETABLE(CHANGES dbo.[budgets], @since) AS c
        UNION SELECT N'memberships', c.[organization_id] FROM CHANGETABLE(CHANGES dbo.[memberships], @since) AS c
        UNION {Owned("programs", "task_id", "id")}
        UNION {Owned("rollouts", "task_id", "id")}
        UNION {Owned("experiments", "task_id", "id")}
        UNION {Owned("feature_flags", "organization_id", "id")}
        UNION {Owned("flag_environments", "organization_id", "flag_id", "environment_id")}
        UNION {Owned("webhook_subscriptions", "organization_id", "id")}
        UNION {Owned("plugin_installations", "organization_id", "id")}
        UNION {Owned("plugin_attachments", "organization_id", "id")}
        UNION {Owned("environments", "organization_id", "id")}
        UNION {Owned("teams", "organization_id", "id")}
        UNION {Owned("team_members", "organization_id", "team_id", "user_id", "source")}
        UNION {Owned("custom_roles", "organization_id", "id")}
        UNION {Owned("grants", "organization_id", "id")}
        UNION SELECT N'api_keys', c.[id] FROM CHANGETABLE(CHANGES dbo.[api_keys], @since) AS c
          WHERE c.SYS_CHANGE_OPERATION <> 'U'
          OR CHANGE_TRACKING_IS_COLUMN_IN_MASK(COLUMNPROPERTY(OBJECT_ID(N'dbo.api_keys'), N'revoked_at', 'ColumnId'), c.SYS_CHANGE_COLUMNS) = 1
          OR CHANGE_TRACKING_IS_COLUMN_IN_MASK(COLUMNPROPERTY(OBJECT_ID(N'dbo.api_keys'), N'permissions', 'ColumnId'), c.SYS_CHANGE_COLUMNS) = 1
        UNION SELECT N'api_key_secrets', s.[key_id] FROM CHANGETABLE(CHANGES dbo.[api_key_secrets], @since) AS c JOIN dbo.[api_key_secrets] AS s ON s.[id] = c.[id]
          WHERE c.SYS_CHANGE_OPERATION = 'I'
          OR CHANGE_TRACKING_IS_COLUMN_IN_MASK(COLUMNPROPERTY(OBJECT_ID(N'dbo.api_key_secrets'), N'revoked_at', 'ColumnId'), c.SYS_CHANGE_COLUMNS) = 1
          OR CHANGE_TRACKING_IS_COLUMN_IN_MASK(COLUMNPROPERTY(OBJECT_ID(N'dbo.api_key_secrets'), N'expires_at', 'ColumnId'), c.SYS_CHANGE_COLUMNS) = 1
        UNION SELECT N'user_sessions', c.[id] FROM CHANGETABLE(CHANGES dbo.[user_sessions], @since) AS c
          WHERE c.SYS_CHANGE_OPERATION = 'D'
          OR CHANGE_TRACKING_IS_COLUMN_IN_MASK(COLUMNPROPERTY(OBJECT_ID(N'dbo.user_sessions'), N'ended_at', 'ColumnId'), c.SYS_CHANGE_COLUMNS) = 1
          OR CHANGE_TRACKING_IS_COLUMN_IN_MASK(COLUMNPROPERTY(OBJECT_ID(N'dbo.user_sessions'), N'authenticated_at', 'ColumnId'), c.SYS_CHANGE_COLUMNS) = 1
          OR CHANGE_TRACKING_IS_COLUMN_IN_MASK(COLUMNPROPERTY(OBJECT_ID(N'dbo.user_sessions'), N'second_factor', 'ColumnId'), c.SYS_CHANGE_COLUMNS) = 1;
        """;

    /// <summary>Changes that are told with the owner's id; of a row that is gone nobody knows the owner, so that everything is read again.</summary>
    private static string Owned(string table, string owner, params string[] key) => $"""
        SELECT CASE WHEN r.[{owner}] IS NULL THEN N'' ELSE N'{table}' END, COALESCE(r.[{owner}], CAST(0x00000000000000000000000000000000 AS uniqueidentifier))
          FROM CHANGETABLE(CHANGES dbo.[{table}], @since) AS c LEFT JOIN dbo.[{table}] AS r ON {string.Join(" AND ", key.Select(k => $"r.[{k}] = c.[{k}]"))}
        """;

    public async IAsyncEnumerable<Change> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        long? since = null;
        while (!ct.IsCancellationRequested)
        {
            List<Change> changes = [];
            try
            {
                since = await PollAsync(since, changes, ct);
            }
            catch (Exception e) when (e is SqlException or InvalidOperationException && !ct.IsCancellationRequested)
            {
                log.LogWarning(e, "The change feed could not ask for changes; it will try again");
                since = null;
                changes.Clear();
            }

            foreach (var change in changes)
            {
                yield return change;
            }

            await Task.Delay(Interval, ct);
        }
    }

    /// <returns>The version to ask from next; null to start over, because history was cleaned up that had not been read.</returns>
    private async Task<long?> PollAsync(long? since, List<Change> changes, CancellationToken ct)
    {
        await using var connection = await SqlServerSession.OpenSystemAsync(connections.Runtime, ct);
        await using var command = new SqlCommand(since is null ? CurrentVersion : ChangesSince, connection);
        if (since is not null)
        {
            command.Parameters.AddWithValue("@since", since.Value);
        }

        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var version = await reader.IsDBNullAsync(0, ct) ? (long?)null : reader.GetInt64(0);
        if (since is null)
        {
            changes.Add(Change.Everything);
            return version ?? throw new InvalidOperationException("Change tracking is off in this database.");
        }

        await reader.NextResultAsync(ct);
        while (version is not null && await reader.ReadAsync(ct))
        {
            changes.Add(new Change(reader.GetString(0), reader.GetGuid(1)));
        }

        return version;
    }
}
