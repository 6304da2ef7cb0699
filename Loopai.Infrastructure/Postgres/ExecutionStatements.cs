using Loopai.Core.Executions;
using Loopai.Core.Usage;
using Loopai.Core.Validation;
using Loopai.Core.Webhooks;
using Npgsql;
using NpgsqlTypes;

namespace Loopai.Infrastructure.Postgres;

/// <summary>What a group commit says to the server: for each table one statement, whose parameters are columns.</summary>
internal static class ExecutionStatements
{
    public static NpgsqlBatchCommand InsertExecutions(IReadOnlyList<Execution> rows) => new(
        """
        INSERT INTO executions (id, organization_id, environment_id, task_id, version, status, input, output, error, confidence, latency_us, unit,
          sampled_by, sampling_probability, source, api_key_id, trace_id, executed_at, experiment_id, variant, shadow_of, team_id, cost, price_id)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
        """)
    {
        Parameters =
        {
            Column(rows, NpgsqlDbType.Uuid, e => e.Id),
            Column(rows, NpgsqlDbType.Uuid, e => e.OrganizationId),
            Column(rows, NpgsqlDbType.Uuid, e => e.EnvironmentId),
            Column(rows, NpgsqlDbType.Uuid, e => e.TaskId),
            Column(rows, NpgsqlDbType.Integer, e => e.Version),
            Column(rows, NpgsqlDbType.Smallint, e => (short)e.Status),
            Column(rows, NpgsqlDbType.Text, e => e.Input),
            Column(rows, NpgsqlDbType.Text, e => e.Output),
            Column(rows, NpgsqlDbType.Text, e => e.Error),
            Column(rows, NpgsqlDbType.Double, e => e.Confidence),
            Column(rows, NpgsqlDbType.Bigint, e => e.LatencyUs),
            Column(rows, NpgsqlDbType.Text, e => e.Unit),
            Column(rows, NpgsqlDbType.Text, e => e.SampledBy),
            Column(rows, NpgsqlDbType.Double, e => e.SamplingProbability),
            Column(rows, NpgsqlDbType.Smallint, e => (short)e.Source),
            Column(rows, NpgsqlDbType.Uuid, e => e.ApiKeyId),
            Column(rows, NpgsqlDbType.Text, e => e.TraceId),
            Column(rows, NpgsqlDbType.TimestampTz, e => e.ExecutedAt.UtcDateTime),
            Column(rows, NpgsqlDbType.Uuid, e => e.ExperimentId),
            Column(rows, NpgsqlDbType.Smallint, e => e.Variant),
            Column(rows, NpgsqlDbType.Uuid, e => e.ShadowOf),
            Column(rows, NpgsqlDbType.Uuid, e => e.TeamId),
            Column(rows, NpgsqlDbType.Numeric, e => e.Cost),
            Column(rows, NpgsqlDbType.Uuid, e => e.PriceId),
        },
    };

    public static NpgsqlBatchCommand UpsertRollups(IReadOnlyList<ExecutionRollup> rows) => new(
        """
        INSERT INTO execution_rollups (organization_id, environment_id, task_id, version, level, starts_at, writer_id, executions, errors, timeouts,
          invalid_outputs, sampled, latency_sum_us, latencies, key_id, team_id, experiment_id, variant, cost, unpriced)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        ON CONFLICT (organization_id, level, starts_at, task_id, version, environment_id, key_id, team_id, experiment_id, variant, writer_id) DO UPDATE SET
          executions = excluded.executions, errors = excluded.errors, timeouts = excluded.timeouts, invalid_outputs = excluded.invalid_outputs,
          sampled = excluded.sampled, latency_sum_us = excluded.latency_sum_us, latencies = excluded.latencies,
          cost = excluded.cost, unpriced = excluded.unpriced
        """)
    {
        Parameters =
        {
            Column(rows, NpgsqlDbType.Uuid, r => r.OrganizationId),
            Column(rows, NpgsqlDbType.Uuid, r => r.EnvironmentId),
            Column(rows, NpgsqlDbType.Uuid, r => r.TaskId),
            Column(rows, NpgsqlDbType.Integer, r => r.Version),
            Column(rows, NpgsqlDbType.Smallint, r => (short)r.Level),
            Column(rows, NpgsqlDbType.TimestampTz, r => r.StartsAt.UtcDateTime),
            Column(rows, NpgsqlDbType.Uuid, r => r.WriterId),
            Column(rows, NpgsqlDbType.Bigint, r => r.Executions),
            Column(rows, NpgsqlDbType.Bigint, r => r.Errors),
            Column(rows, NpgsqlDbType.Bigint, r => r.Timeouts),
            Column(rows, NpgsqlDbType.Bigint, r => r.InvalidOutputs),
            Column(rows, NpgsqlDbType.Bigint, r => r.Sampled),
            Column(rows, NpgsqlDbType.Bigint, r => r.LatencySumUs),
            Column(rows, NpgsqlDbType.Bytea, r => r.Latencies),
            Column(rows, NpgsqlDbType.Uuid, r => r.KeyId),
            Column(rows, NpgsqlDbType.Uuid, r => r.TeamId),
            Column(rows, NpgsqlDbType.Uuid, r => r.ExperimentId),
            Column(rows, NpgsqlDbType.Smallint, r => r.Variant),
            Column(rows, NpgsqlDbType.Numeric, r => r.Cost),
            Column(rows, NpgsqlDbType.Bigint, r => r.Unpriced),
        },
    };

    public static NpgsqlBatchCommand UpsertUsage(IReadOnlyList<UsageCounter> rows) => new(
        """
        INSERT INTO usage_counters (organization_id, environment_id, day, key_id, task_id, writer_id, executions, errors, latency_sum_us)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (organization_id, day, key_id, task_id, environment_id, writer_id) DO UPDATE SET
          executions = excluded.executions, errors = excluded.errors, latency_sum_us = excluded.latency_sum_us
        """)
    {
        Parameters =
        {
            Column(rows, NpgsqlDbType.Uuid, u => u.OrganizationId),
            Column(rows, NpgsqlDbType.Uuid, u => u.EnvironmentId),
            Column(rows, NpgsqlDbType.Date, u => u.Day),
            Column(rows, NpgsqlDbType.Uuid, u => u.KeyId),
            Column(rows, NpgsqlDbType.Uuid, u => u.TaskId),
            Column(rows, NpgsqlDbType.Uuid, u => u.WriterId),
            Column(rows, NpgsqlDbType.Bigint, u => u.Executions),
            Column(rows, NpgsqlDbType.Bigint, u => u.Errors),
            Column(rows, NpgsqlDbType.Bigint, u => u.LatencySumUs),
        },
    };

    public static NpgsqlBatchCommand InsertValidations(IReadOnlyList<ValidationRecord> rows) => new(
        """
        INSERT INTO validations (id, organization_id, environment_id, task_id, execution_id, version, sampled_by, probability, status, actual,
          expected, decided_by, decided_by_name, confidence, executed_at, created_at, decided_at, api_key_id, team_id, experiment_id, variant)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
        """)
    {
        Parameters =
        {
            Column(rows, NpgsqlDbType.Uuid, v => v.Id),
            Column(rows, NpgsqlDbType.Uuid, v => v.OrganizationId),
            Column(rows, NpgsqlDbType.Uuid, v => v.EnvironmentId),
            Column(rows, NpgsqlDbType.Uuid, v => v.TaskId),
            Column(rows, NpgsqlDbType.Uuid, v => v.ExecutionId),
            Column(rows, NpgsqlDbType.Integer, v => v.Version),
            Column(rows, NpgsqlDbType.Text, v => v.SampledBy),
            Column(rows, NpgsqlDbType.Double, v => v.Probability),
            Column(rows, NpgsqlDbType.Text, v => v.Status.ToString()),
            Column(rows, NpgsqlDbType.Text, v => v.Actual),
            Column(rows, NpgsqlDbType.Text, v => v.Expected),
            Column(rows, NpgsqlDbType.Text, v => v.DecidedBy),
            Column(rows, NpgsqlDbType.Text, v => v.DecidedByName),
            Column(rows, NpgsqlDbType.Double, v => v.Confidence),
            Column(rows, NpgsqlDbType.TimestampTz, v => v.ExecutedAt.UtcDateTime),
            Column(rows, NpgsqlDbType.TimestampTz, v => v.CreatedAt.UtcDateTime),
            Column(rows, NpgsqlDbType.TimestampTz, v => v.DecidedAt?.UtcDateTime),
            Column(rows, NpgsqlDbType.Uuid, v => v.ApiKeyId),
            Column(rows, NpgsqlDbType.Uuid, v => v.TeamId),
            Column(rows, NpgsqlDbType.Uuid, v => v.ExperimentId),
            Column(rows, NpgsqlDbType.Smallint, v => v.Variant),
        },
    };

    public static NpgsqlBatchCommand InsertEvents(IReadOnlyList<WebhookEvent> rows) => new(
        """
        INSERT INTO webhook_events (id, organization_id, environment_id, task_id, type, at, data, waiting_since)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
        """)
    {
        Parameters =
        {
            Column(rows, NpgsqlDbType.Uuid, e => e.Id),
            Column(rows, NpgsqlDbType.Uuid, e => e.OrganizationId),
            Column(rows, NpgsqlDbType.Uuid, e => e.EnvironmentId),
            Column(rows, NpgsqlDbType.Uuid, e => e.TaskId),
            Column(rows, NpgsqlDbType.Text, e => e.Type),
            Column(rows, NpgsqlDbType.TimestampTz, e => e.At.UtcDateTime),
            Column(rows, NpgsqlDbType.Text, e => e.Data),
            Column(rows, NpgsqlDbType.TimestampTz, e => e.WaitingSince?.UtcDateTime),
        },
    };

    public static NpgsqlBatchCommand InsertUncounted(IReadOnlyList<UncountedCommit> rows) => new(
        "INSERT INTO uncounted_commits (id, organization_id, committed_at, execution_ids) SELECT id, organization, now(), ids FROM unnest($1, $2, $3) AS n (id, organization, ids)")
    {
        Parameters =
        {
            Column(rows, NpgsqlDbType.Uuid, n => n.Id),
            Column(rows, NpgsqlDbType.Uuid, n => n.OrganizationId),
            Column(rows, NpgsqlDbType.Bytea, n => n.ExecutionIds),
        },
    };

    public static NpgsqlBatchCommand DeleteUncounted(IReadOnlyList<Guid> ids) => new("DELETE FROM uncounted_commits WHERE id = ANY($1)")
    {
        Parameters = { Column(ids, NpgsqlDbType.Uuid, id => id) },
    };

    private static NpgsqlParameter<TValue[]> Column<TRow, TValue>(IReadOnlyList<TRow> rows, NpgsqlDbType type, Func<TRow, TValue> value)
    {
        var column = new TValue[rows.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(rows[i]);
        }

        return new NpgsqlParameter<TValue[]> { TypedValue = column, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}
