using Loopai.Core.Experiments.Statistics;

namespace Loopai.Core.Rollouts;

/// <summary>
/// Reads one guardrail: whether the new version is worse than the one in service by more than is tolerated. A one-sided sequential test, so that it may be read
/// at every moment, each at α divided by the number of guardrails, so that all of them together are wrong no more often than α.
/// </summary>
public static class RolloutGates
{
    /// <summary>Units of each version in a stage, below which the stage is left out: a mean of fewer is not nearly normal.</summary>
    public const int FewestUnits = 30;

    /// <summary>Units at which the tests are sharpest: early, because a bad version shall go early.</summary>
    public const double Tuning = 500;

    /// <summary>Half of all executions are slower than the median; this part than the 95th percentile.</summary>
    private const double SlowShare = 0.05;

    public static GateReading Read(RolloutGuardrail guardrail, IReadOnlyList<StageEvidence> stages, double alpha)
    {
        var metric = guardrail.Metric;
        var usable = stages.Where(s => s.Control.Of(metric).Units >= FewestUnits && s.Candidate.Of(metric).Units >= FewestUnits).ToList();
        var (control, candidate) = (Total(stages, s => s.Control.Of(metric)), Total(stages, s => s.Candidate.Of(metric)));
        var reading = new GateReading(metric, GateState.Collecting, control.Rate, candidate.Rate, null, null, guardrail.Tolerance, null, alpha, candidate.Units);
        if (usable.Count == 0)
        {
            return reading;
        }

        return metric == RolloutMetric.LatencyP95 ? Latency(reading, usable, candidate) : Judged(reading, Excess(usable, metric), guardrail.Tolerance, alpha);
    }

    /// <summary>
    /// The tail is too heavy when more than a twentieth of the new version's executions are above the line, and more than of the old version's at the same time:
    /// both have to be shown, each at the full error rate, and together they are wrong no more often than either (an intersection–union test; R. L. Berger,
    /// Technometrics 24, 1982). The second keeps a slow hour of the machine from being held against the version.
    /// </summary>
    private static GateReading Latency(GateReading reading, IReadOnlyList<StageEvidence> usable, RateSums candidate)
    {
        var above = Judged(reading, new Excessive((candidate.Rate ?? 0) - SlowShare, candidate.SoftenedVariance ?? 0, candidate.Units), 0, reading.Alpha);
        var against = Judged(reading, Excess(usable, RolloutMetric.LatencyP95), 0, reading.Alpha);
        var weaker = above.PValue >= against.PValue ? above : against;
        return weaker with
        {
            Worse = above.Worse, AtLeast = above.AtLeast,
            State = above.State == GateState.Hurt && against.State == GateState.Hurt ? GateState.Hurt
                : above.State != GateState.Fine && against.State != GateState.Fine ? GateState.Doubtful : GateState.Fine,
        };
    }

    private static GateReading Judged(GateReading reading, Excessive excess, double tolerance, double alpha)
    {
        var beyond = excess.Difference - tolerance;
        var test = excess.Variance > 0
            ? Sequential.Test(new Difference(EffectState.Estimated, beyond, Math.Sqrt(excess.Variance), excess.Units, excess.Units, 0), alpha, Tuning, Tail.Greater)
            : Effect.Without(EffectState.NoVariance);
        var low = test.Interval?.Low;
        return reading with
        {
            Worse = excess.Difference, AtLeast = low + tolerance, PValue = test.PValue,
            State = low > 0 ? GateState.Hurt : beyond > Math.Sqrt(excess.Variance) ? GateState.Doubtful : GateState.Fine,
        };
    }

    /// <summary>
    /// The mean difference over the stages, each weighted by the units that got the new version in it. Within a stage both versions answered at the same time, so
    /// that a bad hour hits both; over all stages together the new version would carry more of the later hours than the old one.
    /// </summary>
    private static Excessive Excess(IReadOnlyList<StageEvidence> stages, RolloutMetric metric)
    {
        var units = stages.Sum(s => (double)s.Candidate.Of(metric).Units);
        var (difference, variance, effective) = (0.0, 0.0, 0.0);
        foreach (var stage in stages)
        {
            var (control, candidate) = (stage.Control.Of(metric), stage.Candidate.Of(metric));
            var weight = candidate.Units / units;
            difference += weight * ((candidate.Rate ?? 0) - (control.Rate ?? 0));
            variance += weight * weight * ((control.SoftenedVariance ?? 0) + (candidate.SoftenedVariance ?? 0));

            // As many units, halved between the versions, would say as much.
            effective += 4.0 * control.Units * candidate.Units / (control.Units + candidate.Units);
        }

        return new Excessive(difference, variance, effective);
    }

    private static RateSums Total(IReadOnlyList<StageEvidence> stages, Func<StageEvidence, RateSums> of) => stages.Aggregate(default(RateSums), (sum, s) => sum + of(s));

    private readonly record struct Excessive(double Difference, double Variance, double Units);
}

/// <summary>One guardrail with its numbers.</summary>
/// <param name="Metric">What is watched.</param>
/// <param name="State">What the test says.</param>
/// <param name="Control">The share of the version in service; of latency the share above the line, of accuracy the share of wrong answers.</param>
/// <param name="Candidate">The same of the new version.</param>
/// <param name="Worse">By how much the new version is worse, as far as can be seen.</param>
/// <param name="AtLeast">By how much it is worse at least, with the error rate of this guardrail; above <paramref name="Tolerance"/> it goes back.</param>
/// <param name="Tolerance">By how much it may be worse.</param>
/// <param name="PValue">Of being no worse than tolerated.</param>
/// <param name="Alpha">The error rate of this guardrail.</param>
/// <param name="Units">Units of the new version behind it.</param>
public sealed record GateReading(
    RolloutMetric Metric, GateState State, double? Control, double? Candidate, double? Worse, double? AtLeast, double Tolerance, double? PValue, double Alpha, long Units);

/// <summary>What a guardrail says.</summary>
public enum GateState
{
    /// <summary>There is too little to say anything.</summary>
    Collecting,

    /// <summary>No worse than tolerated, as far as can be seen.</summary>
    Fine,

    /// <summary>It looks worse than tolerated by more than a standard error, which shows nothing yet: it stays in this stage.</summary>
    Doubtful,

    /// <summary>It is worse than tolerated: it goes back.</summary>
    Hurt,
}
