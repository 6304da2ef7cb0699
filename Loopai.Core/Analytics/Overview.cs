using Loopai.Core.Validation;

namespace Loopai.Core.Analytics;

/// <summary>An environment at a glance.</summary>
/// <param name="From">Start of the range.</param>
/// <param name="To">Its end: the moment of asking.</param>
/// <param name="Now">The figures of the range.</param>
/// <param name="Before">Those of the range that it is compared with.</param>
/// <param name="BucketMinutes">How wide an entry of <paramref name="Series"/> is.</param>
/// <param name="Series">Executions over time, without gaps.</param>
/// <param name="Activations">When a version began to answer.</param>
/// <param name="Tasks">Every task that is in service, busiest first.</param>
public sealed record Overview(
    DateTimeOffset From, DateTimeOffset To, Headline Now, Headline Before, int BucketMinutes, IReadOnlyList<OverviewPoint> Series,
    IReadOnlyList<Activation> Activations, IReadOnlyList<TaskFigures> Tasks);

/// <summary>What a stretch of time adds up to.</summary>
/// <param name="Executions">All of them.</param>
/// <param name="Failed">Those that did not end in an answer.</param>
/// <param name="P50Ms">The median time in the program; null without executions. Within 1 %.</param>
/// <param name="P95Ms">The 95th percentile.</param>
/// <param name="P99Ms">The 99th percentile.</param>
/// <param name="Validated">Verdicts that the accuracy rests on.</param>
/// <param name="Accuracy">The estimated share of right answers over all tasks; null without a verdict.</param>
public sealed record Headline(long Executions, long Failed, double? P50Ms, double? P95Ms, double? P99Ms, long Validated, Estimate? Accuracy)
{
    /// <summary>0..1; null without executions.</summary>
    public double? ErrorRate => Executions > 0 ? (double)Failed / Executions : null;
}

/// <param name="At">Start of the bucket.</param>
/// <param name="Ok">Executions that answered.</param>
/// <param name="Failed">Executions that did not.</param>
public sealed record OverviewPoint(DateTimeOffset At, long Ok, long Failed);

/// <param name="At">When.</param>
/// <param name="TaskId">Whose version.</param>
/// <param name="TaskName">The task's name.</param>
/// <param name="Version">Which one.</param>
public sealed record Activation(DateTimeOffset At, Guid TaskId, string TaskName, int Version);

/// <summary>A task in the range.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Name">Its name.</param>
/// <param name="ActiveVersion">The version that answers; null before the first activation.</param>
/// <param name="Executions">All of them.</param>
/// <param name="Failed">Those that did not end in an answer.</param>
/// <param name="P95Ms">The 95th percentile of the time in the program.</param>
/// <param name="Validated">Verdicts that the accuracy rests on.</param>
/// <param name="Accuracy">The estimated share of right answers of all versions that ran in the range, as the headline has it over all tasks.</param>
/// <param name="AccuracyTarget">0..1, or null when nobody said.</param>
/// <param name="LatencyTargetMs">At the 95th percentile, or null when nobody said.</param>
/// <param name="Trend">Executions over time, in 28 equal steps.</param>
/// <param name="ActiveValidated">Verdicts on the active version alone.</param>
/// <param name="ActiveAccuracy">The share of right answers of the active version alone.</param>
public sealed record TaskFigures(
    Guid TaskId, string Name, int? ActiveVersion, long Executions, long Failed, double? P95Ms, long Validated, Estimate? Accuracy, double? AccuracyTarget,
    double? LatencyTargetMs, IReadOnlyList<long> Trend, long ActiveValidated, Estimate? ActiveAccuracy)
{
    /// <summary>0..1; null without executions.</summary>
    public double? ErrorRate => Executions > 0 ? (double)Failed / Executions : null;
}
