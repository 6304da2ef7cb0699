using Loopai.Core.Experiments.Analysis;

namespace Loopai.Infrastructure.SqlServer;

/// <summary>SQL Server's words for what an analysis counts.</summary>
public sealed class SqlServerAnalysisSql : IAnalysisSql
{
    /// <summary>The server grants memory by its own estimate.</summary>
    public string? Preparation => null;

    public FormattableString Latencies(AnalysisScope scope) =>
        $"""
        SELECT variant, [group], class, COUNT_BIG(*) AS count
        FROM (
          SELECT variant, CHECKSUM(COALESCE(unit, CAST(id AS nvarchar(36)))) & 63 AS [group],
            CAST(FLOOR(LOG(IIF(latency_us < 1, 1, latency_us)) / LOG(1.02E0)) AS int) AS class
          FROM executions
          WHERE task_id = {scope.TaskId} AND experiment_id = {scope.ExperimentId} AND shadow_of IS NULL AND variant IS NOT NULL
            AND executed_at >= {scope.From} AND executed_at < {scope.Until}
        ) AS classes
        GROUP BY variant, [group], class
        """;

    public FormattableString Segments(AnalysisScope scope, string member)
    {
        var path = $"$.\"{member.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        return $"""
            SELECT unit, LEFT(JSON_VALUE(input, {path}), 100) AS value
            FROM (
              SELECT unit, input, ROW_NUMBER() OVER (PARTITION BY unit ORDER BY executed_at) AS place FROM executions
              WHERE task_id = {scope.TaskId} AND experiment_id = {scope.ExperimentId} AND shadow_of IS NULL AND unit IS NOT NULL
                AND executed_at >= {scope.From} AND executed_at < {scope.Until}
            ) AS ordered
            WHERE place = 1
            """;
    }
}
