using System.Runtime.InteropServices;

namespace Loopai.Core.Validation;

/// <summary>
/// A share of all executions estimated from those that were checked, each weighted by the inverse of the probability with which it was chosen.
/// Three sums carry everything, so a database can add them up.
/// </summary>
/// <param name="Weights">Σ 1/p.</param>
/// <param name="MatchedWeights">Σ 1/p of those that matched.</param>
/// <param name="SquaredWeights">Σ 1/p².</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WeightedShare(double Weights, double MatchedWeights, double SquaredWeights)
{
    public static WeightedShare operator +(WeightedShare left, WeightedShare right) => new(
        left.Weights + right.Weights, left.MatchedWeights + right.MatchedWeights, left.SquaredWeights + right.SquaredWeights);

    /// <summary>One verdict.</summary>
    public static WeightedShare Of(bool matched, double probability) =>
        new(1 / probability, matched ? 1 / probability : 0, 1 / (probability * probability));

    /// <summary>
    /// The ratio estimator Σ(y/p) / Σ(1/p) (J. Hájek 1971; Särndal, Swensson and Wretman, Model Assisted Survey Sampling, 1992, section 5.7);
    /// null when nothing was checked. One match chosen with 0.1 and one mismatch chosen with 0.5: 10 / (10 + 2) = 0.833.
    /// </summary>
    public double? Estimate => Weights > 0 ? Math.Clamp(MatchedWeights / Weights, 0, 1) : null;

    /// <summary>
    /// How many equally weighted verdicts say as much: (Σw)² / Σw² (L. Kish, Survey Sampling, 1965, section 11.7). With the weights 10 and 2:
    /// 144 / 104 = 1.38. With equal weights it is their number.
    /// </summary>
    public double EffectiveSize => SquaredWeights > 0 ? Weights * Weights / SquaredWeights : 0;

    /// <summary>
    /// Wilson's 95 % interval on the effective sample size (C. Franco et al., Journal of Survey Statistics and Methodology 7, 2019, 334–364, find
    /// it among the best for shares from unequal probabilities); null when nothing was checked.
    /// </summary>
    public Interval? Interval => Estimate is { } share && EffectiveSize is > 0 and var size ? Wilson.Interval(share * size, size) : null;
}
