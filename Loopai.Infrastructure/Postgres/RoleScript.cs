using System.Text;
using Loopai.Core.Access;
using Microsoft.EntityFrameworkCore.Metadata;
using static Loopai.Infrastructure.Postgres.PostgresConnections;

namespace Loopai.Infrastructure.Postgres;

/// <summary>
/// Who may do what to which table, read off the model: a table of the model that belongs to a tenant gets row-level security; one that does not is
/// closed to the tenant role.
/// </summary>
internal static class RoleScript
{
    public static string For(IModel model, string runtimeLogin)
    {
        var sql = new StringBuilder();
        sql.AppendLine(Roles(runtimeLogin));
        foreach (var rules in TableRules.Of(model))
        {
            sql.AppendLine(TableSecurity(rules));
        }

        sql.AppendLine($"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {SystemRole};");
        sql.AppendLine(Partitions);
        sql.AppendLine(AuditRetentionScript.Sql);
        sql.AppendLine(VerdictRollupScript.Sql);
        sql.AppendLine(ChangeNotices);
        return sql.ToString();
    }

    /// <summary>
    /// The roles belong to the whole server, so another database of it may be making them at this moment. Nobody logs in as one of them, except where
    /// that is how the portal connects: in its own database, whose socket only the portal reaches.
    /// </summary>
    private static string Roles(string runtimeLogin) => $"""
        DO $$
        DECLARE
          runtime text := {Literal(runtimeLogin)};
          role text;
          may_set_role text := CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END;
        BEGIN
          FOREACH role IN ARRAY ARRAY['{TenantRole}', '{SystemRole}'] LOOP
            BEGIN
              IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
                EXECUTE format('CREATE ROLE %I NOINHERIT %s', role, CASE WHEN runtime IN ('{TenantRole}', '{SystemRole}') THEN 'LOGIN' ELSE 'NOLOGIN' END);
              END IF;
              IF runtime = role AND NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = role) THEN
                EXECUTE format('ALTER ROLE %I LOGIN', role);
              END IF;
              IF runtime NOT IN ('{TenantRole}', '{SystemRole}', '') AND NOT pg_has_role(runtime, role, may_set_role) THEN
                EXECUTE format('GRANT %I TO %I', role, runtime);
              END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
              NULL;
            END;
          END LOOP;
        END $$;
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        GRANT USAGE ON SCHEMA public TO {TenantRole}, {SystemRole};
        """;

    private static string TableSecurity(TableRules rules)
    {
        var table = rules.Table;
        var closed = $"REVOKE ALL ON {table} FROM PUBLIC;";
        if (rules.TenantColumn is not { } owner)
        {
            return $"{closed} REVOKE ALL ON {table} FROM {TenantRole}; GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {SystemRole};";
        }

        var grants = rules.IsAppendOnly
            ? $"REVOKE ALL ON {table} FROM {TenantRole}, {SystemRole}; GRANT SELECT, INSERT ON {table} TO {TenantRole}, {SystemRole};{(rules.IsHistory ? $" GRANT DELETE ON {table} TO {SystemRole};" : "")}"
            : $"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {TenantRole}, {SystemRole};";

        // In a SELECT of its own the setting is read once a statement; without it, once a row. A million rows that are added up by unit take a quarter less.
        var own = $"{owner} = (SELECT nullif(current_setting('app.org_id', true), '')::uuid)";

        // Altering a table takes a lock that waits for every reader, so it is done only where it is missing.
        return $"""
            DO $$ BEGIN
              IF NOT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = '{table}'::regclass) THEN
                ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
                ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
              END IF;
              IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'public' AND tablename = '{table}' AND policyname = 'tenant') THEN
                CREATE POLICY tenant ON {table} TO {TenantRole} USING ({own}) WITH CHECK ({own});
              ELSIF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'public' AND tablename = '{table}' AND policyname = 'tenant' AND qual LIKE '%SELECT%') THEN
                ALTER POLICY tenant ON {table} USING ({own}) WITH CHECK ({own});
              END IF;
              IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'public' AND tablename = '{table}' AND policyname = 'system') THEN
                CREATE POLICY system ON {table} TO {SystemRole} USING (true) WITH CHECK (true);
              END IF;
            END $$;
            {(rules.MayBePublic ? PublicPolicy(table) : "")}
            {closed} {grants}
            """;
    }

    /// <summary>Beside the tenant's policy, for reading alone: changing a row takes the other one, so nobody changes what another shows.</summary>
    private static string PublicPolicy(string table) => $"""
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'public' AND tablename = '{table}' AND policyname = 'shown') THEN
            CREATE POLICY shown ON {table} FOR SELECT TO {TenantRole} USING (is_public AND (SELECT nullif(current_setting('app.org_id', true), '')) IS NOT NULL);
          END IF;
        END $$;
        """;

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>
    /// The runtime roles own nothing, so partitions are made and dropped by the owner's functions, which do just that. A partition is made beside the
    /// table and attached, which lets readers and writers go on; CREATE TABLE … PARTITION OF would wait for the longest report, and all traffic behind it.
    /// Dropping has no such way, so it gives up soon and is tried again.
    /// </summary>
    private static readonly string Partitions = $"""
        CREATE OR REPLACE FUNCTION loopai_ensure_execution_partition(day date) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $fn$
        DECLARE name text := 'executions_' || to_char(day, 'YYYYMMDD');
        BEGIN
          IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
          PERFORM pg_advisory_xact_lock(hashtext('loopai_execution_partitions'));
          -- Not to_regclass again: it remembers its answer from before the wait.
          IF EXISTS (SELECT FROM pg_class WHERE relname = name AND relnamespace = 'public'::regnamespace) THEN RETURN; END IF;
          EXECUTE format('CREATE TABLE %I (LIKE executions INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', name);
          EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', name);
          EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
          EXECUTE format('ALTER TABLE executions ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            name, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
        END $fn$;
        CREATE OR REPLACE FUNCTION loopai_drop_execution_partition_before(before date) RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $fn$
        DECLARE oldest text;
        BEGIN
          SELECT min(c.relname) INTO oldest FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'executions'::regclass AND c.relname < 'executions_' || to_char(before, 'YYYYMMDD');
          IF oldest IS NULL THEN RETURN false; END IF;
          EXECUTE format('DROP TABLE %I', oldest);
          RETURN true;
        END $fn$;
        REVOKE ALL ON FUNCTION loopai_ensure_execution_partition(date), loopai_drop_execution_partition_before(date) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION loopai_ensure_execution_partition(date), loopai_drop_execution_partition_before(date) TO {SystemRole};
        """;

    /// <summary>What portals keep in memory; a commit that changes it says so. Who may do what is told by organization, the rest by row.</summary>
    private static readonly string ChangeNotices = $"""
        CREATE OR REPLACE FUNCTION loopai_notify_change() RETURNS trigger LANGUAGE plpgsql AS $fn$
        DECLARE changed record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        BEGIN
          PERFORM pg_notify('loopai_changes', TG_TABLE_NAME || ':' || (to_jsonb(changed)->>(CASE
            WHEN TG_TABLE_NAME IN ('programs', 'experiments', 'rollouts') THEN 'task_id'
            WHEN TG_TABLE_NAME = 'api_key_secrets' THEN 'key_id'
            WHEN TG_TABLE_NAME IN ('quotas', 'prices', 'budgets', 'feature_flags', 'flag_environments', 'webhook_subscriptions', 'plugin_installations', 'plugin_attachments') THEN 'organization_id'
            WHEN TG_TABLE_NAME IN ({string.Join(", ", ToldByOrganization.Select(Literal))}) THEN 'organization_id'
            ELSE 'id' END)));
          RETURN NULL;
        END $fn$;
        {Notice("tasks", "INSERT OR UPDATE OR DELETE")}
        {Notice("programs", "INSERT OR DELETE OR UPDATE OF status")}
        {Notice("experiments", "DELETE OR UPDATE OF status, coverage, forced")}
        {Notice("api_keys", "DELETE OR UPDATE OF revoked_at, permissions")}
        {Notice("api_key_secrets", "INSERT OR UPDATE OF revoked_at, expires_at")}
        {Notice("user_sessions", "DELETE OR UPDATE OF ended_at, authenticated_at, second_factor")}
        {Notice("quotas", "INSERT OR DELETE OR UPDATE OF executions_per_minute, burst, executions_per_month")}
        {Notice("prices", "INSERT")}
        {Notice("budgets", "INSERT OR UPDATE OR DELETE")}
        {Notice("rollouts", "INSERT OR DELETE OR UPDATE OF share, status")}
        {Notice("feature_flags", "INSERT OR UPDATE OR DELETE")}
        {Notice("flag_environments", "INSERT OR UPDATE OR DELETE")}
        {Notice("webhook_subscriptions", "INSERT OR DELETE OR UPDATE OF event_types, is_enabled, deleted_at")}
        {Notice("plugin_installations", "INSERT OR DELETE OR UPDATE OF revision")}
        {Notice("plugin_attachments", "INSERT OR UPDATE OR DELETE")}
        {Notice("organizations", "UPDATE OR DELETE")}
        {string.Join('\n', ToldByOrganization.Select(table => Notice(table, "INSERT OR UPDATE OR DELETE")))}
        """;

    private static IEnumerable<string> ToldByOrganization => AccessTables.ByOrganization.Except(["organizations"]).Order(StringComparer.Ordinal);

    private static string Notice(string table, string events) => $"""
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'notify_{table}' AND tgrelid = '{table}'::regclass) THEN
            CREATE TRIGGER notify_{table} AFTER {events} ON {table} FOR EACH ROW EXECUTE FUNCTION loopai_notify_change();
          END IF;
        END $$;
        """;
}
