using System.Collections.Frozen;

namespace Loopai.Core.Experiments.Metrics;

/// <summary>The metrics that every execution yields, without anybody defining them.</summary>
public static class BuiltInMetrics
{
    public static readonly IReadOnlyList<MetricDefinition> All =
    [
        new()
        {
            Key = "accuracy", Name = "Accuracy", Source = MetricSource.Accuracy, Type = MetricType.Ratio, Direction = MetricDirection.Up,
            Description = "Right answers among those that an oracle checked, weighted by their sampling.",
        },
        new()
        {
            Key = "success_rate", Name = "Success rate", Source = MetricSource.Success, Type = MetricType.Ratio, Direction = MetricDirection.Up,
            Description = "Executions that answered, without error, timeout or an invalid output.",
        },
        new()
        {
            Key = "latency", Name = "Latency", Source = MetricSource.Latency, Type = MetricType.Ratio, Direction = MetricDirection.Down, MinimumEffect = 0.1,
            Description = "Time in the program, in milliseconds, on average.",
        },
        new()
        {
            Key = "latency_p95", Name = "Latency, 95th percentile", Source = MetricSource.Latency, Type = MetricType.Quantile, Quantile = 0.95,
            Direction = MetricDirection.Down, MinimumEffect = 0.1, Description = "Time in the program, in milliseconds, that one execution in twenty exceeds.",
        },
    ];

    private static readonly FrozenDictionary<string, MetricDefinition> ByKey = All.ToFrozenDictionary(m => m.Key, StringComparer.Ordinal);

    public static MetricDefinition? Find(string key) => ByKey.GetValueOrDefault(key);
}
