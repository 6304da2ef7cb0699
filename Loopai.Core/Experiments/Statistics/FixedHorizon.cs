namespace Loopai.Core.Experiments.Statistics;

/// <summary>Welch's t-test (Biometrika 34, 1947). Right when it is looked at once, at a size that was fixed before; see <see cref="Sequential"/>.</summary>
public static class FixedHorizon
{
    /// <summary>Of 100 in 1000 against 120 in 1000, relative: 0.2, p = 0.1923, 90 % interval −0.0524 to 0.4524.</summary>
    public static Effect Test(Difference d, double alpha, Tail tail = Tail.TwoSided)
    {
        if (d.State != EffectState.Estimated)
        {
            return Effect.Without(d.State);
        }

        var t = d.Uplift / d.StandardError;
        var p = tail switch
        {
            Tail.TwoSided => Math.Min(1, 2 * Distributions.StudentCdf(-Math.Abs(t), d.DegreesOfFreedom)),
            Tail.Greater => Distributions.StudentCdf(-t, d.DegreesOfFreedom),
            Tail.Less => Distributions.StudentCdf(t, d.DegreesOfFreedom),
        };
        var reach = Distributions.StudentQuantile(1 - (tail == Tail.TwoSided ? alpha / 2 : alpha), d.DegreesOfFreedom) * d.StandardError;
        return new Effect(EffectState.Estimated, d.Uplift, d.StandardError, d.DegreesOfFreedom, p, ConfidenceInterval.Around(d.Uplift, reach, tail));
    }
}
