namespace Loopai.Core.Experiments.Statistics;

/// <summary>The means of what a sample measures per unit, and their covariances between units.</summary>
internal sealed record Moments(double Units, double[] Means, double[,] Covariance)
{
    /// <summary>Of yes and no the covariance has the divisor n, so that a variance is p(1 − p); else n − 1.</summary>
    public static Moments Of(Sample sample)
    {
        var n = (double)sample.Units;
        var size = sample.Sums.Length;
        var means = new double[size];
        var covariance = new double[size, size];
        for (var i = 0; i < size; i++)
        {
            means[i] = n > 0 ? sample.Sums[i] / n : 0;
        }

        var divisor = sample.Kind == SampleKind.Proportion ? n : n - 1;
        for (var i = 0; i < size && divisor > 0; i++)
        {
            for (var j = 0; j < size; j++)
            {
                covariance[i, j] = (sample.Products[i, j] - (sample.Sums[i] * means[j])) / divisor;
            }
        }

        return new Moments(n, means, covariance);
    }

    /// <summary>
    /// gᵀΛh. What is left of terms that cancel, up to their rounding, is 0: a variance of 10⁻¹⁷ between equal values would make any difference certain.
    /// </summary>
    public double Form(double[] g, double[] h)
    {
        var (sum, greatest) = (0.0, 0.0);
        for (var i = 0; i < g.Length; i++)
        {
            for (var j = 0; j < h.Length; j++)
            {
                // The scale is that of the squares, from which the covariance itself was a difference.
                sum += g[i] * Covariance[i, j] * h[j];
                greatest += Math.Abs(g[i] * h[j]) * (Math.Abs(Covariance[i, j]) + Math.Abs(Means[i] * Means[j]));
            }
        }

        return !double.IsFinite(greatest) ? double.NaN : Math.Abs(sum) <= Math.Max(1e-13, 1e-15 * Math.Sqrt(Units)) * greatest ? 0 : sum;
    }
}
