using Loopai.Core.Data;

namespace Loopai.Core.Executions;

/// <summary>
/// Counts, sums and latencies of one task version in one minute or hour, as one writer saw them. A writer keeps its open rows in memory and
/// writes their absolute values in the transaction of the executions; readers add the writers up. So a figure is exact to the last commit,
/// and no two writers touch the same row.
/// </summary>
public sealed class ExecutionRollup : ITenantOwned, ITaskOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    public required Guid TaskId { get; init; }

    public required int Version { get; init; }

    public required RollupLevel Level { get; init; }

    /// <summary>UTC start of the minute or hour.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>One life of one portal's writer.</summary>
    public required Guid WriterId { get; init; }

    public long Executions { get; init; }

    public long Errors { get; init; }

    public long Timeouts { get; init; }

    public long InvalidOutputs { get; init; }

    public long Sampled { get; init; }

    public long LatencySumUs { get; init; }

    /// <summary>Encoded by <see cref="LatencyHistogram"/>.</summary>
    public required byte[] Latencies { get; init; }
}

/// <summary>How wide a roll-up is.</summary>
public enum RollupLevel
{
    Minute,
    Hour,
}
