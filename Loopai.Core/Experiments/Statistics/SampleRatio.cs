using System.Runtime.InteropServices;

namespace Loopai.Core.Experiments.Statistics;

/// <summary>Whether as many units came to each variant as the weights say. If not, something chose among them, and no comparison holds.</summary>
/// <param name="PValue">1 without traffic.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SampleRatio(double ChiSquare, int DegreesOfFreedom, double PValue, bool IsEnough)
{
    /// <summary>Below it the ratio is a mismatch (A. Fabijan et al., KDD 2019).</summary>
    public const double Threshold = 0.001;

    /// <summary>Expected units of every variant from which the chi-square distribution may be used.</summary>
    public const double FewestExpected = 5;

    public bool IsMismatch => IsEnough && PValue < Threshold;

    /// <summary>
    /// Pearson's chi-square. A variant without weight adds no degree of freedom, and units in it are impossible. 10,000 and 10,500 of equal weights:
    /// χ² = 12.195, p = 0.000479.
    /// </summary>
    public static SampleRatio Test(IReadOnlyList<double> observed, IReadOnlyList<double> weights)
    {
        if (observed.Count != weights.Count)
        {
            throw new ArgumentException("Each variant has a number of units and a weight.", nameof(weights));
        }

        var (total, whole) = (observed.Sum(), weights.Sum());
        var arms = weights.Count(w => w > 0);
        if (total <= 0 || whole <= 0 || arms < 2)
        {
            return new SampleRatio(0, Math.Max(0, arms - 1), 1, IsEnough: false);
        }

        var (chi, impossible, least) = (0.0, false, double.MaxValue);
        for (var i = 0; i < observed.Count; i++)
        {
            var expected = weights[i] / whole * total;
            impossible |= expected <= 0 && observed[i] > 0;
            chi += expected > 0 ? (observed[i] - expected) * (observed[i] - expected) / expected : 0;
            least = expected > 0 ? Math.Min(least, expected) : least;
        }

        return new SampleRatio(chi, arms - 1, impossible ? 0 : Distributions.ChiSquareTail(chi, arms - 1), impossible || least >= FewestExpected);
    }
}
