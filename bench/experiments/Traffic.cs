using Loopai.Core.Access;
using Loopai.Core.Experiments;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Loopai.Portal.Tests.Data;
using Npgsql;

namespace Loopai.Bench.Experiments;

/// <summary>A running experiment of version 1 against version 2 with a week of traffic.</summary>
internal sealed record Traffic(Experiment Row, Caller Caller)
{
    public static async Task<Traffic> FillAsync(LoopaiDatabase database, int executions, int units)
    {
        var organization = await database.AddOrganizationAsync();
        var start = DateTimeOffset.UtcNow.AddDays(-7);
        var task = new TaskDefinition
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Name = "Spam", InputSchema = "{}", OutputSchema = "{}",
            Sampling = new SamplingPolicy(), SpecificationHash = "", CreatedBy = "bench", CreatedAt = start, UpdatedAt = start,
        };
        var experiment = new Experiment
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, EnvironmentId = organization.EnvironmentId, TaskId = task.Id, Key = "bench", Name = "Bench",
            Seed = "bench", Status = ExperimentStatus.Running, Variants = [new Variant("control", "Control", 1, 0.5), new Variant("better", "Version 2", 2, 0.5)], RequiresUnit = true,
            Metrics = [new ChosenMetric("accuracy", MetricRole.Goal), new ChosenMetric("success_rate", MetricRole.Guardrail), new ChosenMetric("latency", MetricRole.Guardrail)],
            StartedAt = start, CreatedBy = "bench", CreatedAt = start,
        };
        await using (var db = await database.Data.OpenAsync(organization.Caller, CancellationToken.None))
        {
            db.Add(task);
            db.Add(experiment);
            await db.SaveChangesAsync();
        }

        await RunAsync(database, $$"""
            SELECT loopai_ensure_execution_partition((now() AT TIME ZONE 'UTC')::date - day) FROM generate_series(0, 8) AS day;
            INSERT INTO executions (id, organization_id, environment_id, task_id, version, status, input, output, latency_us, unit, source, executed_at, experiment_id, variant, sampling_probability)
            SELECT gen_random_uuid(), '{{organization.Id}}', '{{organization.EnvironmentId}}', '{{task.Id}}', 1 + u % 2, CASE WHEN random() < 0.01 THEN 1 ELSE 0 END,
              '{"text":"A mail of about a hundred letters, as the one who wrote this bench imagined that it could be."}', '"spam"',
              (exp(random() + random() + random()) * 100)::bigint, 'user-' || u, 0, date_trunc('milliseconds', now()) - random() * interval '6.9 days',
              '{{experiment.Id}}', u % 2, CASE WHEN random() < 0.05 THEN 0.05 END
            FROM (SELECT i % {{units}} AS u FROM generate_series(0, {{executions - 1}}) AS i) AS made;
            INSERT INTO validations (id, organization_id, environment_id, task_id, execution_id, version, sampled_by, probability, status, executed_at, created_at)
            SELECT gen_random_uuid(), organization_id, environment_id, task_id, id, version, 'random', sampling_probability,
              CASE WHEN random() < 0.9 + 0.02 * variant THEN 'Matched' ELSE 'Mismatched' END, executed_at, executed_at
            FROM executions WHERE task_id = '{{task.Id}}' AND sampling_probability IS NOT NULL;
            ANALYZE executions;
            ANALYZE validations;
            """);
        return new Traffic(experiment, organization.Caller);
    }

    /// <summary>The least that any analysis per unit has to ask.</summary>
    public static Task FloorAsync(LoopaiDatabase database, Traffic traffic) => RunAsync(
        database,
        $"SELECT count(*) FROM (SELECT unit, variant, count(*), sum(latency_us), min(executed_at) FROM executions WHERE task_id = '{traffic.Row.TaskId}' AND experiment_id = '{traffic.Row.Id}' GROUP BY 1, 2) AS units");

    private static async Task RunAsync(LoopaiDatabase database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database.Connections.Owner);
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }
}
