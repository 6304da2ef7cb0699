using System.Runtime.InteropServices;

namespace Loopai.Core.Validation;

/// <summary>
/// The score interval of a proportion (E. B. Wilson, JASA 22, 1927, 209–212), which stays within 0..1 and is honest for few observations and
/// for proportions near 0 or 1. For 81 of 263: 0.2553 to 0.3662 (R. G. Newcombe, Statistics in Medicine 17, 1998, table I, method 3).
/// </summary>
public static class Wilson
{
    /// <summary>The normal quantile of a two-sided 95 % interval.</summary>
    public const double Z95 = 1.959963984540054;

    /// <param name="successes">0..n; a fraction where observations are weighted.</param>
    /// <param name="n">Observations, or the effective sample size; above 0.</param>
    /// <param name="z">The normal quantile of the confidence wanted.</param>
    public static Interval Interval(double successes, double n, double z = Z95)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, n);
        var share = successes / n;
        var z2 = z * z;
        var centre = share + (z2 / (2 * n));
        var reach = z * Math.Sqrt((share * (1 - share) / n) + (z2 / (4 * n * n)));
        var scale = 1 + (z2 / n);

        // At the ends the bound is 0 or 1 exactly; the arithmetic would miss it by a rounding error.
        return new Interval(
            successes <= 0 ? 0 : Math.Max(0, (centre - reach) / scale),
            successes >= n ? 1 : Math.Min(1, (centre + reach) / scale));
    }
}

/// <summary>A confidence interval.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Interval(double Low, double High);
