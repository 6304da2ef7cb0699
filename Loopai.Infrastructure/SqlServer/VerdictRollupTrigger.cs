using Loopai.Core.Validation;

namespace Loopai.Infrastructure.SqlServer;

/// <summary>Keeps the roll-ups of verdicts in the transaction of the verdict, as PostgreSQL's trigger does.</summary>
internal static class VerdictRollupTrigger
{
    public static readonly string Sql = $"""
        CREATE OR ALTER TRIGGER dbo.roll_up_verdicts ON dbo.[validations] AFTER UPDATE AS
        BEGIN
          SET NOCOUNT ON;
          MERGE dbo.[verdict_rollups] WITH (HOLDLOCK) AS t
          USING (
            SELECT v.organization_id, l.[level], l.starts_at, v.task_id, v.[version], v.environment_id,
              COALESCE(v.api_key_id, '{Guid.Empty}') AS key_id, COALESCE(v.team_id, '{Guid.Empty}') AS team_id,
              COALESCE(v.experiment_id, '{Guid.Empty}') AS experiment_id, COALESCE(v.variant, CAST(-1 AS smallint)) AS variant,
              SUM(v.sign) AS validated, SUM(CASE WHEN v.status = N'Matched' THEN v.sign ELSE 0 END) AS matched,
              SUM(v.sign * v.weight) AS weights, SUM(CASE WHEN v.status = N'Matched' THEN v.sign * v.weight ELSE 0 END) AS matched_weights,
              SUM(v.sign * v.squared) AS squared_weights
            FROM (
              SELECT organization_id, task_id, [version], environment_id, api_key_id, team_id, experiment_id, variant, status, executed_at, CAST(1 AS bigint) AS sign,
                CAST(ROUND(1 / probability, {VerdictRollup.Places}) AS decimal(28,{VerdictRollup.Places})) AS weight,
                CAST(ROUND(1 / (probability * probability), {VerdictRollup.Places}) AS decimal(28,{VerdictRollup.Places})) AS squared
              FROM inserted WHERE probability IS NOT NULL AND status IN (N'Matched', N'Mismatched')
              UNION ALL
              SELECT organization_id, task_id, [version], environment_id, api_key_id, team_id, experiment_id, variant, status, executed_at, -1,
                CAST(ROUND(1 / probability, {VerdictRollup.Places}) AS decimal(28,{VerdictRollup.Places})),
                CAST(ROUND(1 / (probability * probability), {VerdictRollup.Places}) AS decimal(28,{VerdictRollup.Places}))
              FROM deleted WHERE probability IS NOT NULL AND status IN (N'Matched', N'Mismatched')
            ) AS v
            CROSS APPLY (VALUES
              (CAST(0 AS smallint), TODATETIMEOFFSET(DATEADD(minute, DATEDIFF(minute, '20200101', SWITCHOFFSET(v.executed_at, 0)), CAST('20200101' AS datetime2)), 0)),
              (CAST(1 AS smallint), TODATETIMEOFFSET(DATEADD(hour, DATEDIFF(hour, '20200101', SWITCHOFFSET(v.executed_at, 0)), CAST('20200101' AS datetime2)), 0)),
              (CAST(2 AS smallint), TODATETIMEOFFSET(DATEADD(day, DATEDIFF(day, '20200101', SWITCHOFFSET(v.executed_at, 0)), CAST('20200101' AS datetime2)), 0))
            ) AS l([level], starts_at)
            GROUP BY v.organization_id, l.[level], l.starts_at, v.task_id, v.[version], v.environment_id, COALESCE(v.api_key_id, '{Guid.Empty}'),
              COALESCE(v.team_id, '{Guid.Empty}'), COALESCE(v.experiment_id, '{Guid.Empty}'), COALESCE(v.variant, CAST(-1 AS smallint))
            HAVING SUM(v.sign) <> 0 OR SUM(CASE WHEN v.status = N'Matched' THEN v.sign ELSE 0 END) <> 0
          ) AS d
          ON t.organization_id = d.organization_id AND t.[level] = d.[level] AND t.starts_at = d.starts_at AND t.task_id = d.task_id AND t.[version] = d.[version]
            AND t.environment_id = d.environment_id AND t.key_id = d.key_id AND t.team_id = d.team_id AND t.experiment_id = d.experiment_id
            AND t.variant = d.variant AND t.correction_id = '{Guid.Empty}'
          WHEN MATCHED THEN UPDATE SET t.validated = t.validated + d.validated, t.matched = t.matched + d.matched, t.weights = t.weights + d.weights,
            t.matched_weights = t.matched_weights + d.matched_weights, t.squared_weights = t.squared_weights + d.squared_weights
          WHEN NOT MATCHED THEN INSERT (organization_id, [level], starts_at, task_id, [version], environment_id, key_id, team_id, experiment_id, variant, correction_id,
              validated, matched, weights, matched_weights, squared_weights)
            VALUES (d.organization_id, d.[level], d.starts_at, d.task_id, d.[version], d.environment_id, d.key_id, d.team_id, d.experiment_id, d.variant, '{Guid.Empty}',
              d.validated, d.matched, d.weights, d.matched_weights, d.squared_weights);
        END
        """;
}
