using Loopai.Core.Experiments.Analysis;

namespace Loopai.Infrastructure.Postgres;

/// <summary>PostgreSQL's words for what an analysis counts.</summary>
public sealed class PostgresAnalysisSql : IAnalysisSql
{
    /// <summary>It holds until the connection goes back to the pool. A hash of 100,000 units takes 25 MB; in the 4 to 8 MB that servers give, they are sorted on disk.</summary>
    public string Preparation => "SET work_mem = '64MB'";

    public FormattableString Latencies(AnalysisScope scope) =>
        $"""
        SELECT variant, hashtext(coalesce(unit, id::text)) & 63 AS "group", floor(ln(greatest(latency_us, 1)) / ln(1.02::double precision))::int AS class, count(*) AS count
        FROM executions
        WHERE task_id = {scope.TaskId} AND experiment_id = {scope.ExperimentId} AND shadow_of IS NULL AND variant IS NOT NULL
          AND executed_at >= {scope.From} AND executed_at < {scope.Until}
        GROUP BY 1, 2, 3
        """;

    /// <summary>The member is read of one execution a unit. Texts with an escaped NUL or half a surrogate pair are JSON that PostgreSQL cannot turn into text.</summary>
    public FormattableString Segments(AnalysisScope scope, string member) =>
        $"""
        SELECT unit, CASE WHEN input ~* '\\u(0000|d[89a-f])' THEN NULL ELSE left(input::json ->> {member}, 100) END AS value
        FROM (
          SELECT DISTINCT ON (unit) unit, input FROM executions
          WHERE task_id = {scope.TaskId} AND experiment_id = {scope.ExperimentId} AND shadow_of IS NULL AND unit IS NOT NULL
            AND executed_at >= {scope.From} AND executed_at < {scope.Until}
          ORDER BY unit, executed_at
        ) AS first
        """;
}
