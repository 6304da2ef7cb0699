namespace Loopai.Portal.Pages.Experiments.Results;

/// <summary>What a result page shows, ready to be shown: figures are there or absent, never infinite.</summary>
public sealed record ResultView
{
    public required DateTimeOffset At { get; init; }

    public required string Sentence { get; init; }

    /// <summary>The verdict as a word or two.</summary>
    public required string Word { get; init; }

    public required Tone Tone { get; init; }

    /// <summary>The numbers behind the verdict.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>The variant that may be shipped; null where none may.</summary>
    public string? Ship { get; init; }

    public required long Units { get; init; }

    public required long Executions { get; init; }

    public required IReadOnlyList<VariantTraffic> Traffic { get; init; }

    /// <summary>What is wrong with the data; empty when nothing is.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>The chance of a split as uneven as this; null while there are too few units.</summary>
    public double? SplitChance { get; init; }

    public required IReadOnlyList<MetricView> Metrics { get; init; }

    public required IReadOnlyList<SegmentView> Segments { get; init; }

    public required IReadOnlyList<ShadowView> Shadows { get; init; }

    /// <summary>The first goal, once there is a course to show: one moment makes none.</summary>
    public MetricView? Course => Metrics.FirstOrDefault(m => m.Role == "goal") is { } goal && goal.Series.Select(p => p.At).Distinct().Count() > 1 ? goal : null;

    /// <summary>The first goal of the variant that is ahead, for lists.</summary>
    public LiftView? Headline => Metrics.FirstOrDefault(m => m.Role == "goal")?.Treatments.Where(t => t.Lift is not null).MaxBy(t => Math.Abs(t.Lift!.Value));
}

/// <param name="Name">The variant.</param>
/// <param name="Version">Its version.</param>
/// <param name="Units">Units that it got.</param>
/// <param name="Share">The share that is.</param>
/// <param name="Planned">The share that was planned; null for a shadow.</param>
/// <param name="Executions">Executions of its units.</param>
/// <param name="Best">The chance that it is the best of all in the first goal; null while that cannot be told.</param>
public sealed record VariantTraffic(string Name, int Version, long Units, double Share, double? Planned, long Executions, double? Best = null);

/// <summary>A metric over all variants.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Name">Its name.</param>
/// <param name="Role">goal, secondary or guardrail.</param>
/// <param name="Kind">How its values read: percent, ms, money or number.</param>
/// <param name="UpIsBetter">Which way is better.</param>
/// <param name="Control">The control's value.</param>
/// <param name="Treatments">The others against it.</param>
/// <param name="Series">The lift as it was known at each moment.</param>
public sealed record MetricView(
    string Key, string Name, string Role, string Kind, bool UpIsBetter, double? Control, IReadOnlyList<LiftView> Treatments, IReadOnlyList<MomentView> Series)
{
    public string Show(double? value) => value is not { } number ? Format.Unknown : Kind switch
    {
        "percent" => Format.Percent(number, 2),
        "ms" => Format.Duration(number),
        _ => Format.Short(number),
    };
}

/// <summary>A variant against the control.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Lift">The relative change; null where there is none.</param>
/// <param name="Low">The interval's lower end; null for no bound.</param>
/// <param name="High">Its upper end.</param>
/// <param name="PValue">Corrected for all that is compared.</param>
/// <param name="ChanceToWin">How likely it is the better one.</param>
/// <param name="Units">Units that were compared.</param>
/// <param name="Tone">Better, worse, or neither.</param>
/// <param name="Missing">Why there is no figure.</param>
/// <param name="Guardrail">The verdict of a guardrail.</param>
/// <param name="Softened">Whether one success and one failure were added to both, because an arm has no spread.</param>
public sealed record LiftView(
    string Variant, double? Value, double? Lift, double? Low, double? High, double? PValue, double? ChanceToWin, long Units, Tone Tone, string? Missing, bool Softened = false,
    GuardrailView? Guardrail = null)
{
    public string Css => Tone switch { Tone.Good => "good", Tone.Bad => "bad", _ => "" };

    public string Tip => Missing ?? (Low is { } low && High is { } high ? $"{Variant}: {Format.PercentChange(low)} to {Format.PercentChange(high)}" : Variant);
}

/// <summary>What a guardrail says by its own test.</summary>
/// <param name="Word">Its state.</param>
/// <param name="Tone">How that looks.</param>
/// <param name="PValue">Of doing no more harm than is tolerated; null while that is not told.</param>
/// <param name="Alpha">The error rate of this guardrail alone.</param>
public sealed record GuardrailView(string Word, Tone Tone, double? PValue, double Alpha)
{
    public string Tip => $"Harm beyond what is tolerated{(PValue is { } p ? $": p {(p < 0.0001 ? "< 0.0001" : p.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture))}" : " is not tested yet")}, held against {Format.Percent(Alpha, 2)}";
}

/// <summary>A lift as it was known at a moment.</summary>
public sealed record MomentView(DateTimeOffset At, string Variant, double Lift, double? Low, double? High);

/// <summary>A metric among the units of a segment.</summary>
public sealed record SegmentView(string Segment, string Level, string Metric, LiftView Lift);

/// <summary>A shadow beside the control, input by input.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Inputs">Inputs that both answered.</param>
/// <param name="Agreement">The share of them with the same answer.</param>
/// <param name="Checked">Inputs whose right answer is known.</param>
/// <param name="OnlyControlRight">Of these, where the control alone was right.</param>
/// <param name="OnlyShadowRight">Where the shadow alone was.</param>
/// <param name="PValue">The chance of that if neither were better.</param>
/// <param name="LatencyMs">How much longer the shadow takes, on average.</param>
public sealed record ShadowView(string Variant, long Inputs, double? Agreement, long Checked, long OnlyControlRight, long OnlyShadowRight, double? PValue, double? LatencyMs);
