using System.Text;
using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using static Loopai.Infrastructure.Postgres.PostgresConnections;

namespace Loopai.Infrastructure.Postgres;

/// <summary>
/// Who may do what to which table, read off the model: a new entity is protected by being one. A table of the model that belongs to a tenant gets
/// row-level security; one that does not is closed to the tenant role.
/// </summary>
internal static class RoleScript
{
    public static string For(IModel model, string runtimeLogin)
    {
        var sql = new StringBuilder();
        sql.AppendLine(Roles(runtimeLogin));
        foreach (var entity in model.GetEntityTypes().Where(e => e.GetTableName() is not null))
        {
            sql.AppendLine(TableSecurity(entity));
        }

        sql.AppendLine($"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {SystemRole};");
        sql.AppendLine(Partitions);
        sql.AppendLine(ChangeNotices);
        return sql.ToString();
    }

    private static string Roles(string runtimeLogin) => $"""
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{TenantRole}') THEN CREATE ROLE {TenantRole} LOGIN NOINHERIT; END IF;
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SystemRole}') THEN CREATE ROLE {SystemRole} LOGIN NOINHERIT; END IF;
          IF '{runtimeLogin.Replace("'", "''", StringComparison.Ordinal)}' NOT IN ('{TenantRole}', '{SystemRole}', '') THEN
            EXECUTE format('GRANT {TenantRole}, {SystemRole} TO %I', '{runtimeLogin.Replace("'", "''", StringComparison.Ordinal)}');
          END IF;
        END $$;
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        GRANT USAGE ON SCHEMA public TO {TenantRole}, {SystemRole};
        """;

    private static string TableSecurity(IEntityType entity)
    {
        var table = entity.GetTableName()!;
        if (!typeof(ITenantOwned).IsAssignableFrom(entity.ClrType))
        {
            return $"REVOKE ALL ON {table} FROM {TenantRole}; GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {SystemRole};";
        }

        var owner = entity.ClrType == typeof(Organization) ? "id" : "organization_id";
        var verbs = typeof(IAppendOnly).IsAssignableFrom(entity.ClrType) ? "SELECT, INSERT" : "SELECT, INSERT, UPDATE, DELETE";

        // Altering a table takes a lock that waits for every reader, so it is done only where it is missing.
        return $"""
            DO $$ BEGIN
              IF NOT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = '{table}'::regclass) THEN
                ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
                ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
              END IF;
              IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'public' AND tablename = '{table}' AND policyname = 'tenant') THEN
                CREATE POLICY tenant ON {table} TO {TenantRole}
                  USING ({owner} = nullif(current_setting('app.org_id', true), '')::uuid)
                  WITH CHECK ({owner} = nullif(current_setting('app.org_id', true), '')::uuid);
              END IF;
              IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'public' AND tablename = '{table}' AND policyname = 'system') THEN
                CREATE POLICY system ON {table} TO {SystemRole} USING (true) WITH CHECK (true);
              END IF;
            END $$;
            GRANT {verbs} ON {table} TO {TenantRole}, {SystemRole};
            """;
    }

    /// <summary>The runtime roles own nothing, so partitions are made and dropped by the owner's functions, which do just that.</summary>
    private static readonly string Partitions = $"""
        CREATE OR REPLACE FUNCTION loopai_ensure_execution_partition(day date) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $fn$
        DECLARE name text := 'executions_' || to_char(day, 'YYYYMMDD');
        BEGIN
          IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
          PERFORM pg_advisory_xact_lock(hashtext(name));
          IF to_regclass(name) IS NOT NULL THEN RETURN; END IF;
          EXECUTE format('CREATE TABLE %I PARTITION OF executions FOR VALUES FROM (%L) TO (%L)',
            name, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
          EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        END $fn$;
        CREATE OR REPLACE FUNCTION loopai_drop_execution_partitions(before date) RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $fn$
        DECLARE part record; dropped integer := 0;
        BEGIN
          FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'executions'::regclass AND c.relname < 'executions_' || to_char(before, 'YYYYMMDD')
          LOOP
            EXECUTE format('DROP TABLE %I', part.relname);
            dropped := dropped + 1;
          END LOOP;
          RETURN dropped;
        END $fn$;
        REVOKE ALL ON FUNCTION loopai_ensure_execution_partition(date), loopai_drop_execution_partitions(date) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION loopai_ensure_execution_partition(date), loopai_drop_execution_partitions(date) TO {SystemRole};
        """;

    /// <summary>The hot path keeps these tables in memory; a commit that changes what it keeps says so.</summary>
    private const string ChangeNotices = """
        CREATE OR REPLACE FUNCTION loopai_notify_change() RETURNS trigger LANGUAGE plpgsql AS $fn$
        DECLARE changed record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        BEGIN
          PERFORM pg_notify('loopai_changes', TG_TABLE_NAME || ':' ||
            CASE WHEN TG_TABLE_NAME = 'programs' THEN to_jsonb(changed)->>'task_id' ELSE to_jsonb(changed)->>'id' END);
          RETURN NULL;
        END $fn$;
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'notify_tasks') THEN
            CREATE TRIGGER notify_tasks AFTER INSERT OR UPDATE OR DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION loopai_notify_change();
          END IF;
          IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'notify_programs') THEN
            CREATE TRIGGER notify_programs AFTER DELETE OR UPDATE OF status ON programs FOR EACH ROW EXECUTE FUNCTION loopai_notify_change();
          END IF;
          IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'notify_api_keys') THEN
            CREATE TRIGGER notify_api_keys AFTER DELETE OR UPDATE OF revoked_at, permissions ON api_keys
              FOR EACH ROW EXECUTE FUNCTION loopai_notify_change();
          END IF;
        END $$;
        """;
}
