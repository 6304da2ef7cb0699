using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Configuration;
using Loopai.Core.Executions;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Tests.Analytics;

/// <summary>Random executions of an organization, rolled up by several writers, with verdicts that come late and change.</summary>
internal sealed class GivenFigures
{
    /// <summary>Two days after the clocks of Berlin went forward.</summary>
    public static readonly DateTimeOffset Now = new(2026, 3, 31, 10, 20, 30, TimeSpan.Zero);

    private readonly LoopaiDatabase _database;
    private readonly PostgresExecutionStore _store;
    private readonly Random _random = new(11);

    private GivenFigures(LoopaiDatabase database, TestOrganization organization, TaskDefinition[] tasks)
    {
        (_database, Organization, Tasks) = (database, organization, tasks);
        _store = new PostgresExecutionStore(database.System);
    }

    public TestOrganization Organization { get; }

    public Caller Caller => Organization.Caller;

    public TaskDefinition[] Tasks { get; }

    public Guid[] Keys { get; } = [Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()];

    public Guid Team { get; } = Guid.CreateVersion7();

    public Guid Experiment { get; } = Guid.CreateVersion7();

    public List<Execution> Executions { get; } = [];

    public AnalyticsService Service => new(_database.Data, Options.Create(new AnalyticsSettings()), new FixedClock(Now));

    public AnalyticsRebuild Rebuild => new(_database.Data, Options.Create(new ExecutionSettings()), Options.Create(new AnalyticsSettings()), new FixedClock(Now));

    public static async Task<GivenFigures> Async(LoopaiDatabase database)
    {
        var organization = await database.AddOrganizationAsync();
        var tasks = new[] { "Spam", "Triage", "Mood" }.Select(name => new TaskDefinition
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Name = name, InputSchema = "{}", OutputSchema = "{}", SpecificationHash = "", CreatedBy = "test",
            CreatedAt = Now, UpdatedAt = Now,
        }).ToArray();
        await using var db = await database.Data.OpenAsync(organization.Caller, default);
        db.Tasks.AddRange(tasks);
        await db.SaveChangesAsync();
        return new GivenFigures(database, organization, tasks);
    }

    /// <summary>Commits executions through writers of which one is closed half way.</summary>
    public async Task RunAsync(int count, TimeSpan span)
    {
        var writers = new[] { new RollupBook(), new RollupBook() };
        foreach (var chunk in Enumerable.Range(0, count).Select(_ => Random(Now - (span * _random.NextDouble()))).Chunk(count / 12 + 1))
        {
            var writer = writers[_random.Next(2)];
            foreach (var execution in chunk)
            {
                writer.Add(execution);
            }

            await _store.CommitAsync(new ExecutionBatch(chunk, writer.TakeTouched(), [.. chunk.Where(e => e.SampledBy is not null).Select(Pending)], []), default);
            Executions.AddRange(chunk);
            if (_random.Next(4) == 0)
            {
                writer.Close();
            }
        }
    }

    /// <summary>Gives verdicts, in batches, then changes some and takes others back.</summary>
    public async Task JudgeAsync()
    {
        foreach (var (status, share) in new[]
        {
            (ValidationStatus.Matched, 0.8), (ValidationStatus.Mismatched, 0.3), (ValidationStatus.InReview, 0.1), (ValidationStatus.Matched, 0.05), (ValidationStatus.Undecidable, 0.05),
        })
        {
            await using var db = await _database.Data.OpenAsync(Caller, default);
            var ids = (await db.Validations.Select(v => v.Id).ToListAsync()).Where(_ => _random.NextDouble() < share).ToArray();
            await db.Validations.Where(v => ids.Contains(v.Id)).ExecuteUpdateAsync(set => set.SetProperty(v => v.Status, status));
        }
    }

    public async Task<List<ValidationRecord>> VerdictsAsync()
    {
        await using var db = await _database.Data.OpenAsync(Caller, default);
        return await db.Validations.AsNoTracking()
            .Where(v => v.Probability != null && (v.Status == ValidationStatus.Matched || v.Status == ValidationStatus.Mismatched)).ToListAsync();
    }

    private Execution Random(DateTimeOffset at)
    {
        at = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        var takesPart = _random.Next(4) == 0;
        var sampled = _random.Next(3) == 0;
        return new Execution
        {
            Id = Guid.CreateVersion7(at), OrganizationId = Organization.Id, EnvironmentId = _random.Next(6) == 0 ? Guid.Empty : Organization.EnvironmentId,
            TaskId = Tasks[Math.Min(_random.Next(3), _random.Next(3))].Id, Version = _random.Next(1, 3), Status = (ExecutionStatus)Math.Max(0, _random.Next(8) - 4),
            Input = "{}", LatencyUs = (long)Math.Exp(3 + (_random.NextDouble() * 9)), Source = ExecutionSource.Api, ExecutedAt = at,
            ApiKeyId = _random.Next(4) is < 3 and var key ? Keys[key] : null, TeamId = _random.Next(2) == 0 ? Team : null,
            ExperimentId = takesPart ? Experiment : null, Variant = takesPart ? (short)_random.Next(2) : null,
            Cost = _random.Next(5) == 0 ? null : _random.Next(1, 1_000_000) / 1_000_000_000_000m, SampledBy = sampled ? "random" : null,
            SamplingProbability = sampled ? _random.Next(5) == 0 ? null : 0.05 + (_random.NextDouble() * 0.9) : null,
        };
    }

    private static ValidationRecord Pending(Execution e) => new()
    {
        Id = Guid.CreateVersion7(), OrganizationId = e.OrganizationId, EnvironmentId = e.EnvironmentId, TaskId = e.TaskId, ExecutionId = e.Id, Version = e.Version,
        SampledBy = e.SampledBy!, Probability = e.SamplingProbability, ApiKeyId = e.ApiKeyId, TeamId = e.TeamId, ExperimentId = e.ExperimentId, Variant = e.Variant,
        ExecutedAt = e.ExecutedAt, CreatedAt = e.ExecutedAt,
    };

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
