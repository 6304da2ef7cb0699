using Loopai.Core.Errors;

namespace Loopai.Core.Analytics;

/// <summary>A question about what was done, how well, how fast and for how much.</summary>
/// <param name="Metrics">What is wanted, of <see cref="AnalyticsMetrics"/>; series are ranked by the first.</param>
/// <param name="Dimensions">By what it is broken down, at most two of <see cref="AnalyticsDimensions"/>.</param>
/// <param name="Filters">What is left out.</param>
/// <param name="From">Executed at or after.</param>
/// <param name="To">Executed before.</param>
/// <param name="Interval">How wide a point is.</param>
/// <param name="TimeZone">IANA name of the zone in which days, weeks and months begin.</param>
/// <param name="Compare">With what it is compared.</param>
/// <param name="Top">How many series; what is left is added up as one more. Null for as many as there may be.</param>
public sealed record AnalyticsQuery(
    IReadOnlyList<string> Metrics, IReadOnlyList<string> Dimensions, IReadOnlyList<AnalyticsFilter> Filters, DateTimeOffset From, DateTimeOffset To,
    AnalyticsInterval Interval, string TimeZone, AnalyticsCompare Compare, int? Top)
{
    /// <summary>Whether every series also tells how its latencies are spread.</summary>
    public bool WithLatencies { get; init; }

    /// <summary>What could not be read of the question as it was asked; told together with what is wrong with the rest. Null for nothing.</summary>
    public FieldErrors? Misread { get; init; }

    /// <summary>A version is one of its task's, so what is broken down by version is broken down by task, too.</summary>
    internal bool SplitsVersionsByTask => Dimensions.Contains(AnalyticsDimensions.Version) && !Dimensions.Contains(AnalyticsDimensions.Task);
}

/// <param name="Dimension">Of which dimension.</param>
/// <param name="Operator">Whether the values are wanted or unwanted.</param>
/// <param name="Values">Ids, numbers or words, as the dimension has them; <c>none</c> for what has none.</param>
public sealed record AnalyticsFilter(string Dimension, AnalyticsOperator Operator, IReadOnlyList<string> Values);

/// <summary>What a filter does with its values.</summary>
public enum AnalyticsOperator
{
    In,
    NotIn,
}

/// <summary>How wide a point is.</summary>
public enum AnalyticsInterval
{
    /// <summary>No points, only totals.</summary>
    None,

    Minute,
    Hour,
    Day,

    /// <summary>From Monday.</summary>
    Week,

    Month,
}

/// <summary>With what a range is compared.</summary>
public enum AnalyticsCompare
{
    None,

    /// <summary>The stretch of the same length before it.</summary>
    PreviousPeriod,

    /// <summary>The same a week before.</summary>
    PreviousWeek,

    /// <summary>The same a year before.</summary>
    PreviousYear,
}

/// <summary>What figures can be broken down by.</summary>
public static class AnalyticsDimensions
{
    public const string Task = "task";
    public const string Version = "version";
    public const string Environment = "environment";
    public const string Key = "key";
    public const string Team = "team";
    public const string Experiment = "experiment";
    public const string Variant = "variant";
    public const string Status = "status";

    /// <summary>Of filters only: the tags of tasks as they are now. Figures are not broken down by it, as a task may have several.</summary>
    public const string Tag = "tag";

    /// <summary>What a panel or a question can leave out by.</summary>
    public static IReadOnlyList<string> Filters => [.. All, Tag];

    /// <summary>What a filter says for executions that have no key, team or experiment.</summary>
    public const string None = "none";

    public static readonly IReadOnlyList<string> All = [Task, Version, Environment, Key, Team, Experiment, Variant, Status];
}
