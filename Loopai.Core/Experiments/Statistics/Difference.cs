using System.Runtime.InteropServices;

namespace Loopai.Core.Experiments.Statistics;

/// <summary>In what a difference is told.</summary>
public enum Scale
{
    /// <summary>In the metric's unit.</summary>
    Absolute,

    /// <summary>As a share of the control's value, whatever its sign: from −20 to −18 is +0.1.</summary>
    Relative,
}

/// <summary>The estimated difference of two arms, before a test is chosen for it.</summary>
/// <param name="Uplift">0 unless estimated, as the figures after it.</param>
/// <param name="Units">Of both arms.</param>
/// <param name="Baseline">The control's value, unadjusted.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Difference(EffectState State, double Uplift, double StandardError, double DegreesOfFreedom, double Units, double Baseline)
{
    /// <summary>
    /// Treatment minus control. The variance is the delta method's over all means that enter, those of the adjustment and the one that is divided by
    /// included; of plain means that is σ²ₜ/(nₜμ²) + σ²μₜ²/(nμ⁴) for the relative one. Degrees of freedom after B. L. Welch (Biometrika 34, 1947).
    /// Of 100 in 1000 against 120 in 1000: 0.02 ± 0.013986, or 0.2 ± 0.153362.
    /// </summary>
    public static Difference Between(Sample control, Sample treatment, Scale scale)
    {
        if (control.Kind != treatment.Kind || control.IsAdjusted != treatment.IsAdjusted)
        {
            throw new ArgumentException("Samples of different metrics cannot be compared.", nameof(treatment));
        }

        return Between(
            Moments.Of(control), Moments.Of(treatment), MetricFunction.Of(control, Adjustment.Theta(control, treatment)), scale);
    }

    /// <summary>
    /// Treatment minus (1 + tolerance) times control, in the metric's unit: above 0 the treatment is greater by more than is tolerated. Unlike a
    /// relative change it exists for a control of 0.
    /// </summary>
    public static Difference Beyond(Sample control, Sample treatment, double tolerance)
    {
        var (a, b) = (Moments.Of(control), Moments.Of(treatment));
        var f = MetricFunction.Of(control, Adjustment.Theta(control, treatment));
        var (factor, ga, gb) = (1 + tolerance, f.Gradient(a.Means), f.Gradient(b.Means));
        return Checked(a, b, a.Form(ga, ga), b.Form(gb, gb), f.Value(b.Means) - (factor * f.Value(a.Means)), factor * factor, f.Base(a.Means));
    }

    /// <summary>Of pairs: the mean, or ratio, of the differences within each unit. Every unit is its own control.</summary>
    public static Difference Within(Sample differences)
    {
        var m = Moments.Of(differences);
        var f = MetricFunction.Of(differences);
        var gradient = f.Gradient(m.Means);
        var variance = m.Form(gradient, gradient);
        return m.Units < 2 ? Without(EffectState.TooFewUnits, m.Units)
            : variance <= 0 ? Without(EffectState.NoVariance, m.Units)
            : Finite(f.Value(m.Means), variance / m.Units, m.Units - 1, m.Units, 0);
    }

    /// <summary>Of two values whose standard errors were found otherwise, such as quantiles.</summary>
    public static Difference Of(PointEstimate control, PointEstimate treatment, Scale scale)
    {
        var units = control.Units + treatment.Units;
        var (va, vb) = (control.StandardError * control.StandardError, treatment.StandardError * treatment.StandardError);
        if (va <= 0 || vb <= 0)
        {
            return Without(EffectState.NoVariance, units);
        }

        var (a, b, @base) = (control.Value, treatment.Value, Math.Abs(control.Value));
        var df = (va + vb) * (va + vb) / ((va * va / control.DegreesOfFreedom) + (vb * vb / treatment.DegreesOfFreedom));
        return scale == Scale.Absolute ? Finite(b - a, va + vb, df, units, a)
            : a == 0 ? Without(EffectState.ZeroBaseline, units)
            : Finite((b - a) / @base, (vb / (@base * @base)) + (va * b * b / (@base * @base * @base * @base)), df, units, a);
    }

    /// <summary>The figures turned about: what the control is against the treatment, on an absolute scale.</summary>
    public static Difference operator -(Difference d) => d with { Uplift = -d.Uplift };

    internal static Difference Between(Moments a, Moments b, MetricFunction f, Scale scale)
    {
        var (ga, gb) = (f.Gradient(a.Means), f.Gradient(b.Means));
        var (va, vb) = (a.Form(ga, ga), b.Form(gb, gb));
        var (difference, @base) = (f.Value(b.Means) - f.Value(a.Means), f.Base(a.Means));
        var absolute = Checked(a, b, va, vb, difference, 1, @base);
        if (scale == Scale.Absolute || absolute.State != EffectState.Estimated)
        {
            return absolute;
        }

        if (@base == 0)
        {
            return Without(EffectState.ZeroBaseline, absolute.Units);
        }

        // d/dA of (f(B) − f(A)) / |base(A)|: the control moves the difference and what it is divided by.
        var (divisor, slope) = (Math.Abs(@base), f.BaseGradient(a.Means));
        var gradient = ga.Select((g, i) => (-g / divisor) - (difference * Math.Sign(@base) * slope[i] / (divisor * divisor))).ToArray();
        var variance = (a.Form(gradient, gradient) / a.Units) + (vb / (b.Units * divisor * divisor));
        return Finite(difference / divisor, variance, absolute.DegreesOfFreedom, absolute.Units, @base);
    }

    internal static Difference Without(EffectState state, double units) => new(state, 0, 0, 0, units, 0);

    internal static Difference Finite(double uplift, double variance, double df, double units, double baseline) =>
        !double.IsFinite(uplift) || !double.IsFinite(variance) || !double.IsFinite(df) || !double.IsFinite(baseline) ? Without(EffectState.OutOfRange, units)
        : variance <= 0 ? Without(EffectState.NoVariance, units)
        : new Difference(EffectState.Estimated, uplift, Math.Sqrt(variance), df, units, baseline);

    private static Difference Checked(Moments a, Moments b, double va, double vb, double uplift, double factorSquared, double baseline)
    {
        var units = a.Units + b.Units;
        if (a.Units < 2 || b.Units < 2)
        {
            return Without(EffectState.TooFewUnits, units);
        }

        // Written so that what is not a number, such as a denominator of 0 gives, is caught as well.
        if (!(va > 0 && vb > 0))
        {
            return Without(double.IsNaN(va + vb) && !Array.Exists(a.Means, m => m == 0) && !Array.Exists(b.Means, m => m == 0)
                ? EffectState.OutOfRange : EffectState.NoVariance, units);
        }

        var (ea, eb) = (va * factorSquared / a.Units, vb / b.Units);
        var df = (ea + eb) * (ea + eb) / ((ea * ea / (a.Units - 1)) + (eb * eb / (b.Units - 1)));
        return Finite(uplift, ea + eb, df, units, baseline);
    }
}

/// <summary>A value and how far it may be off.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PointEstimate(double Value, double StandardError, double DegreesOfFreedom, double Units);
