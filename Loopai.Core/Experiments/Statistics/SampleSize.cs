namespace Loopai.Core.Experiments.Statistics;

/// <summary>What a test has to be sure of.</summary>
/// <param name="Power">Chance to find an effect of the size that is looked for.</param>
/// <param name="Ratio">Units of the treatment for each of the control.</param>
public sealed record TestPlan(double Alpha = 0.05, double Power = 0.8, double Ratio = 1);

/// <summary>How two proportions are compared when a test is planned.</summary>
public enum ProportionMethod
{
    /// <summary>Each with its own variance, as the analysis does.</summary>
    Unpooled,

    /// <summary>By the arcsine of their roots (J. Cohen, Statistical Power Analysis, 2nd edition, chapter 6), which is closer for rare events.</summary>
    Arcsine,
}

/// <summary>Units of the control that a test needs, and what a number of them can find. Two-sided.</summary>
public static class SampleSize
{
    /// <summary>(z(1 − α/2) + z(power))² (p₁q₁ + p₂q₂/ratio) / (p₂ − p₁)²: from 5 % to 5.5 % with 90 % power, 41,809. Null for no effect, which cannot be found.</summary>
    public static double? ForProportion(double baseline, double target, TestPlan plan, ProportionMethod method = ProportionMethod.Unpooled)
    {
        var z = Distributions.NormalQuantile(1 - (plan.Alpha / 2)) + Distributions.NormalQuantile(plan.Power);
        var (effect, variance) = method == ProportionMethod.Unpooled
            ? (target - baseline, Variance(baseline, target, plan.Ratio))
            : ((2 * Math.Asin(Math.Sqrt(target))) - (2 * Math.Asin(Math.Sqrt(baseline))), 1 + (1 / plan.Ratio));
        return effect == 0 ? null : z * z * variance / (effect * effect);
    }

    /// <summary>By the noncentral t distribution: of σ = 60 an effect of 1.25 needs 36,169. Null for no effect.</summary>
    public static double? ForMean(double effect, double deviation, TestPlan plan) =>
        effect == 0 ? null : Solve(n => PowerOfMean(effect, deviation, n, plan), plan.Power, 2, 1e15);

    /// <summary>Chance that n units of the control find the target. From 10 % to 11 % with 20,000: 0.9036.</summary>
    public static double PowerOfProportion(double baseline, double target, double units, TestPlan plan) =>
        Power.Of(Math.Sqrt(Variance(baseline, target, plan.Ratio) / units), target - baseline, Distributions.NormalQuantile(1 - (plan.Alpha / 2)));

    public static double PowerOfMean(double effect, double deviation, double units, TestPlan plan)
    {
        var df = (units * (1 + plan.Ratio)) - 2;
        var delta = Math.Abs(effect) / deviation * Math.Sqrt(units * plan.Ratio / (1 + plan.Ratio));
        var critical = Distributions.StudentQuantile(1 - (plan.Alpha / 2), df);
        return 1 - Distributions.NoncentralTCdf(critical, df, delta) + Distributions.NoncentralTCdf(-critical, df, delta);
    }

    /// <summary>Least rise of a proportion that n units of the control find; null where not even the rise to 1 is found.</summary>
    public static double? DetectableRise(double baseline, double units, TestPlan plan) => PowerOfProportion(baseline, 1, units, plan) < plan.Power
        ? null
        : Solve(rise => PowerOfProportion(baseline, baseline + rise, units, plan), plan.Power, 0, 1 - baseline);

    /// <summary>Least change of a mean that n units of the control find.</summary>
    public static double DetectableChange(double deviation, double units, TestPlan plan) =>
        Solve(effect => PowerOfMean(effect, deviation, units, plan), plan.Power, 0, 1e3 * deviation);

    private static double Variance(double control, double treatment, double ratio) => (control * (1 - control)) + (treatment * (1 - treatment) / ratio);

    /// <summary>Where a growing function reaches a value.</summary>
    private static double Solve(Func<double, double> power, double wanted, double low, double high)
    {
        // In steps that grow, because the answer may be 10 or 10 billion and a power near 1 is not worth its integral.
        for (var step = Math.Max(1e-6 * high, 1); low + step < high && power(low + step) < wanted; step *= 2)
        {
            low += step;
        }

        high = Math.Min(high, Math.Max(2 * low, low + Math.Max(1e-6 * high, 4)));
        for (var i = 0; i < 60 && high - low > 1e-9 * high; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = power(middle) < wanted ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}
