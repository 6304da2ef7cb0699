using Loopai.Core.Data;
using static Loopai.Infrastructure.Postgres.PostgresConnections;

namespace Loopai.Infrastructure.Postgres;

/// <summary>
/// Looking at every migration, table, policy and grant takes most of a start. What was found is sealed: which build looked, and a digest of the tables, rights, policies,
/// triggers and functions as the database's own catalogue has them. The seal lies in the comment of a function that belongs to the owner.
/// </summary>
internal static class SchemaSeal
{
    private const string Bearer = "loopai_notify_change()";

    /// <summary>Partitions come and go by the day, and have no rights of their own.</summary>
    private const string Digest = $"""
        (SELECT md5(string_agg(line, ' ' ORDER BY line COLLATE "C")) FROM (
          SELECT format('%s %s %s %s', relname, relrowsecurity, relforcerowsecurity, relacl) AS line FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT relispartition
          UNION ALL SELECT format('%s %s %s %s %s %s', tablename, policyname, roles, cmd, qual, with_check) FROM pg_policies WHERE schemaname = 'public'
          UNION ALL SELECT format('%s %s %s %s', c.relname, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid)) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE NOT t.tgisinternal AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
          UNION ALL SELECT format('%s %s %s', proname, proacl, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
          UNION ALL SELECT format('%s %s %s %s', rolname, rolsuper, rolbypassrls, rolcanlogin) FROM pg_roles WHERE rolname IN ('{TenantRole}', '{SystemRole}')
          UNION ALL SELECT format('%s', nspacl) FROM pg_namespace WHERE nspname = 'public') AS lines)
        """;

    /// <summary>Seals what stands there now.</summary>
    public static string Write(string runtimeLogin) => $"""
        DO $$ BEGIN EXECUTE format('COMMENT ON FUNCTION {Bearer} IS %L', {Build(runtimeLogin)} || {Digest}); END $$;
        """;

    /// <summary>Whether the same build and login sealed it, and it is as it was then.</summary>
    public static string IsIntact(string runtimeLogin) => $"""
        SELECT obj_description(to_regprocedure('{Bearer}'), 'pg_proc') = {Build(runtimeLogin)} || {Digest}
        """;

    private static string Build(string runtimeLogin) =>
        $"'{typeof(LoopaiDbContext).Module.ModuleVersionId} {typeof(SchemaSeal).Module.ModuleVersionId} {runtimeLogin.Replace("'", "''", StringComparison.Ordinal)} '";
}
