namespace Loopai.Core.Experiments.Statistics;

/// <summary>What was believed of the uplift before the experiment: normal. Null where a prior is asked for means that nothing was.</summary>
/// <param name="Scale">What the prior speaks about; one of the relative uplift is brought to an absolute one by the control's value.</param>
public sealed record UpliftPrior(double Mean, double StandardDeviation, Scale Scale = Scale.Relative)
{
    /// <summary>Changes of more than 60 % are rare.</summary>
    public static readonly UpliftPrior Default = new(0, 0.3);
}

/// <summary>What is believed of the uplift after it.</summary>
/// <param name="ChanceToWin">That the treatment is better than the control. A half unless estimated.</param>
/// <param name="LossOfTreatment">What is lost on average by shipping the treatment, counting a gain as no loss.</param>
/// <param name="LossOfControl">The same of keeping the control.</param>
public sealed record Posterior(
    EffectState State, double ChanceToWin, double? Mean, double? StandardDeviation, ConfidenceInterval? Interval, double? LossOfTreatment, double? LossOfControl);

/// <summary>Normal likelihood and normal prior, joined by their precisions (A. Gelman et al., Bayesian Data Analysis, 3rd edition, section 2.5).</summary>
public static class Bayesian
{
    /// <summary>Of 100 in 1000 against 120 in 1000, relative, with the default prior: chance to win 0.8772, mean 0.1586.</summary>
    public static Posterior Posterior(Difference d, Scale scale, UpliftPrior? prior, double alpha, bool lowerIsBetter = false)
    {
        if (d.State != EffectState.Estimated)
        {
            return new Posterior(d.State, 0.5, null, null, null, null, null);
        }

        var (mean, deviation) = (d.Uplift, d.StandardError);
        if (prior is not null)
        {
            var factor = prior.Scale == scale ? 1 : scale == Scale.Absolute ? Math.Abs(d.Baseline) : 1 / Math.Abs(d.Baseline);
            var (before, here) = (1 / Math.Pow(prior.StandardDeviation * factor, 2), 1 / (deviation * deviation));
            if (!double.IsFinite(before))
            {
                return new Posterior(EffectState.ZeroBaseline, 0.5, null, null, null, null, null);
            }

            mean = ((mean * here) + (prior.Mean * factor * before)) / (here + before);
            deviation = Math.Sqrt(1 / (here + before));
        }

        var z = mean / deviation;
        var density = deviation * Distributions.NormalDensity(z);
        var (above, below) = ((mean * Distributions.NormalCdf(z)) + density, (-mean * Distributions.NormalCdf(-z)) + density);
        return new Posterior(
            EffectState.Estimated, Distributions.NormalCdf(lowerIsBetter ? -z : z), mean, deviation,
            ConfidenceInterval.Around(mean, Distributions.NormalQuantile(1 - (alpha / 2)) * deviation),
            LossOfTreatment: Math.Max(0, lowerIsBetter ? above : below), LossOfControl: Math.Max(0, lowerIsBetter ? below : above));
    }
}
