using System.Runtime.InteropServices;

namespace Loopai.Core.Experiments.Statistics;

/// <summary>Whether a comparison has figures, and if not, why. Figures are finite or absent; there is no third thing.</summary>
public enum EffectState
{
    Estimated,

    /// <summary>An arm has no unit, or one only, which says nothing about the spread.</summary>
    TooFewUnits,

    /// <summary>All units of an arm are alike: none or all converted, or each has the same value.</summary>
    NoVariance,

    /// <summary>The control's mean is 0, so that a relative change of it does not exist. The absolute one does.</summary>
    ZeroBaseline,

    /// <summary>The sums are beyond what can be computed with.</summary>
    OutOfRange,
}

/// <summary>Which difference is looked for.</summary>
public enum Tail
{
    /// <summary>Either.</summary>
    TwoSided,

    /// <summary>The treatment is greater; the interval is open above.</summary>
    Greater,

    /// <summary>The treatment is less; the interval is open below.</summary>
    Less,
}

/// <summary>An interval; a bound that is null is infinite.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ConfidenceInterval(double? Low, double? High)
{
    public bool Holds(double value) => !(value < Low) && !(value > High);

    public static ConfidenceInterval Around(double centre, double reach, Tail tail = Tail.TwoSided) =>
        new(tail == Tail.Less ? null : centre - reach, tail == Tail.Greater ? null : centre + reach);
}

/// <summary>How the treatment differs from the control, and how sure that is.</summary>
/// <param name="Uplift">Absolute in the metric's unit, or relative: 0.05 is five percent more. Null unless estimated, as the figures after it.</param>
/// <param name="PValue">Chance of a difference at least as great if there were none.</param>
public sealed record Effect(EffectState State, double? Uplift, double? StandardError, double? DegreesOfFreedom, double? PValue, ConfidenceInterval? Interval)
{
    /// <summary>Nothing but the reason why there are no figures.</summary>
    public static Effect Without(EffectState state) => new(state, null, null, null, null, null);
}
