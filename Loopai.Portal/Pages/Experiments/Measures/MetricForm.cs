using Loopai.Core.Experiments.Metrics;

namespace Loopai.Portal.Pages.Experiments.Measures;

/// <summary>What a person has said so far about a metric. Shares are in percent, as people say them.</summary>
public sealed class MetricForm
{
    private string? _key;

    public string Name { get; set; } = "";

    /// <summary>Made of the name until somebody writes one.</summary>
    public string Key
    {
        get => _key ?? KeyOf(Name);
        set => _key = value;
    }

    public string Description { get; set; } = "";

    public MetricSource Source { get; private set; } = MetricSource.Event;

    public MetricType Type { get; set; } = MetricType.Proportion;

    public MetricDirection Direction { get; set; } = MetricDirection.Up;

    public string Event { get; set; } = "";

    public string Per { get; set; } = "";

    public double? QuantilePercent { get; set; } = 95;

    public double? WindowHours { get; set; }

    public double? Cap { get; set; }

    public double? WinsorizePercent { get; set; }

    public double? MinimumEffectPercent { get; set; } = 1;

    public double? HourlyCost { get; set; }

    public bool IsCost => Source is MetricSource.Cost or MetricSource.CostPerCorrect;

    /// <summary>A percentile has nothing that could be pulled down, nor a share of units.</summary>
    public bool HasOutliers => Type is MetricType.Mean or MetricType.Count or MetricType.Ratio && Source is MetricSource.Event or MetricSource.Latency or MetricSource.Cost;

    public void Choose(MetricSource source)
    {
        (Source, Type) = (source, source.Types().Contains(Type) ? Type : source.Types()[0]);
        Direction = source is MetricSource.Latency || IsCost ? MetricDirection.Down : MetricDirection.Up;
    }

    public static MetricForm Of(MetricDefinition metric) => new()
    {
        Name = metric.Name, Key = metric.Key, Description = metric.Description, Source = metric.Source, Type = metric.Type, Direction = metric.Direction, Event = metric.Event ?? "",
        Per = metric.Per ?? "", QuantilePercent = Percent(metric.Quantile) ?? 95, WindowHours = metric.WindowHours, Cap = metric.Cap, WinsorizePercent = Percent(metric.Winsorize),
        MinimumEffectPercent = Percent(metric.MinimumEffect), HourlyCost = metric.HourlyCost,
    };

    public MetricDraft ToDraft()
    {
        var draft = new MetricDraft
        {
            Name = Name, Key = Key, Description = Description, Source = Source, Type = Type, Direction = Direction,
            Event = Source == MetricSource.Event ? Event.Trim() : null, Per = Source == MetricSource.Event && Type == MetricType.Ratio && Per.Trim().Length > 0 ? Per.Trim() : null,
            Quantile = Type == MetricType.Quantile ? Share(QuantilePercent) : null, WindowHours = WindowHours, Cap = HasOutliers ? Cap : null,
            Winsorize = HasOutliers ? Share(WinsorizePercent) : null, MinimumEffect = Share(MinimumEffectPercent), HourlyCost = IsCost ? HourlyCost : null,
        };
        return draft with
        {
            Without =
            [
                .. new (string Field, bool IsGone)[]
                {
                    ("event", draft.Event is null), ("per", draft.Per is null), ("quantile", draft.Quantile is null), ("windowHours", draft.WindowHours is null), ("cap", draft.Cap is null),
                    ("winsorize", draft.Winsorize is null), ("hourlyCost", draft.HourlyCost is null),
                }.Where(f => f.IsGone).Select(f => f.Field),
            ],
        };
    }

    private static string KeyOf(string name)
    {
        var key = new string([.. name.Trim().ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]).Trim('_');
        return key.Length <= 64 ? key : key[..64];
    }

    private static double? Percent(double? share) => share is { } value ? Math.Round(value * 100, 6) : null;

    private static double? Share(double? percent) => percent is { } value ? Math.Round(value / 100, 8) : null;
}
