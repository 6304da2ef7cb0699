using System.Text.Json;
using System.Text.Json.Serialization;
using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>Everything that is known of an experiment at a moment: what its page, its export and its decision show. Figures are finite or null.</summary>
public sealed record ExperimentSnapshot
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public required Guid ExperimentId { get; init; }

    /// <summary>When it was counted.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>From when executions count.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Up to when.</summary>
    public required DateTimeOffset Until { get; init; }

    public required Decision Decision { get; init; }

    /// <summary>What a test of a fixed horizon said when it was read, which is once; null before, and of other tests.</summary>
    public Decision? Reading { get; init; }

    /// <summary>In the experiment's order; the first is the control.</summary>
    public required IReadOnlyList<VariantTraffic> Variants { get; init; }

    public required DataQuality Quality { get; init; }

    /// <summary>In the experiment's order.</summary>
    public required IReadOnlyList<MetricResult> Metrics { get; init; }

    /// <summary>How the goals went, from the first snapshot on; older moments further apart.</summary>
    public IReadOnlyList<SnapshotPoint> Series { get; init; } = [];

    /// <summary>Shadow variants against the control, input by input.</summary>
    public IReadOnlyList<ShadowResult> Shadows { get; init; } = [];

    /// <summary>More units that the goals need to show the smallest effect that matters; 0 for none, null where it cannot be told.</summary>
    public double? UnitsToGo { get; init; }

    /// <summary>How long it took to count, in milliseconds.</summary>
    public double TookMs { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public static ExperimentSnapshot Parse(string json) => JsonSerializer.Deserialize<ExperimentSnapshot>(json, Json)!;
}

/// <param name="Weight">Its planned share.</param>
/// <param name="Failures">Executions that did not answer.</param>
/// <param name="Checked">Executions with a verdict that counts.</param>
public sealed record VariantTraffic(string Key, string Name, int Version, double Weight, long Units, long Executions, long Failures, long Checked);

/// <summary>Whether the figures can be trusted.</summary>
/// <param name="SampleRatio">Units against weights.</param>
/// <param name="UnitsInSeveral">Units that met several variants; they count for the first.</param>
public sealed record DataQuality(SampleRatio SampleRatio, long UnitsInSeveral, double ShareInSeveral)
{
    public bool IsSound => !SampleRatio.IsMismatch && ShareInSeveral < DecisionEngine.ManyInSeveral;
}

/// <summary>A metric in all variants.</summary>
/// <param name="MinimumEffect">The smallest relative change that matters.</param>
/// <param name="Segments">The same by the values of the experiment's segments, corrected for their number.</param>
public sealed record MetricResult(
    string Key, string Name, MetricRole Role, MetricDirection Direction, MetricType Type, double MinimumEffect, IReadOnlyList<VariantMetric> Variants,
    IReadOnlyList<SegmentResult> Segments);

/// <param name="Value">The metric's value, in its unit; null where there is nothing to divide by.</param>
/// <param name="Against">Against the control; null for the control.</param>
/// <param name="Bandit">Of goals, among all variants: its chance to be the best, and the share that Thompson sampling would give it; null while that cannot be told.</param>
public sealed record VariantMetric(string Variant, double Units, double? Value, Comparison? Against, BanditArm? Bandit = null);

/// <summary>A variant against the control.</summary>
/// <param name="Relative">By the plan's method: relative uplift, and the interval of this comparison alone.</param>
/// <param name="Absolute">The same in the metric's unit.</param>
/// <param name="Posterior">Chance to win and expected loss of the relative uplift.</param>
/// <param name="AdjustedPValue">Corrected for all goals and variants, or for all segments; the plain one of metrics that are not corrected.</param>
/// <param name="AdjustedInterval">That goes with it: 0 lies inside exactly where nothing is found.</param>
/// <param name="Detectable">The least relative effect that is found by now with the plan's power.</param>
/// <param name="Guardrail">The verdict, of guardrails.</param>
/// <param name="Softened">True where an arm without any spread was compared with one success and one failure more in both (Agresti and Caffo).</param>
public sealed record Comparison(
    Effect Relative, Effect Absolute, Posterior Posterior, double? AdjustedPValue, ConfidenceInterval? AdjustedInterval, Finding Finding, double? Detectable,
    GuardrailVerdict? Guardrail, bool? Softened = null);

/// <param name="Segment">The member of the input.</param>
/// <param name="Value">What it was at a unit's first execution; null for units without it.</param>
public sealed record SegmentResult(string Segment, string? Value, IReadOnlyList<VariantMetric> Variants);

/// <summary>A goal of a variant at a moment.</summary>
public sealed record SnapshotPoint(DateTimeOffset At, string Metric, string Variant, double Units, double? Uplift, double? Low, double? High);

/// <summary>A shadow variant beside the control.</summary>
/// <param name="Inputs">Inputs that both answered.</param>
/// <param name="Agreeing">Of these, with the same output.</param>
/// <param name="Checked">Inputs whose right answer is known.</param>
/// <param name="Correct">Who was right where one alone was: by the sequential test of the pairs, or McNemar's; the uplift is the shadow's share minus the control's.</param>
/// <param name="Latency">The mean difference in milliseconds, paired.</param>
public sealed record ShadowResult(string Variant, long Inputs, long Agreeing, long Checked, long OnlyControlRight, long OnlyShadowRight, Effect Correct, Effect Latency);
