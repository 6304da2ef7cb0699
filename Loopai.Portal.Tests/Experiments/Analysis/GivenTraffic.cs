using Loopai.Core.Access;
using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Events;
using Loopai.Core.Validation;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Experiments.Analysis;

/// <summary>An experiment that has run for ten days, and traffic of it.</summary>
internal sealed class GivenTraffic(GivenExperiment given, Experiment experiment)
{
    private readonly List<Execution> _executions = [];
    private readonly List<ValidationRecord> _validations = [];
    private readonly List<ExperimentEvent> _events = [];

    public static readonly ExperimentAnalysis Analysis = new(new PostgresAnalysisSql());

    public Experiment Experiment => experiment;

    public Caller Caller => given.Caller;

    public DateTimeOffset Start => experiment.StartedAt!.Value;

    /// <summary>The experiment, started ten days ago.</summary>
    public static async Task<GivenTraffic> Async(LoopaiDatabase database, Func<ExperimentDraft, ExperimentDraft>? with = null, Func<GivenExperiment, Task>? before = null)
    {
        var given = await GivenExperiment.AsyncFor(database);
        if (before is not null)
        {
            await before(given);
        }

        var started = await given.StartAsync((with ?? (d => d))(given.Draft()));
        await database.AsOwnerAsync($"UPDATE experiments SET started_at = date_trunc('milliseconds', now()) - interval '10 days' WHERE id = '{started.Id}'");
        return new GivenTraffic(given, await given.Experiments.GetAsync(given.Caller, started.Id, CancellationToken.None));
    }

    public Execution Add(
        short variant, string? unit, double hours = 1, long latencyUs = 1_000, ExecutionStatus status = ExecutionStatus.Success, string input = "{}", string output = "\"a\"",
        Execution? shadowOf = null, bool counts = true)
    {
        var at = shadowOf?.ExecutedAt ?? DateTimeOffset.FromUnixTimeMilliseconds(Start.AddHours(hours).ToUnixTimeMilliseconds());
        var execution = new Execution
        {
            Id = Guid.CreateVersion7(at), OrganizationId = given.Organization.Id, EnvironmentId = given.Organization.EnvironmentId, TaskId = given.Task.Id,
            Version = experiment.Variants[variant].Version, Status = status, Input = input, Output = output, LatencyUs = latencyUs, Unit = unit,
            ExperimentId = counts ? experiment.Id : null, Variant = counts ? variant : null, ShadowOf = shadowOf?.Id, Source = ExecutionSource.Api, ExecutedAt = at,
        };
        _executions.Add(execution);
        return execution;
    }

    public void Check(Execution execution, bool right, double? probability, string? expected = null) => _validations.Add(new ValidationRecord
    {
        Id = Guid.CreateVersion7(), OrganizationId = execution.OrganizationId, EnvironmentId = execution.EnvironmentId, TaskId = execution.TaskId, ExecutionId = execution.Id,
        Version = execution.Version, SampledBy = SampledBy.Random, Probability = probability, Status = right ? ValidationStatus.Matched : ValidationStatus.Mismatched,
        Actual = execution.Output, Expected = right ? execution.Output : expected, ExecutedAt = execution.ExecutedAt, CreatedAt = execution.ExecutedAt,
    });

    public void Happen(string unit, string name, double value, double hours) => _events.Add(new ExperimentEvent
    {
        OrganizationId = given.Organization.Id, EnvironmentId = given.Organization.EnvironmentId, EventId = Guid.NewGuid().ToString(), Unit = unit, Name = name, Value = value,
        At = Start.AddHours(hours), ReceivedAt = DateTimeOffset.UtcNow,
    });

    public async Task<ExperimentSnapshot> AnalyzeAsync()
    {
        await StoreAsync();
        return await AnalyzeAsync(given, experiment);
    }

    public static async Task<ExperimentSnapshot> AnalyzeAsync(GivenExperiment given, Experiment experiment)
    {
        await using var db = await given.Database.Data.OpenAsync(given.Caller, CancellationToken.None);
        var snapshot = await Analysis.AnalyzeAsync(db, experiment, DateTimeOffset.UtcNow, null, CancellationToken.None);

        // What is stored is what is shown: a figure that is no number would end here.
        return ExperimentSnapshot.Parse(snapshot.ToJson());
    }

    public async Task StoreAsync()
    {
        await new PostgresExecutionStore(given.Database.System).CommitAsync(new ExecutionBatch(_executions, [], _validations, []), CancellationToken.None);

        // An execution that was checked by chance is one that was sampled.
        await given.Database.AsOwnerAsync(
            $"UPDATE executions e SET sampling_probability = v.probability FROM validations v WHERE v.execution_id = e.id AND v.executed_at = e.executed_at AND e.task_id = '{given.Task.Id}'");
        await using var db = await given.Database.Data.OpenAsync(Caller, CancellationToken.None);
        db.ExperimentEvents.AddRange(_events);
        await db.SaveChangesAsync();
        _executions.Clear();
        _validations.Clear();
        _events.Clear();
    }
}
