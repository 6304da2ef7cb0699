using MathNet.Numerics.Integration;

namespace Loopai.Core.Experiments.Statistics;

/// <summary>One variant of a bandit.</summary>
/// <param name="ChanceToBeBest">Of all variants.</param>
/// <param name="Weight">Its share of the units to come.</param>
public sealed record BanditArm(double Mean, double Variance, ConfidenceInterval Interval, double ChanceToBeBest, double Weight);

/// <summary>
/// Thompson sampling (Biometrika 25, 1933): each variant gets units as often as it is the best one by what is known. The chances are integrated, not
/// drawn, so the same data always gives the same weights.
/// </summary>
public static class Bandit
{
    /// <summary>Least share of every variant, so that a bad start can be made good.</summary>
    public const double DefaultFloor = 0.01;

    /// <summary>Units of every variant before weights move at all.</summary>
    public const int FewestUnits = 100;

    private const double PriorVariance = 10_000;

    /// <summary>The weights to come; null while a variant has too few units, or units without any spread.</summary>
    /// <param name="theta">Of samples with a past, how much of it is taken off; the pooled mean of the past is put back.</param>
    public static IReadOnlyList<BanditArm>? Weigh(IReadOnlyList<Sample> arms, bool lowerIsBetter = false, double floor = DefaultFloor, double theta = 0, double alpha = 0.05)
    {
        var past = theta == 0 ? 0 : theta * arms.Sum(a => a.Sums[1]) / arms.Sum(a => a.Units);
        var posteriors = new List<(double Value, double Mean, double Variance)>();
        foreach (var arm in arms)
        {
            var (moments, f) = (Moments.Of(arm), MetricFunction.Of(arm, theta));
            var variance = moments.Form(f.Gradient(moments.Means), f.Gradient(moments.Means));
            var value = f.Value(moments.Means) + past;
            if (arm.Units < FewestUnits || !(variance > 0) || !double.IsFinite(value) || !double.IsFinite(variance))
            {
                return null;
            }

            var precision = (1 / PriorVariance) + (arm.Units / variance);
            posteriors.Add((value, value * arm.Units / variance / precision, 1 / precision));
        }

        var chances = posteriors.Select((p, i) => ChanceToBeBest(posteriors, i, lowerIsBetter)).ToList();
        var z = Distributions.NormalQuantile(1 - (alpha / 2));
        return [.. posteriors.Select((p, i) => new BanditArm(
            p.Mean, p.Variance, ConfidenceInterval.Around(p.Value, z * Math.Sqrt(p.Variance)), chances[i], Weight(chances[i] / chances.Sum(), floor, arms.Count)))];
    }

    private static double Weight(double chance, double floor, int arms) => arms * floor >= 1 ? 1.0 / arms : floor + ((1 - (arms * floor)) * chance);

    /// <summary>∫ φ(t) Π Φ((mᵢ + sᵢt − mⱼ)/sⱼ) dt: that the others lie below wherever this one lies.</summary>
    private static double ChanceToBeBest(List<(double Value, double Mean, double Variance)> arms, int arm, bool lowerIsBetter)
    {
        const double Reach = 8.5;
        var sign = lowerIsBetter ? -1 : 1;
        return GaussLegendreRule.Integrate(
            t =>
            {
                var product = Distributions.NormalDensity(t);
                var here = (sign * arms[arm].Mean) + (Math.Sqrt(arms[arm].Variance) * t);
                for (var j = 0; j < arms.Count; j++)
                {
                    product *= j == arm ? 1 : Distributions.NormalCdf((here - (sign * arms[j].Mean)) / Math.Sqrt(arms[j].Variance));
                }

                return product;
            },
            -Reach, Reach, 512);
    }
}
