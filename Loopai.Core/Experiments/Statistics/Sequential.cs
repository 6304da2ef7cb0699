namespace Loopai.Core.Experiments.Statistics;

/// <summary>
/// Always-valid inference by an asymptotic confidence sequence (I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy and A. Ramdas, Time-uniform
/// central limit theory, arXiv 2103.06476v7, equations 9, 155 and 161). The error rate holds over all looks together, so one may look whenever one likes.
/// </summary>
public static class Sequential
{
    /// <summary>Units at which the interval is tightest, where a plan names none.</summary>
    public const double DefaultTuning = 5_000;

    /// <summary>One-sided p-values end here: above one half a one-sided sequence says nothing.</summary>
    private const double MaxOneSided = 0.4999;

    /// <summary>
    /// Both bounds, at every size of the sample. The tuning must be chosen beforehand and stay as it is. With the default, the interval of 5,000 units is
    /// 3.035 standard errors wide to each side, and of 50,000 units 3.242; z = 3.5 at 5,000 units gives p = 0.0130.
    /// </summary>
    /// <param name="alpha">The error rate of the interval.</param>
    /// <param name="tunedAlpha">The error rate that ρ was chosen for, where the interval's is a corrected one: p and interval then say the same.</param>
    public static Effect Test(Difference d, double alpha, double tuning = DefaultTuning, Tail tail = Tail.TwoSided, double? tunedAlpha = null)
    {
        if (d.State != EffectState.Estimated)
        {
            return Effect.Without(d.State);
        }

        var chosen = tunedAlpha ?? alpha;
        var reach = d.StandardError * Reach(d.Units, alpha, tuning, tail, chosen);
        return new Effect(
            EffectState.Estimated, d.Uplift, d.StandardError, d.DegreesOfFreedom,
            PValue(d.Uplift / d.StandardError, d.Units, chosen, tuning, tail), ConfidenceInterval.Around(d.Uplift, reach, tail));
    }

    /// <summary>Half the interval's width in standard errors.</summary>
    public static double Reach(double units, double alpha, double tuning = DefaultTuning, Tail tail = Tail.TwoSided, double? tunedAlpha = null)
    {
        var spread = Spread(units, tunedAlpha ?? alpha, tuning, tail);
        var root = Math.Sqrt(spread + 1);
        return Math.Sqrt(2 * (spread + 1) / spread * Math.Log(tail == Tail.TwoSided ? root / alpha : 1 + (root / (2 * alpha))));
    }

    /// <summary>The least error rate whose interval leaves 0 out, ρ being the one of <paramref name="tunedAlpha"/>.</summary>
    public static double PValue(double z, double units, double tunedAlpha, double tuning = DefaultTuning, Tail tail = Tail.TwoSided)
    {
        var spread = Spread(units, tunedAlpha, tuning, tail);
        var root = Math.Sqrt(spread + 1);
        var exponent = z * z * spread / (2 * (spread + 1));
        return tail == Tail.TwoSided ? Math.Min(1, root * Math.Exp(-exponent))
            : tail == Tail.Greater != z > 0 || z == 0 ? MaxOneSided
            : Math.Min(MaxOneSided, root / (2 * double.ExpM1(exponent)));
    }

    /// <summary>ρ, for which the interval is tightest at <paramref name="tuning"/> units: 0.039840 of α = 0.05 and 5,000.</summary>
    public static double Rho(double alpha, double tuning, Tail tail = Tail.TwoSided)
    {
        var log = -2 * Math.Log(tail == Tail.TwoSided ? alpha : 2 * alpha);
        return Math.Sqrt((log + Math.Log(1 + log)) / tuning);
    }

    private static double Spread(double units, double alpha, double tuning, Tail tail)
    {
        var rho = Rho(alpha, tuning, tail);
        return units * rho * rho;
    }
}
