using Loopai.Core.Errors;
using Loopai.Core.Experiments.Events;

namespace Loopai.Core.Experiments.Metrics;

/// <summary>A metric as a caller asks for it. A field that is null was not given.</summary>
public sealed record MetricDraft
{
    /// <summary>What can be taken away.</summary>
    public static readonly IReadOnlyList<string> Removable = ["event", "per", "quantile", "windowHours", "cap", "winsorize", "hourlyCost"];

    public string? Key { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public MetricSource? Source { get; init; }

    public MetricType? Type { get; init; }

    public MetricDirection? Direction { get; init; }

    public string? Event { get; init; }

    public string? Per { get; init; }

    public double? Quantile { get; init; }

    public double? WindowHours { get; init; }

    public double? Cap { get; init; }

    public double? Winsorize { get; init; }

    public double? MinimumEffect { get; init; }

    public double? HourlyCost { get; init; }

    /// <summary>Members that are to be taken away.</summary>
    public IReadOnlyList<string>? Without { get; init; }

    /// <summary>The definition that comes of laying what was given over what was there.</summary>
    /// <exception cref="InvalidException">It makes no sense; with every reason.</exception>
    internal MetricDefinition Over(MetricDefinition? before)
    {
        var errors = new FieldErrors()
            .AddIf(before is null && !ExperimentRules.IsKey(Key), "key", "A key has 1 to 64 characters: small letters, digits, '-', '_' and '.', beginning with a letter or digit.")
            .AddIf(before is null && Key is not null && BuiltInMetrics.Find(Key) is not null, "key", $"'{Key}' is built in. Choose another key.")
            .AddIf(before is not null && Key is not null && Key != before.Key, "key", "A key stays what it is: experiments know the metric by it.")
            .AddIf(string.IsNullOrWhiteSpace(Name ?? before?.Name), "name", "A metric needs a name.")
            .AddIf((Source ?? before?.Source) is null, "source", "Say what is measured: success, accuracy, latency, cost, cost_per_correct or event.")
            .AddIf((Direction ?? before?.Direction) is null, "direction", "Say which way is better: up or down.");
        foreach (var unknown in this.Without?.Where(field => !Removable.Contains(field)) ?? [])
        {
            errors.Add("without", $"'{unknown}' cannot be taken away; one of {string.Join(", ", Removable)} can.");
        }

        errors.ThrowIfAny("metric.invalid", "The metric cannot be taken as it stands.");

        var source = (Source ?? before?.Source)!.Value;
        var definition = new MetricDefinition
        {
            Key = before?.Key ?? Key!,
            Name = (Name ?? before!.Name).Trim(),
            Description = (Description ?? before?.Description ?? "").Trim(),
            Source = source,
            Type = Type ?? before?.Type ?? (source == MetricSource.Event ? MetricType.Proportion : MetricType.Ratio),
            Direction = (Direction ?? before?.Direction)!.Value,
            Event = Without("event") ? null : Event ?? before?.Event,
            Per = Without("per") ? null : Per ?? before?.Per,
            Quantile = Without("quantile") ? null : Quantile ?? before?.Quantile,
            WindowHours = Without("windowHours") ? null : WindowHours ?? before?.WindowHours,
            Cap = Without("cap") ? null : Cap ?? before?.Cap,
            Winsorize = Without("winsorize") ? null : Winsorize ?? before?.Winsorize,
            MinimumEffect = MinimumEffect ?? before?.MinimumEffect ?? 0.01,
            HourlyCost = Without("hourlyCost") ? null : HourlyCost ?? before?.HourlyCost,
        };
        Check(definition);
        return definition;

        bool Without(string field) => this.Without?.Contains(field) == true;
    }

    private static void Check(MetricDefinition metric)
    {
        var isEvent = metric.Source == MetricSource.Event;
        var isCost = metric.Source is MetricSource.Cost or MetricSource.CostPerCorrect;
        new FieldErrors()
            .AddIf(metric.Name.Length > 100, "name", "A name has at most 100 characters.")
            .AddIf(metric.Description.Length > 1000, "description", "A description has at most 1,000 characters.")
            .AddIf(isEvent && !IsEventName(metric.Event), "event", $"Name the events that are counted, in 1 to {ExperimentEvent.MaxNameLength} characters.")
            .AddIf(!isEvent && metric.Event is not null, "event", "Only metrics of outside events name an event.")
            .AddIf(metric.Per is not null && (!isEvent || metric.Type != MetricType.Ratio), "per", "Only ratios of outside events are divided by other events.")
            .AddIf(metric.Per is not null && !IsEventName(metric.Per), "per", $"An event's name has 1 to {ExperimentEvent.MaxNameLength} characters.")
            .AddIf(!metric.Source.Types().Contains(metric.Type), "type", $"{metric.Source} cannot be measured as {metric.Type}: {TypesOf(metric.Source)}.")
            .AddIf(metric.Type == MetricType.Quantile && metric.Quantile is not (> 0 and < 1), "quantile", "A quantile lies between 0 and 1: 0.95 for the 95th percentile.")
            .AddIf(metric.Type != MetricType.Quantile && metric.Quantile is not null, "quantile", "Only metrics of the type quantile have one.")
            .AddIf(metric.WindowHours is not (null or (> 0 and <= 8760)), "windowHours", "A window is more than 0 and at most 8,760 hours after a unit's first exposure.")
            .AddIf(metric.Cap is { } cap && !(cap > 0 && double.IsFinite(cap)), "cap", "A cap is a number above 0.")
            .AddIf(metric.Cap is not null && metric.Type == MetricType.Proportion, "cap", "A proportion asks whether a unit did something at all, so that there is nothing to cap.")
            .AddIf(metric.Winsorize is not (null or (>= 0.5 and < 1)), "winsorize", "Values are pulled down to a quantile from 0.5 up to, and without, 1: 0.999.")
            .AddIf(!(metric.MinimumEffect is > 0 and <= 10), "minimumEffect", "The smallest effect that matters is a relative change of more than 0 and at most 10: 0.01 for 1 %.")
            .AddIf(isCost && metric.HourlyCost is not (> 0 and <= 1_000_000), "hourlyCost", "Say what an hour of computing costs: more than 0.")
            .AddIf(!isCost && metric.HourlyCost is not null, "hourlyCost", "Only costs have a price.")
            .ThrowIfAny("metric.invalid", "The metric cannot be taken as it stands.");
    }

    private static bool IsEventName(string? name) => name is { Length: > 0 and <= ExperimentEvent.MaxNameLength } && !string.IsNullOrWhiteSpace(name);

    private static string TypesOf(MetricSource source) => source switch
    {
        MetricSource.Success or MetricSource.Accuracy or MetricSource.CostPerCorrect => "take ratio",
        MetricSource.Latency => "take ratio (per execution), mean (per unit) or quantile",
        MetricSource.Cost => "take ratio (per execution) or mean (per unit)",
        MetricSource.Event => "take any",
    };
}
