namespace Loopai.Core.Experiments.Statistics;

/// <summary>Observations of one variant as a histogram, kept apart by groups of units.</summary>
/// <param name="Bounds">Upper ends of the classes, rising.</param>
/// <param name="Counts">By group and class.</param>
public sealed record GroupedHistogram(double[] Bounds, long[][] Counts);

/// <summary>
/// Quantiles of observations that come in units: a unit's requests are alike, so their number is not the number of observations. Units are put into groups by hash; how
/// the groups differ says how sure the whole is (random groups: K. M. Wolter, Introduction to Variance Estimation, 2nd edition, chapter 2).
/// </summary>
public static class Quantiles
{
    /// <summary>
    /// The quantile, and its error after R. S. Woodruff (JASA 47, 1952): the share below the quantile is a ratio of sums over groups, with a delta-method error; the
    /// quantiles at the ends of that share's interval are the ends of the quantile's. Null for too few observations.
    /// </summary>
    /// <param name="units">Units whose observations these are: a unit's many calls are no more units.</param>
    public static PointEstimate? Estimate(GroupedHistogram histogram, double quantile, double units)
    {
        var classes = histogram.Bounds.Length;
        var totals = new double[classes];
        foreach (var group in histogram.Counts)
        {
            for (var i = 0; i < classes; i++)
            {
                totals[i] += group[i];
            }
        }

        var all = totals.Sum();
        var groups = histogram.Counts.Where(g => Array.Exists(g, c => c > 0)).ToList();
        if (groups.Count < 10)
        {
            return null;
        }

        var value = At(histogram.Bounds, totals, all, quantile);
        var below = groups.ConvertAll(g => Below(histogram.Bounds, g, value));
        var counts = groups.ConvertAll(g => (double)g.Sum());
        var share = Difference.Within(Sample.Ratio(
            groups.Count, below.Sum(), below.Sum(b => b * b), all, counts.Sum(c => c * c), below.Zip(counts, (b, c) => b * c).Sum()));
        if (share.State != EffectState.Estimated)
        {
            return null;
        }

        // In steps of two standard errors, which looks further than the class that the quantile lies in.
        var (low, high) = (Math.Max(0, quantile - (2 * share.StandardError)), Math.Min(1, quantile + (2 * share.StandardError)));
        var width = At(histogram.Bounds, totals, all, high) - At(histogram.Bounds, totals, all, low);
        return new PointEstimate(value, width / (high - low) * share.StandardError, groups.Count - 1, units);
    }

    /// <summary>Where a share of the observations lies below, evenly spread within a class.</summary>
    private static double At(double[] bounds, double[] counts, double all, double share)
    {
        var rest = share * all;
        for (var i = 0; i < bounds.Length; i++)
        {
            if (rest <= counts[i] && counts[i] > 0)
            {
                var from = i == 0 ? 0 : bounds[i - 1];
                return from + ((bounds[i] - from) * rest / counts[i]);
            }

            rest -= counts[i];
        }

        return bounds[^1];
    }

    private static double Below(double[] bounds, long[] counts, double value)
    {
        var sum = 0.0;
        for (var i = 0; i < bounds.Length; i++)
        {
            var from = i == 0 ? 0 : bounds[i - 1];
            sum += counts[i] * Math.Clamp((value - from) / (bounds[i] - from), 0, 1);
        }

        return sum;
    }
}
