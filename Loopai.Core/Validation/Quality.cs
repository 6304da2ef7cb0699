namespace Loopai.Core.Validation;

/// <summary>Over which executions figures are taken; null leaves a side open.</summary>
/// <param name="From">Executed at or after.</param>
/// <param name="To">Executed before.</param>
/// <param name="EnvironmentId">The environment; null for the caller's own.</param>
public sealed record QualityWindow(DateTimeOffset? From = null, DateTimeOffset? To = null, Guid? EnvironmentId = null);

/// <summary>How good the versions of a task are, by the verdicts so far. Newest version first.</summary>
public sealed record TaskQuality(Guid TaskId, IReadOnlyList<VersionQuality> Versions);

/// <summary>How good one version is.</summary>
/// <remarks>
/// Counts are of verdicts. Shares are estimates for all executions: each verdict weighs by the inverse of the probability with which it was chosen,
/// and verdicts that were asked for (<see cref="Forced"/>), which stand for no other execution, are left out.
/// </remarks>
/// <param name="Version">The version.</param>
/// <param name="Validated">Verdicts.</param>
/// <param name="Matched">Verdicts that the answer was right.</param>
/// <param name="Forced">Verdicts that were asked for; contained in the two before.</param>
/// <param name="Pending">Wait for an oracle.</param>
/// <param name="InReview">Wait for a person.</param>
/// <param name="Undecidable">No oracle knew the answer.</param>
/// <param name="Accuracy">The estimated share of right answers, with its interval; null without a verdict.</param>
/// <param name="Confusion">What was right against what was answered; null where the outputs are not classes.</param>
/// <param name="ByDay">The share by UTC day.</param>
/// <param name="ByConfidence">The share by tenth of confidence: a calibrated program is right as often as it is sure.</param>
public sealed record VersionQuality(
    int Version, long Validated, long Matched, long Forced, long Pending, long InReview, long Undecidable, Estimate? Accuracy, Confusion? Confusion,
    IReadOnlyList<DayQuality> ByDay, IReadOnlyList<ConfidenceQuality> ByConfidence);

/// <summary>An estimated share with Wilson's 95 % interval.</summary>
/// <param name="Value">0..1.</param>
/// <param name="Low">The interval's lower bound.</param>
/// <param name="High">The interval's upper bound.</param>
/// <param name="EffectiveSize">How many equally weighted verdicts would say as much.</param>
public sealed record Estimate(double Value, double Low, double High, double EffectiveSize)
{
    internal static Estimate? Of(WeightedShare share) => share is { Estimate: { } value, Interval: { } interval }
        ? new Estimate(value, interval.Low, interval.High, share.EffectiveSize)
        : null;
}

/// <param name="Day">UTC.</param>
/// <param name="Validated">Verdicts that count in the estimate.</param>
/// <param name="Accuracy">The share of right answers.</param>
public sealed record DayQuality(DateOnly Day, long Validated, Estimate Accuracy);

/// <param name="Decile">0 for a confidence below 0.1, up to 9 for 0.9 and more.</param>
/// <param name="Validated">Verdicts that count in the estimate.</param>
/// <param name="MeanConfidence">The mean confidence, weighted as the accuracy is.</param>
/// <param name="Accuracy">The share of right answers.</param>
public sealed record ConfidenceQuality(int Decile, long Validated, double MeanConfidence, Estimate Accuracy);
