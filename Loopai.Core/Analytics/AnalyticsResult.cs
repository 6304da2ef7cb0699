namespace Loopai.Core.Analytics;

/// <summary>The answer to an <see cref="AnalyticsQuery"/>. Values stand in the order of <paramref name="Metrics"/>; what cannot be told is null.</summary>
/// <param name="Metrics">What was asked for.</param>
/// <param name="Dimensions">By what it is broken down; by version is also by task.</param>
/// <param name="From">Start of what was counted: earlier than asked for where only wider figures are kept.</param>
/// <param name="To">Its end.</param>
/// <param name="Interval">How wide a point is.</param>
/// <param name="TimeZone">In whose days.</param>
/// <param name="Buckets">Where points start, without gaps.</param>
/// <param name="Series">Best first by the first metric, <c>other</c> last.</param>
/// <param name="Totals">Of everything.</param>
/// <param name="CompareFrom">Start of what it is compared with.</param>
/// <param name="CompareTo">Its end.</param>
/// <param name="CompareTotals">Totals of what it is compared with.</param>
/// <param name="Currency">In which costs are.</param>
/// <param name="Notes">Where an answer is not quite what was asked for, and why.</param>
public sealed record AnalyticsResult(
    IReadOnlyList<string> Metrics, IReadOnlyList<string> Dimensions, DateTimeOffset From, DateTimeOffset To, AnalyticsInterval Interval, string TimeZone,
    IReadOnlyList<DateTimeOffset> Buckets, IReadOnlyList<AnalyticsSeries> Series, IReadOnlyList<decimal?> Totals, DateTimeOffset? CompareFrom,
    DateTimeOffset? CompareTo, IReadOnlyList<decimal?>? CompareTotals, string Currency, IReadOnlyList<string> Notes);

/// <summary>One line of an answer.</summary>
/// <param name="Key">Which it is: a value for each dimension. Empty for <c>other</c>, and where nothing is broken down.</param>
/// <param name="IsOther">Whether it adds up what is not among the top.</param>
/// <param name="Totals">Over the whole range.</param>
/// <param name="Points">Over time, one for each bucket.</param>
/// <param name="CompareTotals">Of the range before.</param>
/// <param name="ComparePoints">Over the time before; its points start when they did.</param>
/// <param name="Latencies">How latencies are spread, where that was asked for.</param>
public sealed record AnalyticsSeries(
    IReadOnlyList<AnalyticsValue> Key, bool IsOther, IReadOnlyList<decimal?> Totals, IReadOnlyList<AnalyticsPoint> Points, IReadOnlyList<decimal?>? CompareTotals,
    IReadOnlyList<AnalyticsPoint>? ComparePoints, IReadOnlyList<LatencyBin>? Latencies)
{
    /// <summary>Whether the task goes without saying: a version of the only one there is.</summary>
    internal bool IsOfTheOnlyTask { get; init; }

    /// <summary>What people call it: <c>Spam filter · v2</c>.</summary>
    public string Label => IsOther ? "Other" : Key.Count == 0 ? "All" : string.Join(" · ", Key.Where(k => !IsOfTheOnlyTask || k.Dimension != AnalyticsDimensions.Task).Select(k => k.Label));
}

/// <param name="Dimension">Of which dimension.</param>
/// <param name="Value">As filters say it.</param>
/// <param name="Label">As people say it.</param>
public sealed record AnalyticsValue(string Dimension, string Value, string Label);

/// <param name="Start">Where it starts.</param>
/// <param name="Values">In the order of the metrics.</param>
public sealed record AnalyticsPoint(DateTimeOffset Start, IReadOnlyList<decimal?> Values);

/// <param name="FromMs">Longer than.</param>
/// <param name="ToMs">Up to.</param>
/// <param name="Count">How many.</param>
public sealed record LatencyBin(double FromMs, double ToMs, long Count);
