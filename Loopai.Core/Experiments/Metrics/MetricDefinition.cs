namespace Loopai.Core.Experiments.Metrics;

/// <summary>What is measured of a unit, and what is better.</summary>
public sealed record MetricDefinition
{
    public required string Key { get; init; }

    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public required MetricSource Source { get; init; }

    public required MetricType Type { get; init; }

    public required MetricDirection Direction { get; init; }

    /// <summary>The name of the outside events it counts, for <see cref="MetricSource.Event"/>.</summary>
    public string? Event { get; init; }

    /// <summary>The events to divide by, for a ratio of outside events; null to divide by the unit's executions.</summary>
    public string? Per { get; init; }

    /// <summary>Which quantile, 0..1, for <see cref="MetricType.Quantile"/>.</summary>
    public double? Quantile { get; init; }

    /// <summary>Only what happens within so many hours of the unit's first exposure counts; null for all.</summary>
    public double? WindowHours { get; init; }

    /// <summary>A unit's value counts as at most this; null for no limit.</summary>
    public double? Cap { get; init; }

    /// <summary>Units' values above this quantile of all are pulled down to it; null for none.</summary>
    public double? Winsorize { get; init; }

    /// <summary>The smallest relative change that matters.</summary>
    public double MinimumEffect { get; init; } = 0.01;

    /// <summary>What an hour of computing costs, for costs.</summary>
    public double? HourlyCost { get; init; }

    /// <summary>Whether its value is a share of something, so that 1 is all there can be.</summary>
    internal bool IsShare => Source is MetricSource.Success or MetricSource.Accuracy || Type == MetricType.Proportion;
}

/// <summary>Where a metric's values come from.</summary>
public enum MetricSource
{
    /// <summary>Executions that answered, of all.</summary>
    Success,

    /// <summary>Answers that an oracle found right, of those checked, each with the weight of its sampling.</summary>
    Accuracy,

    /// <summary>Milliseconds in the program.</summary>
    Latency,

    /// <summary>The time in the program at the price of an hour.</summary>
    Cost,

    /// <summary>The cost of all executions over the right answers among them.</summary>
    CostPerCorrect,

    /// <summary>What is sent to the events endpoint.</summary>
    Event,
}

/// <summary>How a unit's values become one number.</summary>
public enum MetricType
{
    /// <summary>The share of units with at least one.</summary>
    Proportion,

    /// <summary>The mean over units of the sum of their values.</summary>
    Mean,

    /// <summary>The sum of one thing over the sum of another; the unit stays what is drawn at random.</summary>
    Ratio,

    /// <summary>A quantile of all values.</summary>
    Quantile,

    /// <summary>The mean over units of how many there were.</summary>
    Count,
}

/// <summary>What goes with what.</summary>
public static class MetricTypes
{
    /// <summary>How values of this source can become one number; the usual way first.</summary>
    public static IReadOnlyList<MetricType> Types(this MetricSource source) => source switch
    {
        MetricSource.Success or MetricSource.Accuracy or MetricSource.CostPerCorrect => [MetricType.Ratio],
        MetricSource.Latency => [MetricType.Ratio, MetricType.Mean, MetricType.Quantile],
        MetricSource.Cost => [MetricType.Ratio, MetricType.Mean],
        MetricSource.Event => [MetricType.Proportion, MetricType.Count, MetricType.Mean, MetricType.Ratio, MetricType.Quantile],
    };
}

/// <summary>Which way is better.</summary>
public enum MetricDirection
{
    Up,
    Down,
}
