using Microsoft.EntityFrameworkCore.Metadata;

namespace Loopai.Infrastructure.SqlServer;

/// <summary>
/// Row-level security, append-only tables and change tracking for SQL Server, read off the model as on PostgreSQL. A security policy binds every
/// login, the owner too; DENY binds all but the owner, so tables that are written once carry a block predicate as well.
/// </summary>
internal static class SecurityScript
{
    public const string RuntimeRole = "loopai_runtime";

    /// <summary>Each is a batch of its own, and does nothing where nothing is to do: creating a policy waits for every reader of its table.</summary>
    public static IEnumerable<string> For(IModel model)
    {
        yield return "IF SCHEMA_ID(N'loopai') IS NULL EXEC(N'CREATE SCHEMA loopai');";
        yield return $"IF DATABASE_PRINCIPAL_ID(N'{RuntimeRole}') IS NULL EXEC(N'CREATE ROLE {RuntimeRole}');";
        yield return """
            IF OBJECT_ID(N'loopai.may_reach', N'IF') IS NULL
            EXEC(N'CREATE FUNCTION loopai.may_reach(@organization_id uniqueidentifier) RETURNS TABLE WITH SCHEMABINDING AS
            RETURN SELECT 1 AS allowed
            WHERE @organization_id = TRY_CAST(CAST(SESSION_CONTEXT(N''org_id'') AS nvarchar(36)) AS uniqueidentifier)
            OR CAST(SESSION_CONTEXT(N''scope'') AS nvarchar(16)) = N''system''');
            """;
        yield return """
            IF OBJECT_ID(N'loopai.may_see', N'IF') IS NULL
            EXEC(N'CREATE FUNCTION loopai.may_see(@organization_id uniqueidentifier, @is_public bit) RETURNS TABLE WITH SCHEMABINDING AS
            RETURN SELECT 1 AS allowed
            WHERE @organization_id = TRY_CAST(CAST(SESSION_CONTEXT(N''org_id'') AS nvarchar(36)) AS uniqueidentifier)
            OR CAST(SESSION_CONTEXT(N''scope'') AS nvarchar(16)) = N''system''
            OR (@is_public = 1 AND SESSION_CONTEXT(N''org_id'') IS NOT NULL)');
            """;
        yield return """
            IF OBJECT_ID(N'loopai.never', N'IF') IS NULL
            EXEC(N'CREATE FUNCTION loopai.never(@organization_id uniqueidentifier) RETURNS TABLE WITH SCHEMABINDING AS
            RETURN SELECT 1 AS allowed WHERE @organization_id IS NULL AND @organization_id IS NOT NULL');
            """;
        yield return """
            IF OBJECT_ID(N'loopai.may_drop', N'IF') IS NULL
            EXEC(N'CREATE FUNCTION loopai.may_drop(@organization_id uniqueidentifier) RETURNS TABLE WITH SCHEMABINDING AS
            RETURN SELECT 1 AS allowed
            WHERE @organization_id = TRY_CAST(CAST(SESSION_CONTEXT(N''retention'') AS nvarchar(36)) AS uniqueidentifier)');
            """;
        foreach (var rules in TableRules.Of(model))
        {
            yield return $"GRANT SELECT, INSERT{(rules.IsHistory ? ", DELETE" : rules.IsAppendOnly ? "" : ", UPDATE, DELETE")} ON dbo.[{rules.Table}] TO {RuntimeRole};";
            if (rules.TenantColumn is { } column)
            {
                yield return Policy(rules.Table, column, rules.IsAppendOnly && !rules.IsHistory, rules.MayBePublic);
            }

            if (rules.IsAppendOnly)
            {
                yield return $"DENY UPDATE{(rules.IsHistory ? "" : ", DELETE")} ON dbo.[{rules.Table}] TO {RuntimeRole};";
            }
        }

        yield return VerdictRollupTrigger.Sql;
        yield return DropAuditEvents;
        yield return $"GRANT EXECUTE ON loopai.drop_audit_events TO {RuntimeRole};";

        // May not stand in a transaction.
        yield return """
            IF NOT EXISTS (SELECT 1 FROM sys.change_tracking_databases WHERE database_id = DB_ID())
            ALTER DATABASE CURRENT SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 1 HOURS, AUTO_CLEANUP = ON);
            """;
        foreach (var table in SqlServerChangeFeed.Tables)
        {
            yield return $"""
                IF NOT EXISTS (SELECT 1 FROM sys.change_tracking_tables WHERE object_id = OBJECT_ID(N'dbo.{table}'))
                ALTER TABLE dbo.[{table}] ENABLE CHANGE_TRACKING WITH (TRACK_COLUMNS_UPDATED = ON);
                """;
            yield return $"GRANT VIEW CHANGE TRACKING ON dbo.[{table}] TO {RuntimeRole};";
        }
    }

    /// <summary>
    /// The only way by which audit events go: whole stretches up to a signed checkpoint, and nothing young. It runs as the schema's owner, and names
    /// the organization for the block predicates; the runtime role could name it too, but is denied the delete.
    /// </summary>
    private const string DropAuditEvents = """
        CREATE OR ALTER PROCEDURE loopai.drop_audit_events @organization uniqueidentifier, @through bigint WITH EXECUTE AS OWNER AS
        BEGIN
          SET NOCOUNT ON;
          IF NOT EXISTS (SELECT 1 FROM dbo.audit_checkpoints WHERE organization_id = @organization AND [sequence] = @through AND [at] < DATEADD(day, -30, SYSDATETIMEOFFSET()))
            THROW 50001, N'No checkpoint older than 30 days stands at this event.', 1;
          IF EXISTS (SELECT 1 FROM dbo.audit_seals s JOIN dbo.audit_events e ON e.id = s.event_id
                     WHERE s.organization_id = @organization AND s.[sequence] <= @through AND e.[at] > DATEADD(day, -30, SYSDATETIMEOFFSET()))
            THROW 50002, N'Events up to there are not all older than 30 days.', 1;
          DECLARE @name nvarchar(36) = CAST(@organization AS nvarchar(36));
          EXEC sp_set_session_context N'retention', @name;
          DELETE e FROM dbo.audit_events e JOIN dbo.audit_seals s ON s.event_id = e.id AND s.organization_id = e.organization_id
            WHERE e.organization_id = @organization AND s.[sequence] <= @through;
          DELETE FROM dbo.audit_seals WHERE organization_id = @organization AND [sequence] <= @through;
          EXEC sp_set_session_context N'retention', NULL;
        END
        """;

    private static string Policy(string table, string column, bool appendOnly, bool mayBePublic)
    {
        var see = mayBePublic ? $"may_see([{column}], [is_public])" : $"may_reach([{column}])";
        var (change, delete) = appendOnly ? ("never", "may_drop") : ("may_reach", "may_reach");
        return $"""
            IF OBJECT_ID(N'loopai.tenant_{table}', N'SP') IS NULL
            EXEC(N'CREATE SECURITY POLICY loopai.tenant_{table}
            ADD FILTER PREDICATE loopai.{see} ON dbo.[{table}],
            ADD BLOCK PREDICATE loopai.may_reach([{column}]) ON dbo.[{table}] AFTER INSERT,
            ADD BLOCK PREDICATE loopai.may_reach([{column}]) ON dbo.[{table}] AFTER UPDATE,
            ADD BLOCK PREDICATE loopai.{change}([{column}]) ON dbo.[{table}] BEFORE UPDATE,
            ADD BLOCK PREDICATE loopai.{delete}([{column}]) ON dbo.[{table}] BEFORE DELETE
            WITH (STATE = ON)');
            """;
    }
}
