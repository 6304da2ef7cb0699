using Loopai.Core.Usage;
using Loopai.Core.Validation;
using Loopai.Core.Webhooks;

namespace Loopai.Core.Executions;

/// <summary>Writes many executions in one transaction: a seam to the provider's fastest way in.</summary>
public interface IExecutionStore
{
    /// <summary>Commits all of it or nothing.</summary>
    /// <exception cref="AlreadyCountedException">Another has counted what <see cref="ExecutionBatch.Counted"/> names.</exception>
    Task CommitAsync(ExecutionBatch batch, CancellationToken ct);
}

/// <summary>What one group commit writes.</summary>
/// <param name="Executions">New rows.</param>
/// <param name="Rollups">Rows whose absolute values are written over what this writer wrote before.</param>
/// <param name="Validations">New rows, for the executions that are checked.</param>
/// <param name="Usage">Rows whose absolute values are written over what this writer wrote before.</param>
public sealed record ExecutionBatch(
    IReadOnlyList<Execution> Executions, IReadOnlyList<ExecutionRollup> Rollups, IReadOnlyList<ValidationRecord> Validations, IReadOnlyList<UsageCounter> Usage)
{
    /// <summary>News of those executions, where somebody wants them.</summary>
    public IReadOnlyList<WebhookEvent> Events { get; init; } = [];

    /// <summary>Notes of those executions that no roll-up has yet: new rows.</summary>
    public IReadOnlyList<UncountedCommit> Uncounted { get; init; } = [];

    /// <summary>Ids of notes whose executions the roll-ups now have. They are deleted; where one is gone, another has counted it and nothing is committed.</summary>
    public IReadOnlyList<Guid> Counted { get; init; } = [];
}

/// <summary>Executions with a note were counted by another: this process stood still for so long that it was taken for dead.</summary>
public sealed class AlreadyCountedException() : Exception("Others have counted these executions meanwhile.");
