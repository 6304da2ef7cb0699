using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Notifications;
using Loopai.Core.Rollouts;
using Loopai.Core.Validation;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Rollouts;

/// <summary>What rollouts are judged by, as tests need it.</summary>
internal static class GivenRollout
{
    public static RolloutKeeper Keeper(LoopaiData data, TimeProvider clock, IMailSender? mail = null) => new(
        data, new RolloutMail(data, mail ?? new NoMail(), new PortalSettings(), NullLogger<RolloutMail>.Instance), clock, NullLogger<RolloutKeeper>.Instance);

    /// <summary>Executions of the minute before now, each of a unit of its own, of which so many ended in a status and took a time.</summary>
    /// <param name="wrong">Of which every one was checked with a probability of a half, and so many of these were wrong; null for none checked.</param>
    public static async Task AddExecutionsAsync(
        this LoopaiDatabase database, TestOrganization organization, Guid taskId, int version, int units, int faults, ExecutionStatus status, long latencyUs, DateTimeOffset now,
        int? wrong = null, ExecutionSource source = ExecutionSource.Api)
    {
        var book = new RollupBook();
        var executions = Enumerable.Range(0, units).Select(i =>
        {
            var at = now.AddMilliseconds(i);
            return new Execution
            {
                Id = Guid.CreateVersion7(at), OrganizationId = organization.Id, EnvironmentId = organization.EnvironmentId, TaskId = taskId, Version = version,
                Status = i < faults ? status : ExecutionStatus.Success, Input = "{}", LatencyUs = i < faults ? latencyUs : 1_000, Unit = $"unit-{version}-{now.Ticks}-{i}",
                Source = source, ExecutedAt = at,
            };
        }).ToList();
        executions.ForEach(book.Add);
        var verdicts = wrong is null ? [] : executions.Select((e, i) => new ValidationRecord
        {
            Id = Guid.CreateVersion7(), OrganizationId = e.OrganizationId, EnvironmentId = e.EnvironmentId, TaskId = e.TaskId, ExecutionId = e.Id, Version = e.Version,
            SampledBy = SampledBy.Random, Probability = 0.5, Status = i < wrong ? ValidationStatus.Mismatched : ValidationStatus.Matched, ExecutedAt = e.ExecutedAt, CreatedAt = e.ExecutedAt,
        }).ToList();
        await new PostgresExecutionStore(database.System).CommitAsync(new ExecutionBatch(executions, book.TakeTouched(), verdicts, []), CancellationToken.None);
    }

    private sealed class NoMail : IMailSender
    {
        public bool IsConfigured => false;

        public Task SendAsync(MailDraft mail, CancellationToken ct) => Task.CompletedTask;
    }
}

/// <summary>A clock that a test moves.</summary>
internal sealed class MovableClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero) + Ahead;
}
