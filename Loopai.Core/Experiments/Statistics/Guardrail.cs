namespace Loopai.Core.Experiments.Statistics;

/// <summary>What a guardrail says.</summary>
public enum GuardrailState
{
    /// <summary>Too few units to say anything.</summary>
    Collecting,

    /// <summary>No harm is shown, and none beyond the tolerance is ruled out.</summary>
    Watching,

    /// <summary>Harm beyond the tolerance is ruled out.</summary>
    Safe,

    /// <summary>The treatment is worse by more than is tolerated.</summary>
    Hurt,
}

/// <summary>What was compared, and what came of it.</summary>
/// <param name="Harm">How much worse than tolerated the treatment is, in the metric's unit; its p-value is that of no harm.</param>
/// <param name="Alpha">The error rate of this one guardrail.</param>
public sealed record GuardrailVerdict(GuardrailState State, Effect Harm, double Alpha);

/// <summary>
/// A one-sided sequential test of "worse by more than is tolerated", which may be asked at any moment. All guardrails of one experiment or rollout share one error
/// rate, α divided by their number: with α for each, ten guardrails would stop a faultless version in two of five cases.
/// </summary>
public static class Guardrail
{
    /// <summary>Units of each arm before a guardrail speaks; below, a mean is not nearly normal.</summary>
    public const int FewestUnits = 30;

    /// <param name="higherIsBetter">Whether less of the metric is harm.</param>
    /// <param name="tolerance">Share of the control's value by which the treatment may be worse: 0.05 is five percent.</param>
    public static GuardrailVerdict Judge(
        Sample control, Sample treatment, bool higherIsBetter, double tolerance, double alpha, int guardrails, double tuning = Sequential.DefaultTuning)
    {
        var own = alpha / Math.Max(1, guardrails);
        if (Math.Min(control.Units, treatment.Units) < FewestUnits)
        {
            return new GuardrailVerdict(GuardrailState.Collecting, Effect.Without(EffectState.TooFewUnits), own);
        }

        var slack = tolerance * Math.Sign(control.Value ?? 0);
        var harm = higherIsBetter
            ? -Difference.Beyond(control.Softened(), treatment.Softened(), -slack)
            : Difference.Beyond(control.Softened(), treatment.Softened(), slack);
        return harm.State == EffectState.Estimated
            ? Judge(harm, own, tuning)
            : new GuardrailVerdict(WithoutSpread(control, treatment, higherIsBetter, slack), Effect.Without(harm.State), own);
    }

    /// <summary>The same of values whose errors were found otherwise, such as quantiles; null for one that could not be estimated.</summary>
    public static GuardrailVerdict Judge(
        PointEstimate? control, PointEstimate? treatment, bool higherIsBetter, double tolerance, double alpha, int guardrails, double tuning = Sequential.DefaultTuning)
    {
        var own = alpha / Math.Max(1, guardrails);
        if (control is not { Units: >= FewestUnits } a || treatment is not { Units: >= FewestUnits } b)
        {
            return new GuardrailVerdict(GuardrailState.Collecting, Effect.Without(EffectState.TooFewUnits), own);
        }

        var slack = tolerance * Math.Sign(a.Value);
        var factor = 1 + (higherIsBetter ? -slack : slack);
        var beyond = Difference.Of(a with { Value = a.Value * factor, StandardError = a.StandardError * Math.Abs(factor) }, b, Scale.Absolute);
        var harm = higherIsBetter ? -beyond : beyond;
        return harm.State == EffectState.Estimated ? Judge(harm, own, tuning) : new GuardrailVerdict(GuardrailState.Watching, Effect.Without(harm.State), own);
    }

    private static GuardrailVerdict Judge(Difference harm, double alpha, double tuning)
    {
        var shown = Sequential.Test(harm, alpha, tuning, Tail.Greater);
        return new GuardrailVerdict(
            shown.Interval!.Value.Low > 0 ? GuardrailState.Hurt
            : Sequential.Test(harm, alpha, tuning, Tail.Less).Interval!.Value.High < 0 ? GuardrailState.Safe
            : GuardrailState.Watching,
            shown, alpha);
    }

    /// <summary>Arms whose every unit is alike, or where one is: equal or better ones are safe, others are watched, because no error rate can be named.</summary>
    private static GuardrailState WithoutSpread(Sample control, Sample treatment, bool higherIsBetter, double slack)
    {
        var limit = control.Value * (1 + (higherIsBetter ? -slack : slack));
        return (higherIsBetter ? treatment.Value >= limit : treatment.Value <= limit) ? GuardrailState.Safe : GuardrailState.Watching;
    }
}
