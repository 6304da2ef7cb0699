namespace Loopai.Core.Experiments.Statistics;

/// <summary>Adjusted p-values, and the error rate at which each interval is drawn so that both say the same.</summary>
public static class Corrections
{
    /// <summary>
    /// Holm's (Scandinavian Journal of Statistics 6, 1979) or Benjamini's and Hochberg's (JRSS B 57, 1995), in the order of the input. Of 0.01, 0.02, 0.03 after Holm: 0.03, 0.04, 0.04; after Benjamini and Hochberg: 0.03 each.
    /// </summary>
    public static double[] Adjust(IReadOnlyList<double> pValues, Correction correction)
    {
        if (correction == Correction.None)
        {
            return [.. pValues];
        }

        var m = pValues.Count;
        var order = Enumerable.Range(0, m).OrderBy(i => pValues[i]).ToArray();
        var adjusted = new double[m];
        var running = correction == Correction.Holm ? 0.0 : 1.0;
        for (var step = 0; step < m; step++)
        {
            // Holm goes down from the smallest, Benjamini and Hochberg up from the greatest, and neither may lose what it had.
            var rank = correction == Correction.Holm ? step : m - 1 - step;
            var p = pValues[order[rank]];
            running = correction == Correction.Holm ? Math.Max(running, p * (m - rank)) : Math.Min(running, p * m / (rank + 1));
            adjusted[order[rank]] = Math.Min(1, running);
        }

        return adjusted;
    }

    public static double[] Bonferroni(IReadOnlyList<double> pValues) => [.. pValues.Select(p => Math.Min(1, p * pValues.Count))];

    /// <summary>
    /// The error rate of each interval. With Holm α/m, so that all cover together; with Benjamini and Hochberg Rα/m, where R were found, so that the
    /// expected share of found ones whose interval misses is at most α (Y. Benjamini and D. Yekutieli, JASA 100, 2005).
    /// </summary>
    public static double IntervalAlpha(IReadOnlyList<double> adjusted, Correction correction, double alpha) => adjusted.Count == 0 ? alpha : correction switch
    {
        Correction.None => alpha,
        Correction.Holm => alpha / adjusted.Count,
        Correction.BenjaminiHochberg => alpha * Math.Max(1, adjusted.Count(p => p <= alpha)) / adjusted.Count,
    };

    /// <summary>
    /// Holm finds more than Bonferroni's intervals show. Where it does, the sign is known, and the interval ends at 0 (O. Guilbaud, Biometrical Journal 50,
    /// 2008; K. Strassburger and F. Bretz, Statistics in Medicine 27, 2008).
    /// </summary>
    public static ConfidenceInterval Agree(ConfidenceInterval interval, double uplift, bool isFound) =>
        !isFound || !interval.Holds(0) ? interval : uplift > 0 ? interval with { Low = 0 } : interval with { High = 0 };

    /// <summary>
    /// The interval that an adjusted p-value alone implies, as other platforms print it, used where it is wider on both sides:
    /// z(1 − α/2) · |uplift| / z(1 − p/2) to each side.
    /// </summary>
    public static ConfidenceInterval Implied(double uplift, ConfidenceInterval interval, double adjusted, double alpha)
    {
        if (adjusted is <= 0 or >= 1 || uplift == 0)
        {
            return interval;
        }

        var reach = Distributions.NormalQuantile(1 - (alpha / 2)) * Math.Abs(uplift) / Distributions.NormalQuantile(1 - (adjusted / 2));
        var implied = ConfidenceInterval.Around(uplift, reach);
        return implied.Low < interval.Low && implied.High > interval.High ? implied : interval;
    }
}
