using Loopai.Core.Experiments.Metrics;

namespace Loopai.Portal.Pages.Experiments.Measures;

/// <summary>Metrics in words.</summary>
internal static class MetricWords
{
    public static readonly IReadOnlyList<Option> Sources =
    [
        new(nameof(MetricSource.Event), "Something your programs tell of"), new(nameof(MetricSource.Accuracy), "Right answers"), new(nameof(MetricSource.Success), "Executions that answered"),
        new(nameof(MetricSource.Latency), "Time in the program"), new(nameof(MetricSource.Cost), "Cost of computing"), new(nameof(MetricSource.CostPerCorrect), "Cost of a right answer"),
    ];

    /// <summary>How the values of a source can become one number.</summary>
    public static IReadOnlyList<Option> TypesOf(MetricSource source) => [.. source.Types().Select(type => new Option(type.ToString(), Of(source, type)))];

    /// <summary>What is measured, in a line.</summary>
    public static string Of(MetricDefinition metric)
    {
        var what = metric.Source == MetricSource.Event
            ? metric.Type switch
            {
                MetricType.Proportion => $"share of units with “{metric.Event}”",
                MetricType.Count => $"“{metric.Event}” per unit",
                MetricType.Mean => $"sum of “{metric.Event}” per unit",
                MetricType.Ratio => $"“{metric.Event}” per {(metric.Per is { } per ? $"“{per}”" : "execution")}",
                MetricType.Quantile => $"{Quantile(metric)} of “{metric.Event}”",
            }
            : metric.Source switch
            {
                MetricSource.Success => "executions that answered, of all",
                MetricSource.Accuracy => "right answers, of those checked",
                MetricSource.CostPerCorrect => "cost of a right answer",
                MetricSource.Latency when metric.Type == MetricType.Quantile => $"{Quantile(metric)} of the latency",
                MetricSource.Latency => metric.Type == MetricType.Ratio ? "latency per execution" : "time in the program per unit",
                MetricSource.Cost or _ => metric.Type == MetricType.Ratio ? "cost per execution" : "cost per unit",
            };
        return string.Join(", ", new[]
        {
            what,
            metric.WindowHours is { } hours ? $"within {Format.Exact(hours)} h" : null,
            metric.Cap is { } cap ? $"at most {Format.Exact(cap)}" : null,
            metric.Winsorize is { } share ? $"cut at {Format.Percent(share, 2)}" : null,
        }.OfType<string>());
    }

    private static string Of(MetricSource source, MetricType type) => (source, type) switch
    {
        (MetricSource.Event, MetricType.Proportion) => "The share of units that have one",
        (MetricSource.Event, MetricType.Count) => "How many a unit has",
        (MetricSource.Event, MetricType.Mean) => "The sum of a unit's values",
        (MetricSource.Event, MetricType.Ratio) => "The sum of values per execution, or per other events",
        (_, MetricType.Quantile) => "A quantile of all values",
        (_, MetricType.Mean) => "Per unit",
        (MetricSource.Latency or MetricSource.Cost, _) => "Per execution",
        _ => "A share",
    };

    private static string Quantile(MetricDefinition metric) => $"{Format.Exact((metric.Quantile ?? 0) * 100)}th percentile";
}
