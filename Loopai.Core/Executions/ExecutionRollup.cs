namespace Loopai.Core.Executions;

/// <summary>
/// Counts, sums and latencies of one task version, key, team and variant in one minute, hour or day, as one writer saw them. A writer keeps its open rows in memory and
/// writes their absolute values a few times a second; readers add the writers up, and no two writers touch the same row.
/// </summary>
public sealed class ExecutionRollup : IRollup
{
    /// <summary>Stands for no key, no team and no experiment: what is part of a primary key cannot be absent.</summary>
    public static readonly Guid None = Guid.Empty;

    /// <summary>Stands for no variant.</summary>
    public const short NoVariant = -1;

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    public required Guid TaskId { get; init; }

    public required int Version { get; init; }

    /// <summary>The key by which it was called, or <see cref="None"/>.</summary>
    public Guid KeyId { get; init; }

    /// <summary>The team that owned the task when it ran, or <see cref="None"/>.</summary>
    public Guid TeamId { get; init; }

    /// <summary>The experiment in which it counted, or <see cref="None"/>.</summary>
    public Guid ExperimentId { get; init; }

    /// <summary>The place of its variant, or <see cref="NoVariant"/>.</summary>
    public short Variant { get; init; } = NoVariant;

    public required RollupLevel Level { get; init; }

    /// <summary>UTC start of the minute, hour or day.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>One life of one portal's writer.</summary>
    public required Guid WriterId { get; init; }

    public long Executions { get; init; }

    public long Errors { get; init; }

    public long Timeouts { get; init; }

    public long InvalidOutputs { get; init; }

    public long Sampled { get; init; }

    public long LatencySumUs { get; init; }

    /// <summary>Money of the organization's currency, of the executions that have a price.</summary>
    public decimal Cost { get; init; }

    /// <summary>Executions without a price.</summary>
    public long Unpriced { get; init; }

    /// <summary>Encoded by <see cref="LatencyHistogram"/>.</summary>
    public required byte[] Latencies { get; init; }
}

/// <summary>How wide a roll-up is.</summary>
public enum RollupLevel
{
    Minute,
    Hour,
    Day,
}

/// <summary>What starts where.</summary>
public static class RollupLevels
{
    public static readonly IReadOnlyList<RollupLevel> All = [RollupLevel.Minute, RollupLevel.Hour, RollupLevel.Day];

    /// <summary>How long one is, in ticks.</summary>
    public static long Ticks(this RollupLevel level) => level switch
    {
        RollupLevel.Minute => TimeSpan.TicksPerMinute,
        RollupLevel.Hour => TimeSpan.TicksPerHour,
        RollupLevel.Day => TimeSpan.TicksPerDay,
    };

    /// <summary>The UTC start of the one in which a moment lies.</summary>
    public static DateTimeOffset StartOf(this RollupLevel level, DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % level.Ticks()), TimeSpan.Zero);
}
