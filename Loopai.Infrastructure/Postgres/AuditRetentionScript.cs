using static Loopai.Infrastructure.Postgres.PostgresConnections;

namespace Loopai.Infrastructure.Postgres;

/// <summary>
/// The only way by which audit events go: a function of the owner's that drops whole stretches up to a signed checkpoint, and nothing young. The
/// owner is bound by row-level security like everybody, so the two tables have a policy for it.
/// </summary>
internal static class AuditRetentionScript
{
    public static readonly string Sql = $"""
        DO $$
        DECLARE name text;
        BEGIN
          FOREACH name IN ARRAY ARRAY['audit_events', 'audit_seals', 'audit_checkpoints'] LOOP
            IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'public' AND tablename = name AND policyname = 'keeper') THEN
              EXECUTE format('CREATE POLICY keeper ON %I TO CURRENT_USER USING (true)', name);
            END IF;
          END LOOP;
        END $$;
        CREATE OR REPLACE FUNCTION loopai_drop_audit_events(organization uuid, through bigint) RETURNS bigint
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $fn$
        DECLARE dropped bigint;
        BEGIN
          IF NOT EXISTS (SELECT FROM audit_checkpoints c WHERE c.organization_id = organization AND c.sequence = through AND c.at < now() - interval '30 days') THEN
            RAISE EXCEPTION 'No checkpoint older than 30 days stands at event %', through;
          END IF;
          -- The runtime role writes checkpoints and could date one back; the events' own times it cannot change.
          IF EXISTS (SELECT FROM audit_seals s JOIN audit_events e ON e.id = s.event_id
                     WHERE s.organization_id = organization AND s.sequence <= through AND e.at > now() - interval '30 days') THEN
            RAISE EXCEPTION 'Events up to % are not all older than 30 days', through;
          END IF;
          DELETE FROM audit_events e USING audit_seals s
            WHERE e.organization_id = organization AND s.organization_id = organization AND s.event_id = e.id AND s.sequence <= through;
          DELETE FROM audit_seals s WHERE s.organization_id = organization AND s.sequence <= through;
          GET DIAGNOSTICS dropped = ROW_COUNT;
          RETURN dropped;
        END $fn$;
        REVOKE ALL ON FUNCTION loopai_drop_audit_events(uuid, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION loopai_drop_audit_events(uuid, bigint) TO {SystemRole};
        """;
}
