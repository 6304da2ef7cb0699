using Loopai.Core.Data;

namespace Loopai.Core.Costs.Recommendations;

/// <summary>What somebody did about a recommendation; the last one counts. What it promised then is kept, to be held against what came.</summary>
public sealed class RecommendationDecision : ITenantOwned, IHistory
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The recommendation's <see cref="Recommendation.Id"/>.</summary>
    public required string RecommendationId { get; init; }

    public required RecommendationKind Kind { get; init; }

    public required Guid SubjectId { get; init; }

    /// <summary>What it recommended, as it was read.</summary>
    public required string Title { get; init; }

    public required RecommendationAnswer Answer { get; init; }

    /// <summary>Why it was dismissed.</summary>
    public string? Reason { get; init; }

    public decimal? PromisedPerMonth { get; init; }

    /// <summary>What an execution cost before, in that for which it was changed.</summary>
    public decimal? Baseline { get; init; }

    public required string Currency { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>What somebody did about a recommendation.</summary>
public enum RecommendationAnswer
{
    Taken,
    Dismissed,

    /// <summary>A dismissal was taken back.</summary>
    Restored,
}

/// <summary>A decision with what came of it.</summary>
/// <param name="RecommendationId">The recommendation's id.</param>
/// <param name="Kind">What it recommended.</param>
/// <param name="SubjectId">The task, or the key.</param>
/// <param name="Title">As it was read.</param>
/// <param name="Answer">Taken or dismissed.</param>
/// <param name="Reason">Why it was dismissed.</param>
/// <param name="By">By whom.</param>
/// <param name="At">When.</param>
/// <param name="PromisedPerMonth">What it said it would save.</param>
/// <param name="RealizedPerMonth">What it does save, as far as measured; null where nothing can be, or not yet.</param>
/// <param name="MeasuredOn">Executions since then that this rests on.</param>
public sealed record DecidedRecommendation(
    string RecommendationId, RecommendationKind Kind, Guid SubjectId, string Title, RecommendationAnswer Answer, string? Reason, string By, DateTimeOffset At,
    decimal? PromisedPerMonth, decimal? RealizedPerMonth, long MeasuredOn);
