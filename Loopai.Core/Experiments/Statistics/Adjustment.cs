namespace Loopai.Core.Experiments.Statistics;

/// <summary>
/// CUPED (A. Deng, Y. Xu, R. Kohavi and T. Walker, WSDM 2013): what a unit did before the experiment foretells what it does in it, and owes nothing to
/// the variant, so taking θ times it off keeps the difference and removes spread.
/// </summary>
internal static class Adjustment
{
    /// <summary>
    /// Of a mean: cov(during, before) / var(before) of both arms pooled as one sample. Of a ratio: the same of the per-unit linearisations
    /// (m − R·d)/d̄, summed over the arms. 0 where the past does not vary: then nothing is adjusted.
    /// </summary>
    public static double Theta(Sample control, Sample treatment)
    {
        if (!control.IsAdjusted || !treatment.IsAdjusted)
        {
            return 0;
        }

        double covariance, variance;
        if (control.Kind == SampleKind.Ratio)
        {
            var (a, b) = (Moments.Of(control), Moments.Of(treatment));
            var f = MetricFunction.Of(control);
            covariance = a.Form(f.BaseGradient(a.Means), f.PastGradient(a.Means)) + b.Form(f.BaseGradient(b.Means), f.PastGradient(b.Means));
            variance = a.Form(f.PastGradient(a.Means), f.PastGradient(a.Means)) + b.Form(f.PastGradient(b.Means), f.PastGradient(b.Means));
        }
        else
        {
            var pooled = Moments.Of(control + treatment);
            covariance = pooled.Form([1, 0], [0, 1]);
            variance = pooled.Form([0, 1], [0, 1]);
        }

        var theta = covariance / variance;
        return variance > 0 && double.IsFinite(theta) ? theta : 0;
    }
}
