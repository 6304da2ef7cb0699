namespace Loopai.Core.Experiments.Statistics;

/// <summary>The units of one stratum, such as a country, in both arms.</summary>
public readonly record struct Stratum(Sample Control, Sample Treatment);

/// <summary>
/// Post-stratification (L. W. Miratrix, J. S. Sekhon and B. Yu, JRSS B 75, 2013): arms are compared within strata, and these weighted by their share of all
/// units, so that a chance surplus of good strata in one arm neither favours it nor widens the interval.
/// </summary>
public static class Stratification
{
    /// <summary>Units of an arm below which a stratum joins the greatest one.</summary>
    public const int FewestUnits = 7;

    /// <summary>
    /// The difference of the weighted means. Their covariance is Σν²Λ/n, and, because the shares ν are estimated from the same n units, that of a multinomial
    /// draw of strata: (Σν m m'ᵀ − m̄ m̄'ᵀ)/n, which both arms share.
    /// </summary>
    public static Difference Between(IReadOnlyList<Stratum> strata, Scale scale)
    {
        var cells = Merge(strata);
        if (cells.Count == 0)
        {
            return Difference.Without(EffectState.TooFewUnits, 0);
        }

        var (control, treatment) = (Pooled(cells, s => s.Control), Pooled(cells, s => s.Treatment));
        var plain = Difference.Between(control, treatment, scale);
        if (cells.Count == 1 || plain.State != EffectState.Estimated)
        {
            return plain;
        }

        var f = MetricFunction.Of(control, Adjustment.Theta(control, treatment));
        var total = (double)(control.Units + treatment.Units);
        var shares = cells.Select(c => (c.Control.Units + c.Treatment.Units) / total).ToArray();
        var (a, b) = (cells.ConvertAll(c => Moments.Of(c.Control)), cells.ConvertAll(c => Moments.Of(c.Treatment)));
        var (meansA, meansB) = (Weighted(a, shares), Weighted(b, shares));
        var (difference, @base) = (f.Value(meansB) - f.Value(meansA), f.Base(meansA));
        var (divisor, sign) = scale == Scale.Absolute ? (1, 0) : (Math.Abs(@base), Math.Sign(@base));
        var slope = f.BaseGradient(meansA);
        var ga = f.Gradient(meansA).Select((g, i) => (-g / divisor) - (sign * difference * slope[i] / (divisor * divisor))).ToArray();
        var gb = f.Gradient(meansB).Select(g => g / divisor).ToArray();

        var variance = 0.0;
        var (mean, square) = (0.0, 0.0);
        for (var k = 0; k < cells.Count; k++)
        {
            variance += shares[k] * shares[k] * ((a[k].Form(ga, ga) / a[k].Units) + (b[k].Form(gb, gb) / b[k].Units));
            var along = Dot(ga, a[k].Means) + Dot(gb, b[k].Means);
            (mean, square) = (mean + (shares[k] * along), square + (shares[k] * along * along));
        }

        variance += Math.Max(0, square - (mean * mean)) / total;
        return Difference.Finite(difference / divisor, variance, plain.DegreesOfFreedom, total, @base);
    }

    /// <summary>Strata that cannot be compared alone join the greatest.</summary>
    private static List<Stratum> Merge(IReadOnlyList<Stratum> strata)
    {
        var ordered = strata.Where(s => s.Control.Units + s.Treatment.Units > 0).OrderByDescending(s => s.Control.Units + s.Treatment.Units).ToList();
        for (var i = ordered.Count - 1; i > 0; i--)
        {
            if (Math.Min(ordered[i].Control.Units, ordered[i].Treatment.Units) < FewestUnits
                || Difference.Between(ordered[i].Control, ordered[i].Treatment, Scale.Absolute).State != EffectState.Estimated)
            {
                ordered[0] = new Stratum(ordered[0].Control + ordered[i].Control, ordered[0].Treatment + ordered[i].Treatment);
                ordered.RemoveAt(i);
            }
        }

        return ordered;
    }

    private static Sample Pooled(List<Stratum> strata, Func<Stratum, Sample> arm) => strata.Select(arm).Aggregate((left, right) => left + right);

    private static double[] Weighted(List<Moments> arms, double[] shares)
    {
        var means = new double[arms[0].Means.Length];
        for (var k = 0; k < arms.Count; k++)
        {
            for (var i = 0; i < means.Length; i++)
            {
                means[i] += shares[k] * arms[k].Means[i];
            }
        }

        return means;
    }

    private static double Dot(double[] left, double[] right) => left.Zip(right, (l, r) => l * r).Sum();
}
