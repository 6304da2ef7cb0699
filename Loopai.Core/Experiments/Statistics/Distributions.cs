using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Integration;

namespace Loopai.Core.Experiments.Statistics;

/// <summary>The distributions that tests lean on, accurate also where the library alone is not.</summary>
internal static class Distributions
{
    /// <summary>Degrees of freedom from which the expansions below are more accurate than the library's continued fraction.</summary>
    private const double ManyDegrees = 1e6;

    public static double NormalCdf(double z) => Normal.CDF(0, 1, z);

    public static double NormalDensity(double z) => Normal.PDF(0, 1, z);

    /// <summary>The z below which a share <paramref name="p"/> lies: 1.959964 of 0.975.</summary>
    public static double NormalQuantile(double p) => Normal.InvCDF(0, 1, p);

    /// <summary>P(T ≤ t). With many degrees of freedom by D. L. Wallace's transformation to a normal deviate (Annals of Mathematical Statistics 30, 1959).</summary>
    public static double StudentCdf(double t, double df) => df < ManyDegrees
        ? StudentT.CDF(0, 1, df, t)
        : NormalCdf(t * (1 - (1 / (4 * df))) / Math.Sqrt(1 + (t * t / (2 * df))));

    /// <summary>With many degrees of freedom by the Cornish–Fisher expansion (Abramowitz and Stegun 26.7.5).</summary>
    public static double StudentQuantile(double p, double df)
    {
        if (df < ManyDegrees)
        {
            return StudentT.InvCDF(0, 1, df, p);
        }

        var z = NormalQuantile(p);
        return z + (((z * z * z) + z) / (4 * df));
    }

    public static double ChiSquareTail(double x, int df) => df < 1 || x <= 0 ? 1 : SpecialFunctions.GammaUpperRegularized(df / 2.0, x / 2);

    /// <summary>
    /// P(T ≤ t) of the noncentral t, as the mean of Φ(t·S − δ) over S = √(χ²/ν), whose mass lies within ten deviations 1/√(2ν) of 1.
    /// </summary>
    public static double NoncentralTCdf(double t, double df, double delta)
    {
        var reach = 10 / Math.Sqrt(2 * df);
        var (half, log) = (df / 2, Math.Log(2) + (df / 2 * Math.Log(df / 2)) - SpecialFunctions.GammaLn(df / 2));
        return GaussLegendreRule.Integrate(
            s => NormalCdf((t * s) - delta) * Math.Exp(log + ((df - 1) * Math.Log(s)) - (half * s * s)), Math.Max(1e-9, 1 - reach), 1 + reach, 128);
    }

    /// <summary>P(X ≤ k) of a binomial of n fair trials.</summary>
    public static double FairBinomialCdf(double k, double n) => k >= n ? 1 : SpecialFunctions.BetaRegularized(n - k, k + 1, 0.5);
}
