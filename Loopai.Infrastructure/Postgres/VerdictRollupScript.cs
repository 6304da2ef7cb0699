using Loopai.Core.Validation;

namespace Loopai.Infrastructure.Postgres;

/// <summary>
/// Keeps the roll-ups of verdicts in the transaction of the verdict, whichever way it is written. A statement adds the difference between what it found and what
/// it left, in the order of the key, so that two statements cannot wait for each other.
/// </summary>
internal static class VerdictRollupScript
{
    /// <summary>What a row of validations adds to its bucket.</summary>
    public static readonly string Weight = $"round((1 / v.probability)::numeric, {VerdictRollup.Places})";

    public static readonly string SquaredWeight = $"round((1 / (v.probability * v.probability))::numeric, {VerdictRollup.Places})";

    public static readonly string Sql = $"""
        CREATE OR REPLACE FUNCTION loopai_roll_up_verdicts() RETURNS trigger LANGUAGE plpgsql AS $fn$
        BEGIN
          INSERT INTO verdict_rollups AS t (organization_id, level, starts_at, task_id, version, environment_id, key_id, team_id, experiment_id, variant, correction_id,
            validated, matched, weights, matched_weights, squared_weights)
          SELECT v.organization_id, l.level, date_trunc(l.unit, v.executed_at, 'UTC'), v.task_id, v.version, v.environment_id,
            coalesce(v.api_key_id, '{Guid.Empty}'), coalesce(v.team_id, '{Guid.Empty}'), coalesce(v.experiment_id, '{Guid.Empty}'), coalesce(v.variant, -1), '{Guid.Empty}',
            sum(v.sign), coalesce(sum(v.sign) FILTER (WHERE v.status = 'Matched'), 0), sum(v.sign * {Weight}),
            coalesce(sum(v.sign * {Weight}) FILTER (WHERE v.status = 'Matched'), 0), sum(v.sign * {SquaredWeight})
          FROM (SELECT n.*, 1 AS sign FROM after_rows n UNION ALL SELECT o.*, -1 FROM before_rows o) AS v
          CROSS JOIN (VALUES (0::smallint, 'minute'), (1, 'hour'), (2, 'day')) AS l(level, unit)
          WHERE v.probability IS NOT NULL AND v.status IN ('Matched', 'Mismatched')
          GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
          HAVING sum(v.sign) <> 0 OR sum(v.sign) FILTER (WHERE v.status = 'Matched') <> 0
          ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
          ON CONFLICT (organization_id, level, starts_at, task_id, version, environment_id, key_id, team_id, experiment_id, variant, correction_id) DO UPDATE SET
            validated = t.validated + excluded.validated, matched = t.matched + excluded.matched, weights = t.weights + excluded.weights,
            matched_weights = t.matched_weights + excluded.matched_weights, squared_weights = t.squared_weights + excluded.squared_weights;
          RETURN NULL;
        END $fn$;
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'roll_up_verdicts' AND tgrelid = 'validations'::regclass) THEN
            CREATE TRIGGER roll_up_verdicts AFTER UPDATE ON validations REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
              FOR EACH STATEMENT EXECUTE FUNCTION loopai_roll_up_verdicts();
          END IF;
        END $$;
        """;
}
