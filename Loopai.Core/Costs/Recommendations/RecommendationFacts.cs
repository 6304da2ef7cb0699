using Loopai.Core.Programs;
using Loopai.Core.Validation;

namespace Loopai.Core.Costs.Recommendations;

/// <summary>What is known of a task from the last thirty days.</summary>
/// <param name="Id">Which.</param>
/// <param name="Name">Its name.</param>
/// <param name="ActiveVersion">What answers; null for nothing.</param>
/// <param name="SamplingRate">The share of executions that is checked.</param>
/// <param name="AccuracyTarget">What it wants; null where nobody said.</param>
/// <param name="TrainingExamples">Examples to learn from.</param>
/// <param name="IsGenerating">Whether a version is being made.</param>
/// <param name="ReferencePerCall">What a call of its reference model costs; null without one or its price.</param>
/// <param name="Days">How many of the thirty days it has been in use.</param>
/// <param name="Versions">Its versions.</param>
/// <param name="Checks">Checks of the active version's answers that the sampling rate brought about.</param>
internal sealed record TaskFacts(
    Guid Id, string Name, int? ActiveVersion, double SamplingRate, double? AccuracyTarget, int TrainingExamples, bool IsGenerating, decimal? ReferencePerCall, double Days,
    IReadOnlyList<VersionFacts> Versions, CheckFacts Checks)
{
    /// <summary>At the 95th percentile; null where nobody said.</summary>
    public double? LatencyTargetMs { get; init; }

    /// <summary>Whether a rollout or an experiment has its traffic in hand: what is measured now is not what will be.</summary>
    public bool IsMoving { get; init; }

    /// <summary>What was read; whoever changed it since is not overruled.</summary>
    public int Revision { get; init; }

    public VersionFacts? Active => Versions.FirstOrDefault(v => v.Version == ActiveVersion);

    public long Executions => Versions.Sum(v => v.Executions);

    /// <summary>As many in thirty days as it goes on now, of what its active version did.</summary>
    public decimal PerMonth(decimal count) => count * 30 / (decimal)Math.Clamp(Active?.Days ?? Days, 1, 30);
}

/// <param name="Version">Its number.</param>
/// <param name="Language">What it is written in.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="Executions">How often it ran.</param>
/// <param name="Cost">What that cost.</param>
/// <param name="Unpriced">How many of them had no price.</param>
/// <param name="Verdicts">What was found of its answers.</param>
internal sealed record VersionFacts(int Version, ProgramLanguage Language, ProgramStatus Status, long Executions, decimal Cost, long Unpriced, WeightedShare Verdicts)
{
    /// <summary>How many of them brought no valid answer: an error, no end in time, or an output of another form.</summary>
    public long Failures { get; init; }

    /// <summary>How many of the thirty days it has been answering.</summary>
    public double Days { get; init; } = 30;

    /// <summary>Its 95th percentile, where the task has a target for it.</summary>
    public double? P95Ms { get; init; }

    /// <summary>Whether its last rollout took it back.</summary>
    public bool WasRolledBack { get; init; }

    /// <summary>The share of executions that brought an answer.</summary>
    public WeightedShare Answered => new(Executions, Executions - Failures, Executions);

    /// <summary>What an answer cost: failures cost too, and are worth nothing.</summary>
    public decimal? PerAnswer => PerExecution is not null && Executions > Failures ? Cost / (Executions - Failures) : null;

    /// <summary>What an execution cost; null where there is too little to say, or a price is missing.</summary>
    public decimal? PerExecution => Executions >= RecommendationRules.LeastExecutions && Unpriced == 0 ? Cost / Executions : null;
}

/// <param name="Count">How many that the rate alone chose, with a verdict.</param>
/// <param name="Verdicts">What all checks found that were chosen with a probability, by any rule: those of the rate alone would leave out what others look at more closely.</param>
/// <param name="Cost">What they cost.</param>
/// <param name="Unpriced">How many charges of theirs have no price.</param>
internal sealed record CheckFacts(long Count, WeightedShare Verdicts, decimal Cost, long Unpriced)
{
    /// <summary>For how many executions the rate decides alone: Σ 1/p of those that it chose.</summary>
    public double Weights { get; init; } = Verdicts.Weights;

    public static readonly CheckFacts None = new(0, default, 0, 0);
}

/// <param name="Id">Which.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was used; null for never.</param>
internal sealed record KeyFacts(Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);
