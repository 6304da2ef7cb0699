using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>A metric of one variant as it is compared: a sample, or a value whose error was found otherwise.</summary>
internal readonly record struct Measured(double Units, double? Value, Sample? Sample, PointEstimate? Point, IReadOnlyList<Stratum>? Strata = null)
{
    public Difference Against(Measured control, Scale scale) => (Sample, control.Sample, Point, control.Point) switch
    {
        ({ }, { }, _, _) when Strata is { Count: > 1 } => Stratification.Between(Strata, scale),
        ({ } treatment, { } baseline, _, _) => Difference.Between(baseline, treatment, scale),
        (_, _, { } treatment, { } baseline) => Difference.Of(baseline, treatment, scale),
        _ => Difference.Without(EffectState.TooFewUnits, Units + control.Units),
    };
}

/// <summary>Compares variants by a plan. What is compared together is corrected together.</summary>
/// <param name="tuning">Units of a pair at which the sequential test is tightest; as it was when the experiment started.</param>
/// <param name="guardrails">Verdicts that share the error rate: guardrails times treatments.</param>
internal sealed class Comparer(AnalysisPlan plan, double tuning, int guardrails, int goals)
{
    /// <summary>One comparison that is to be made.</summary>
    public sealed record Pair(PlannedMetric Metric, string Variant, Measured Control, Measured Treatment);

    /// <summary>Each in its turn; p-values and intervals are those of all of them together.</summary>
    /// <param name="pairs">What is compared.</param>
    /// <param name="corrected">Whether for their number.</param>
    /// <param name="awaited">Whether those that have no figures yet count among it: what was tested without them would be tested too often once they have.</param>
    public IReadOnlyList<Comparison> Compare(IReadOnlyList<Pair> pairs, bool corrected, bool awaited)
    {
        var differences = pairs.Select(p => Between(p, Scale.Relative)).ToList();
        var plain = differences.ConvertAll(d => Test(d.Difference, plan.Alpha));
        var correction = corrected ? plan.Correction : Correction.None;
        var known = plain.ConvertAll(e => e.PValue ?? (awaited ? 1.0 : null));
        var adjusted = Corrections.Adjust([.. known.OfType<double>()], correction);
        var alpha = Corrections.IntervalAlpha(adjusted, correction, plan.Alpha);
        var comparisons = correction == Correction.None ? 1 : Math.Max(1, adjusted.Length);
        var next = new Queue<double>(adjusted);
        return
        [
            .. pairs.Select((pair, i) => (Pair: pair, Index: i, P: known[i] is null ? (double?)null : next.Dequeue()))
                .Select(p => One(p.Pair, differences[p.Index], plain[p.Index], plain[p.Index].PValue is null ? null : p.P, alpha, comparisons)),
        ];
    }

    /// <summary>Which of these shows a winner under the plan, of a metric of which more, or less, is better.</summary>
    private Comparison One(Pair pair, (Difference Difference, bool Softened) found, Effect plain, double? adjusted, double alpha, int comparisons)
    {
        var (relative, softened) = found;
        var absolute = Test(Between(pair, Scale.Absolute).Difference, plan.Alpha);
        var posterior = Bayesian.Posterior(relative, Scale.Relative, null, alpha, pair.Metric.Definition.Direction == MetricDirection.Down);
        var interval = plan.Method == StatisticalMethod.Bayesian ? posterior.Interval : Test(relative, alpha).Interval;
        if (interval is { } bounds && adjusted <= plan.Alpha && plan.Method != StatisticalMethod.Bayesian)
        {
            interval = Corrections.Agree(bounds, relative.Uplift, isFound: true);
        }

        return new Comparison(
            plain, absolute, posterior, adjusted, interval, Find(pair.Metric, relative, interval, adjusted, posterior),
            Power.Detectable(relative, Design(pair.Metric, comparisons)),
            pair.Metric.Role == MetricRole.Guardrail ? Judge(pair) : null,
            softened ? true : null);
    }

    /// <summary>
    /// The difference, and whether it had to be softened: a variant that is right every time has no spread to compute with, and could never win. Of shares, one unit of each
    /// outcome is then added to both arms (A. Agresti and B. Caffo, The American Statistician 54, 2000). A control at 0 stays without a relative change, for there is none.
    /// </summary>
    private static (Difference Difference, bool Softened) Between(Pair pair, Scale scale)
    {
        var plain = pair.Treatment.Against(pair.Control, scale);
        return plain.State == EffectState.NoVariance && pair.Metric.Definition.IsShare && (scale == Scale.Absolute || pair.Control.Value > 0)
            && pair.Control.Sample?.SoftenedShare() is { } control && pair.Treatment.Sample?.SoftenedShare() is { } treatment
            && Difference.Between(control, treatment, scale) is { State: EffectState.Estimated } softened
            ? (softened, true) : (plain, false);
    }

    private Effect Test(Difference d, double alpha) => plan.Method == StatisticalMethod.Sequential
        ? Sequential.Test(d, alpha, tuning, tunedAlpha: plan.Alpha)
        : FixedHorizon.Test(d, alpha);

    private Finding Find(PlannedMetric metric, Difference d, ConfidenceInterval? interval, double? adjusted, Posterior posterior)
    {
        if (d.State != EffectState.Estimated || interval is not { Low: { } low, High: { } high })
        {
            return Finding.Undecided;
        }

        if (low > -metric.MinimumEffect && high < metric.MinimumEffect)
        {
            return Finding.Equivalent;
        }

        var found = plan.Method == StatisticalMethod.Bayesian ? Math.Max(posterior.ChanceToWin, 1 - posterior.ChanceToWin) >= 1 - plan.Alpha : adjusted <= plan.Alpha;
        return !found ? Finding.Undecided : d.Uplift > 0 == (metric.Definition.Direction == MetricDirection.Up) ? Finding.Better : Finding.Worse;
    }

    private GuardrailVerdict Judge(Pair pair)
    {
        var (up, tolerance) = (pair.Metric.Definition.Direction == MetricDirection.Up, pair.Metric.MinimumEffect);
        if (pair.Control.Sample is not { } control || pair.Treatment.Sample is not { } treatment)
        {
            return Guardrail.Judge(pair.Control.Point, pair.Treatment.Point, up, tolerance, plan.Alpha, guardrails, tuning);
        }

        // Arms without any failure have no spread to test with; a hundred units of each are no proof that harm is ruled out, which only the softened test can tell.
        var verdict = Guardrail.Judge(control, treatment, up, tolerance, plan.Alpha, guardrails, tuning);
        return verdict.Harm.State == EffectState.NoVariance && pair.Metric.Definition.IsShare
            && control.SoftenedShare() is { } softControl && treatment.SoftenedShare() is { } softTreatment
            ? Guardrail.Judge(softControl, softTreatment, up, tolerance, plan.Alpha, guardrails, tuning) : verdict;
    }

    /// <summary>More units of both arms that show the metric's smallest effect; null where it cannot be told.</summary>
    public double? UnitsToGo(Pair pair, int comparisons) =>
        Power.Now(Between(pair, Scale.Relative).Difference, Design(pair.Metric, comparisons))?.UnitsToGo;

    private PowerDesign Design(PlannedMetric metric, int comparisons) => new(
        metric.MinimumEffect, plan.Alpha, Math.Pow(plan.Power, 1.0 / Math.Max(1, goals)), comparisons,
        plan.Method == StatisticalMethod.Sequential ? tuning : null);
}
