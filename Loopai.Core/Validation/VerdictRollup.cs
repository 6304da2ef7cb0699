using Loopai.Core.Executions;

namespace Loopai.Core.Validation;

/// <summary>
/// Verdicts that count in estimates, added up in the minute, hour and day of their EXECUTIONS. The database keeps it in the transaction of the verdict, by the
/// difference between a validation before and after, so that a verdict that changes, or is taken back, leaves no trace. Weights are decimal: what is added can be
/// taken away again without a remainder.
/// </summary>
public sealed class VerdictRollup : IRollup
{
    /// <summary>Weights are rounded to so many places.</summary>
    public const int Places = 9;

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    public required Guid TaskId { get; init; }

    public required int Version { get; init; }

    public Guid KeyId { get; init; }

    public Guid TeamId { get; init; }

    public Guid ExperimentId { get; init; }

    public short Variant { get; init; } = ExecutionRollup.NoVariant;

    public required RollupLevel Level { get; init; }

    /// <summary>UTC start of the minute, hour or day in which the executions ran.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>The rebuild that corrects it; empty for the row that verdicts themselves keep.</summary>
    public Guid CorrectionId { get; init; }

    public long Validated { get; init; }

    public long Matched { get; init; }

    /// <summary>Σ 1/p.</summary>
    public decimal Weights { get; init; }

    /// <summary>Σ 1/p of those that matched.</summary>
    public decimal MatchedWeights { get; init; }

    /// <summary>Σ 1/p².</summary>
    public decimal SquaredWeights { get; init; }
}
