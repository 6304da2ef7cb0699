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
    public VersionFacts? Active => Versions.FirstOrDefault(v => v.Version == ActiveVersion);

    public long Executions => Versions.Sum(v => v.Executions);

    /// <summary>As many in thirty days as it goes on now.</summary>
    public decimal PerMonth(decimal count) => count * 30 / (decimal)Math.Clamp(Days, 1, 30);
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
    /// <summary>What an execution cost; null where there is too little to say, or a price is missing.</summary>
    public decimal? PerExecution => Executions >= RecommendationRules.LeastExecutions && Unpriced == 0 ? Cost / Executions : null;
}

/// <param name="Count">How many, with a verdict.</param>
/// <param name="Verdicts">What they found.</param>
/// <param name="Cost">What they cost.</param>
/// <param name="Unpriced">How many charges of theirs have no price.</param>
internal sealed record CheckFacts(long Count, WeightedShare Verdicts, decimal Cost, long Unpriced)
{
    public static readonly CheckFacts None = new(0, default, 0, 0);
}

/// <param name="Id">Which.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was used; null for never.</param>
internal sealed record KeyFacts(Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);
