namespace Loopai.Core.Experiments.Statistics;

/// <summary>What a running comparison can find by now, and how much more it needs.</summary>
/// <param name="Now">Chance to find the effect with the units there are.</param>
/// <param name="UnitsToGo">Of both arms; 0 when there are enough, null when no number of units is.</param>
public sealed record PowerNow(double Now, double? UnitsToGo);

/// <summary>The design of a test whose power is asked for.</summary>
/// <param name="Effect">The least effect that matters, on the difference's scale.</param>
/// <param name="Comparisons">Among which α is divided.</param>
/// <param name="SequentialTuning">Null for a fixed horizon.</param>
public sealed record PowerDesign(double Effect, double Alpha = 0.05, double TargetPower = 0.8, int Comparisons = 1, double? SequentialTuning = null);

/// <summary>Power from the standard error as it is, not from guesses made before.</summary>
public static class Power
{
    /// <summary>Beyond this many times the units there are, more of them is no plan.</summary>
    private const double Most = 1e9;

    /// <summary>Chance that an interval of <paramref name="reach"/> standard errors leaves 0 out when the effect is what it is.</summary>
    public static double Of(double standardError, double effect, double reach)
    {
        var shift = Math.Abs(effect) / standardError;
        return 1 - Distributions.NormalCdf(reach - shift) + Distributions.NormalCdf(-reach - shift);
    }

    /// <summary>
    /// The standard error falls with the root of the units, so k times as many more give σ²/(1 + k); the reach is that of the test. Of 100 and 120 in 1000, an
    /// effect of 10 %, four comparisons and a power of 0.8944: 0.0333 now, and 64,082 units to go.
    /// </summary>
    public static PowerNow? Now(Difference d, PowerDesign design)
    {
        if (d.State != EffectState.Estimated || design.Effect == 0)
        {
            return null;
        }

        var now = At(0);
        if (now >= design.TargetPower)
        {
            return new PowerNow(now, 0);
        }

        var high = 1.0;
        while (At(high) < design.TargetPower)
        {
            high *= 2;
            if (high > Most)
            {
                return new PowerNow(now, null);
            }
        }

        var low = high / 2 < 1 ? 0 : high / 2;
        while (high - low > 1e-4 * high)
        {
            var middle = (low + high) / 2;
            (low, high) = At(middle) < design.TargetPower ? (middle, high) : (low, middle);
        }

        return new PowerNow(now, high * d.Units);

        double At(double more) => Of(d.StandardError / Math.Sqrt(1 + more), design.Effect, Reach(d.Units * (1 + more), design));
    }

    /// <summary>Least effect that is found with the target power, on the difference's scale.</summary>
    public static double? Detectable(Difference d, PowerDesign design) => d.State == EffectState.Estimated
        ? d.StandardError * (Reach(d.Units, design) + Distributions.NormalQuantile(design.TargetPower))
        : null;

    /// <summary>Standard errors that the test's interval reaches to each side.</summary>
    public static double Reach(double units, PowerDesign design)
    {
        var alpha = design.Alpha / design.Comparisons;
        return design.SequentialTuning is { } tuning ? Sequential.Reach(units, alpha, tuning, tunedAlpha: design.Alpha) : Distributions.NormalQuantile(1 - (alpha / 2));
    }
}
