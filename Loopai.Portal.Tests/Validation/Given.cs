using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Validation;

/// <summary>An organization with a task, and executions of it that are checked.</summary>
internal sealed class Given(LoopaiDatabase database, TestOrganization organization, TaskDefinition task)
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly PostgresExecutionStore _store = new(database.System);
    private int _executions;

    public TestOrganization Organization => organization;

    public Caller Caller => organization.Caller;

    public TaskDefinition Task => task;

    public static async Task<Given> TaskAsync(LoopaiDatabase database, SamplingPolicy? sampling = null, string outputSchema = """{"enum":["spam","ham"]}""")
    {
        var organization = await database.AddOrganizationAsync();
        var task = new TaskDefinition
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Name = "Spam", InputSchema = "{}", OutputSchema = outputSchema,
            Sampling = sampling ?? new SamplingPolicy(), SpecificationHash = "", CreatedBy = "test", CreatedAt = Noon, UpdatedAt = Noon,
        };
        await using var db = await database.Data.OpenAsync(organization.Caller, CancellationToken.None);
        db.Tasks.Add(task);
        await db.SaveChangesAsync();
        return new Given(database, organization, task);
    }

    /// <summary>A person of the organization.</summary>
    public Caller Person(string name, params string[] permissions) => Caller.ForUser(
        Guid.CreateVersion7(), name, organization.Id, organization.EnvironmentId,
        permissions.Length > 0 ? permissions : [Permissions.ValidationsRead, Permissions.ValidationsDecide]);

    public async Task<ValidationRecord> ExecutionAsync(
        string output = "\"spam\"", string input = """{"text":"x"}""", int version = 1, double? probability = 0.5, double? confidence = null,
        ValidationStatus status = ValidationStatus.Pending, string? expected = null, DateTimeOffset? at = null, Guid? environmentId = null,
        Guid? key = null, Guid? team = null)
    {
        var executedAt = at ?? Noon.AddSeconds(_executions++);
        var execution = new Execution
        {
            Id = Guid.CreateVersion7(executedAt), OrganizationId = organization.Id, EnvironmentId = environmentId ?? organization.EnvironmentId, TaskId = task.Id,
            Version = version, Status = ExecutionStatus.Success, Input = input, Output = output, LatencyUs = 10, Source = ExecutionSource.Api,
            Confidence = confidence, SampledBy = SampledBy.Random, SamplingProbability = probability, ExecutedAt = executedAt, ApiKeyId = key, TeamId = team,
        };
        var decided = status is ValidationStatus.Matched or ValidationStatus.Mismatched;
        var validation = new ValidationRecord
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, EnvironmentId = execution.EnvironmentId, TaskId = task.Id, ExecutionId = execution.Id,
            Version = version, SampledBy = probability is null ? SampledBy.Forced : SampledBy.Random, Probability = probability, Status = status, Actual = output,
            Expected = expected ?? (status == ValidationStatus.Matched ? output : null), Confidence = confidence, ExecutedAt = executedAt, CreatedAt = executedAt,
            DecidedBy = decided ? DecidedBy.Labels : null, DecidedAt = decided ? executedAt : null,
        };
        await _store.CommitAsync(new ExecutionBatch([execution], [], [validation], []), CancellationToken.None);
        return validation;
    }

    public async Task ExampleAsync(string input, string output)
    {
        await using var db = await database.Data.OpenAsync(Caller, CancellationToken.None);
        db.Examples.Add(new Example
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, TaskId = task.Id, Input = input, Output = output,
            InputHash = CanonicalJson.Hash(input), Source = "upload", CreatedAt = Noon,
        });
        await db.SaveChangesAsync();
    }
}
