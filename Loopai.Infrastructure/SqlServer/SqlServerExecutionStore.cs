using System.Text.Encodings.Web;
using System.Text.Json;
using Loopai.Core.Executions;
using Microsoft.Data.SqlClient;

namespace Loopai.Infrastructure.SqlServer;

/// <summary>
/// One transaction, one round trip: every list goes over as one JSON text that OPENJSON turns into rows. A roll-up row belongs to one writer; HOLDLOCK
/// keeps even two with the same key from both inserting.
/// </summary>
public sealed class SqlServerExecutionStore(SqlServerConnections connections) : IExecutionStore
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The number that the last statement throws.</summary>
    private const int AlreadyCounted = 50001;

    internal const string Commit = """
        SET XACT_ABORT ON;
        BEGIN TRANSACTION;
        INSERT INTO dbo.[executions] ([id], [organization_id], [environment_id], [task_id], [version], [status], [input], [output], [error], [confidence],
          [latency_us], [unit], [sampled_by], [sampling_probability], [source], [api_key_id], [trace_id], [executed_at], [experiment_id], [variant],
          [shadow_of], [team_id], [cost], [price_id])
        SELECT [id], [organization_id], [environment_id], [task_id], [version], [status], [input], [output], [error], [confidence],
          [latency_us], [unit], [sampled_by], [sampling_probability], [source], [api_key_id], [trace_id], [executed_at], [experiment_id], [variant],
          [shadow_of], [team_id], [cost], [price_id]
        FROM OPENJSON(@executions) WITH ([id] uniqueidentifier, [organization_id] uniqueidentifier, [environment_id] uniqueidentifier,
          [task_id] uniqueidentifier, [version] int, [status] smallint, [input] nvarchar(max), [output] nvarchar(max),
          [error] nvarchar(max), [confidence] float, [latency_us] bigint, [unit] nvarchar(256), [sampled_by] nvarchar(16),
          [sampling_probability] float, [source] smallint, [api_key_id] uniqueidentifier, [trace_id] nvarchar(32),
          [executed_at] datetimeoffset, [experiment_id] uniqueidentifier, [variant] smallint, [shadow_of] uniqueidentifier,
          [team_id] uniqueidentifier, [cost] decimal(20,12), [price_id] uniqueidentifier);
        MERGE dbo.[execution_rollups] WITH (HOLDLOCK) AS t
        USING (SELECT [organization_id], [environment_id], [task_id], [version], [level], [starts_at], [writer_id], [executions], [errors],
          [timeouts], [invalid_outputs], [sampled], [latency_sum_us], [latencies], [key_id], [team_id], [experiment_id], [variant], [cost], [unpriced]
          FROM OPENJSON(@rollups) WITH ([organization_id] uniqueidentifier, [environment_id] uniqueidentifier, [task_id] uniqueidentifier, [version] int,
          [level] smallint, [starts_at] datetimeoffset, [writer_id] uniqueidentifier, [executions] bigint, [errors] bigint,
          [timeouts] bigint, [invalid_outputs] bigint, [sampled] bigint, [latency_sum_us] bigint, [latencies] nvarchar(max), [key_id] uniqueidentifier,
          [team_id] uniqueidentifier, [experiment_id] uniqueidentifier, [variant] smallint, [cost] decimal(28,12), [unpriced] bigint)) AS r
        ON t.[organization_id] = r.[organization_id]
          AND t.[level] = r.[level]
          AND t.[starts_at] = r.[starts_at]
          AND t.[task_id] = r.[task_id]
          AND t.[version] = r.[version]
          AND t.[environment_id] = r.[environment_id]
          AND t.[key_id] = r.[key_id]
          AND t.[team_id] = r.[team_id]
          AND t.[experiment_id] = r.[experiment_id]
          AND t.[variant] = r.[variant]
          AND t.[writer_id] = r.[writer_id]
        WHEN MATCHED THEN UPDATE SET t.[executions] = r.[executions], t.[errors] = r.[errors], t.[timeouts] = r.[timeouts],
          t.[invalid_outputs] = r.[invalid_outputs], t.[sampled] = r.[sampled], t.[latency_sum_us] = r.[latency_sum_us],
          t.[cost] = r.[cost], t.[unpriced] = r.[unpriced],
          t.[latencies] = CONVERT(varbinary(max), r.[latencies], 2)
        WHEN NOT MATCHED THEN INSERT ([organization_id], [environment_id], [task_id], [version], [level], [starts_at], [writer_id], [executions], [errors],
          [timeouts], [invalid_outputs], [sampled], [latency_sum_us], [latencies], [key_id], [team_id], [experiment_id], [variant], [cost], [unpriced])
          VALUES (r.[organization_id], r.[environment_id], r.[task_id], r.[version], r.[level], r.[starts_at], r.[writer_id],
          r.[executions], r.[errors], r.[timeouts], r.[invalid_outputs], r.[sampled], r.[latency_sum_us],
          CONVERT(varbinary(max), r.[latencies], 2), r.[key_id], r.[team_id], r.[experiment_id], r.[variant], r.[cost], r.[unpriced]);
        MERGE dbo.[usage_counters] WITH (HOLDLOCK) AS t
        USING (SELECT [organization_id], [environment_id], [day], [key_id], [task_id], [writer_id], [executions], [errors], [latency_sum_us]
          FROM OPENJSON(@usage) WITH ([organization_id] uniqueidentifier, [environment_id] uniqueidentifier, [day] date, [key_id] uniqueidentifier,
          [task_id] uniqueidentifier, [writer_id] uniqueidentifier, [executions] bigint, [errors] bigint, [latency_sum_us] bigint)) AS u
        ON t.[organization_id] = u.[organization_id]
          AND t.[day] = u.[day]
          AND t.[key_id] = u.[key_id]
          AND t.[task_id] = u.[task_id]
          AND t.[environment_id] = u.[environment_id]
          AND t.[writer_id] = u.[writer_id]
        WHEN MATCHED THEN UPDATE SET t.[executions] = u.[executions], t.[errors] = u.[errors], t.[latency_sum_us] = u.[latency_sum_us]
        WHEN NOT MATCHED THEN INSERT ([organization_id], [environment_id], [day], [key_id], [task_id], [writer_id], [executions], [errors], [latency_sum_us])
          VALUES (u.[organization_id], u.[environment_id], u.[day], u.[key_id], u.[task_id], u.[writer_id], u.[executions], u.[errors], u.[latency_sum_us]);
        INSERT INTO dbo.[validations] ([id], [organization_id], [environment_id], [task_id], [execution_id], [version], [sampled_by], [probability], [status],
          [actual], [expected], [decided_by], [decided_by_name], [confidence], [executed_at], [created_at], [decided_at], [api_key_id], [team_id],
          [experiment_id], [variant])
        SELECT [id], [organization_id], [environment_id], [task_id], [execution_id], [version], [sampled_by], [probability], [status],
          [actual], [expected], [decided_by], [decided_by_name], [confidence], [executed_at], [created_at], [decided_at], [api_key_id], [team_id],
          [experiment_id], [variant]
        FROM OPENJSON(@validations) WITH ([id] uniqueidentifier, [organization_id] uniqueidentifier, [environment_id] uniqueidentifier,
          [task_id] uniqueidentifier, [execution_id] uniqueidentifier, [version] int, [sampled_by] nvarchar(16),
          [probability] float, [status] nvarchar(16), [actual] nvarchar(max), [expected] nvarchar(max),
          [decided_by] nvarchar(16), [decided_by_name] nvarchar(200), [confidence] float, [executed_at] datetimeoffset,
          [created_at] datetimeoffset, [decided_at] datetimeoffset, [api_key_id] uniqueidentifier, [team_id] uniqueidentifier,
          [experiment_id] uniqueidentifier, [variant] smallint);
        INSERT INTO dbo.[webhook_events] ([id], [organization_id], [environment_id], [task_id], [type], [at], [data], [waiting_since])
        SELECT [id], [organization_id], [environment_id], [task_id], [type], [at], [data], [waiting_since]
        FROM OPENJSON(@events) WITH ([id] uniqueidentifier, [organization_id] uniqueidentifier, [environment_id] uniqueidentifier, [task_id] uniqueidentifier,
          [type] nvarchar(64), [at] datetimeoffset, [data] nvarchar(max), [waiting_since] datetimeoffset);
        INSERT INTO dbo.[uncounted_commits] ([id], [organization_id], [committed_at], [execution_ids])
        SELECT [id], [organization_id], SYSDATETIMEOFFSET(), CONVERT(varbinary(max), [execution_ids], 2)
        FROM OPENJSON(@uncounted) WITH ([id] uniqueidentifier, [organization_id] uniqueidentifier, [execution_ids] nvarchar(max));
        DELETE FROM dbo.[uncounted_commits] WHERE [id] IN (SELECT CONVERT(uniqueidentifier, [value]) FROM OPENJSON(@counted));
        IF @@ROWCOUNT <> (SELECT COUNT(*) FROM OPENJSON(@counted)) THROW 50001, 'Another has counted these executions.', 1;
        COMMIT TRANSACTION;
        """;

    public async Task CommitAsync(ExecutionBatch batch, CancellationToken ct)
    {
        await using var connection = await SqlServerSession.OpenSystemAsync(connections.Runtime, ct);
        await using var command = new SqlCommand(Commit, connection);
        Add(command, "@executions", batch.Executions.Select(e => new
        {
            id = e.Id, organization_id = e.OrganizationId, environment_id = e.EnvironmentId, task_id = e.TaskId, version = e.Version,
            status = (short)e.Status, input = e.Input, output = e.Output, error = e.Error, confidence = e.Confidence, latency_us = e.LatencyUs,
            unit = e.Unit, sampled_by = e.SampledBy, sampling_probability = e.SamplingProbability, source = (short)e.Source,
            api_key_id = e.ApiKeyId, trace_id = e.TraceId, executed_at = e.ExecutedAt, experiment_id = e.ExperimentId, variant = e.Variant, shadow_of = e.ShadowOf,
            team_id = e.TeamId, cost = e.Cost, price_id = e.PriceId,
        }));
        Add(command, "@rollups", batch.Rollups.Select(r => new
        {
            organization_id = r.OrganizationId, environment_id = r.EnvironmentId, task_id = r.TaskId, version = r.Version, level = (short)r.Level,
            starts_at = r.StartsAt, writer_id = r.WriterId, executions = r.Executions, errors = r.Errors, timeouts = r.Timeouts,
            invalid_outputs = r.InvalidOutputs, sampled = r.Sampled, latency_sum_us = r.LatencySumUs, latencies = Convert.ToHexString(r.Latencies),
            key_id = r.KeyId, team_id = r.TeamId, experiment_id = r.ExperimentId, variant = r.Variant, cost = r.Cost, unpriced = r.Unpriced,
        }));
        Add(command, "@usage", batch.Usage.Select(u => new
        {
            organization_id = u.OrganizationId, environment_id = u.EnvironmentId, day = u.Day, key_id = u.KeyId, task_id = u.TaskId, writer_id = u.WriterId,
            executions = u.Executions, errors = u.Errors, latency_sum_us = u.LatencySumUs,
        }));
        Add(command, "@validations", batch.Validations.Select(v => new
        {
            id = v.Id, organization_id = v.OrganizationId, environment_id = v.EnvironmentId, task_id = v.TaskId, execution_id = v.ExecutionId,
            version = v.Version, sampled_by = v.SampledBy, probability = v.Probability, status = v.Status.ToString(), actual = v.Actual,
            expected = v.Expected, decided_by = v.DecidedBy, decided_by_name = v.DecidedByName, confidence = v.Confidence,
            executed_at = v.ExecutedAt, created_at = v.CreatedAt, decided_at = v.DecidedAt,
            api_key_id = v.ApiKeyId, team_id = v.TeamId, experiment_id = v.ExperimentId, variant = v.Variant,
        }));
        Add(command, "@events", batch.Events.Select(e => new
        {
            id = e.Id, organization_id = e.OrganizationId, environment_id = e.EnvironmentId, task_id = e.TaskId, type = e.Type, at = e.At, data = e.Data,
            waiting_since = e.WaitingSince,
        }));
        Add(command, "@uncounted", batch.Uncounted.Select(n => new { id = n.Id, organization_id = n.OrganizationId, execution_ids = Convert.ToHexString(n.ExecutionIds) }));
        Add(command, "@counted", batch.Counted);
        try
        {
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (SqlException e) when (e.Number == AlreadyCounted)
        {
            throw new AlreadyCountedException();
        }
    }

    private static void Add<T>(SqlCommand command, string name, IEnumerable<T> rows) =>
        command.Parameters.Add(name, System.Data.SqlDbType.NVarChar, -1).Value = JsonSerializer.Serialize(rows, Json);
}
