using Loopai.Core.Data;

namespace Loopai.Core.Executions;

/// <summary>One run of a program. Written once, by the group commit, and read from then on.</summary>
public sealed class Execution : ITenantOwned, ITaskOwned
{
    /// <summary>Longest name of a unit, in characters.</summary>
    public const int MaxUnitLength = 256;

    /// <summary>UUIDv7 whose time is <see cref="ExecutedAt"/>, so that an id alone leads to its day.</summary>
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    public required Guid TaskId { get; init; }

    public required int Version { get; init; }

    public required ExecutionStatus Status { get; init; }

    /// <summary>JSON, as the caller sent it.</summary>
    public required string Input { get; init; }

    /// <summary>JSON; null when there is none.</summary>
    public string? Output { get; init; }

    public string? Error { get; init; }

    /// <summary>0..1, where the program has one.</summary>
    public double? Confidence { get; init; }

    /// <summary>Time in the program, in microseconds.</summary>
    public required long LatencyUs { get; init; }

    /// <summary>The caller's user or session, where the caller named one.</summary>
    public string? Unit { get; init; }

    /// <summary>The experiment in which it counts; null for most.</summary>
    public Guid? ExperimentId { get; init; }

    /// <summary>The place of its variant among the experiment's, 0 for the control; null outside of experiments.</summary>
    public short? Variant { get; init; }

    /// <summary>The execution beside which it ran in the shadow, its answer unused; null for most.</summary>
    public Guid? ShadowOf { get; init; }

    /// <summary>Why the answer is checked; null when it is not.</summary>
    public string? SampledBy { get; set; }

    /// <summary>The probability with which it was chosen; null when it was asked for.</summary>
    public double? SamplingProbability { get; set; }

    public required ExecutionSource Source { get; init; }

    public Guid? ApiKeyId { get; init; }

    /// <summary>The team that owned the task when it ran; null for none.</summary>
    public Guid? TeamId { get; init; }

    /// <summary>In the organization's currency; null while nothing prices it.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The price by which <see cref="Cost"/> was found.</summary>
    public Guid? PriceId { get; init; }

    public string? TraceId { get; init; }

    /// <summary>UTC, whole milliseconds.</summary>
    public required DateTimeOffset ExecutedAt { get; init; }
}

/// <summary>Which door an execution came through.</summary>
public enum ExecutionSource
{
    Api,
    Batch,
    Portal,
    Import,

    /// <summary>None: it ran beside another, and nobody got its answer.</summary>
    Shadow,
}
