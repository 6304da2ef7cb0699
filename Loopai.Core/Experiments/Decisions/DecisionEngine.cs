using System.Globalization;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Core.Experiments.Decisions;

/// <summary>
/// Says what may be decided. Doubt about the data comes before harm, harm before success, and success before patience; nothing here looks anything up.
/// </summary>
public static class DecisionEngine
{
    /// <summary>Units of the smallest variant before there is anything to say.</summary>
    public const long FewestUnits = 30;

    /// <summary>Share of units in several variants from which a decision warns.</summary>
    public const double ManyInSeveral = 0.01;

    public static Decision Decide(DecisionEvidence evidence)
    {
        var decision = Warned(evidence, Alone(evidence) ?? Doubt(evidence) ?? Once(evidence) ?? Winner(evidence) ?? Harm(evidence) ?? TooEarly(evidence) ?? Outcome(evidence) ?? Patience(evidence));
        return evidence.ShareInSeveral < ManyInSeveral
            ? decision
            : decision with { Reasons = [.. decision.Reasons, new DecisionReason($"{Percent(evidence.ShareInSeveral)} of the units met several variants; they count for the first they met.")] };
    }

    /// <summary>Harm is told and acted upon whatever else is so: neither another variant's success nor a split that is off makes it less.</summary>
    private static Decision Warned(DecisionEvidence e, Decision decision)
    {
        if (e.Hurt.Count == 0)
        {
            return decision;
        }

        var harm = Sentence(e, e.Hurt[0]);
        return decision.State == DecisionState.GuardrailHurt ? decision with { Harm = harm } : decision with
        {
            Harm = harm, Sentence = $"{decision.Sentence} {harm}", Reasons = [.. decision.Reasons, .. e.Hurt.Select(Reason).Where(r => !decision.Reasons.Contains(r))],
        };
    }

    /// <summary>
    /// What a test of a fixed horizon says at its first readable moment, which is to be kept: its error rate is that of one reading, and whoever reads it again every
    /// minute finds something in the end. Null before that moment, and of tests that may be read at any time.
    /// </summary>
    public static Decision? Read(DecisionEvidence e)
    {
        if (!e.ReadsOnce || e.Reading is not null || e.Treatments.Count == 0 || e.SampleRatio.IsMismatch || !MayRead(e))
        {
            return e.ReadsOnce ? e.Reading : null;
        }

        var read = Winner(e) ?? Outcome(e) ?? Patience(e);
        return read with { Reasons = [.. read.Reasons, new DecisionReason(Invariant($"It was read once, with {e.Units:N0} units {On(e.Now)}; what came later changes nothing."))] };
    }

    /// <summary>Harm comes later all the same: guardrails are always sequential.</summary>
    private static Decision? Once(DecisionEvidence e) =>
        Read(e) is not { } read ? null : read.State == DecisionState.Ship && !IsHurt(e, read.Variant!) ? read : Harm(e) ?? read;

    private static Decision? Alone(DecisionEvidence e) => e.Treatments.Count > 0 ? null : new Decision(
        DecisionState.Inconclusive, null, "Only shadows run beside the control: compare their answers with its own; there is nothing here to ship.", []);

    private static Decision? Doubt(DecisionEvidence e) => !e.SampleRatio.IsMismatch ? null : new Decision(
        DecisionState.SampleRatioMismatch, null, "The variants did not get the units that their weights promise, so do not trust any difference below: find out what loses or adds units first.",
        [new DecisionReason(Invariant($"A split as uneven as this has a chance of {Chance(e.SampleRatio.PValue)} (χ² = {e.SampleRatio.ChiSquare:0.0})."), PValue: e.SampleRatio.PValue)]);

    /// <summary>The best variant among those that are better and do no harm, where one may be named.</summary>
    private static Decision? Winner(DecisionEvidence e)
    {
        if (!MayRead(e))
        {
            return null;
        }

        var candidates = e.Treatments.Where(t => !IsHurt(e, t.Key) && Of(e, t.Key) is var goals && goals.Exists(g => g.Finding == Finding.Better) && !goals.Exists(g => g.Finding == Finding.Worse))
            .OrderByDescending(t => Of(e, t.Key).Where(g => g.Finding == Finding.Better).Max(g => Math.Abs(g.Uplift ?? 0))).ToList();
        if (candidates.Count == 0)
        {
            return null;
        }

        var (key, name) = candidates[0];
        var won = Of(e, key).Where(g => g.Finding == Finding.Better).ToList();
        return new Decision(
            DecisionState.Ship, key, $"Ship {name}: {string.Join(" and ", won.Select(Change))}, and {(e.Hurt.Count == 0 ? "no guardrail is hurt" : "it hurts no guardrail")}.",
            [
                .. Of(e, key).Select(Reason),
                .. candidates.Skip(1).Select(c => new DecisionReason($"{c.Name} is better than the control as well; the two were not compared with each other.", Variant: c.Key)),
            ]);
    }

    private static Decision? Harm(DecisionEvidence e)
    {
        if (e.Hurt.Count == 0)
        {
            return null;
        }

        var first = e.Hurt[0];
        return new Decision(
            DecisionState.GuardrailHurt, first.Variant, Sentence(e, first), [.. e.Hurt.Select(Reason), .. e.Goals.Select(Reason)]);
    }

    private static string Sentence(DecisionEvidence e, MetricFinding hurt) => $"Stop {NameOf(e, hurt.Variant)}: it harms a guardrail, {Change(hurt)}.";

    private static Decision? TooEarly(DecisionEvidence e)
    {
        if (MayRead(e))
        {
            return null;
        }

        var perDay = e.Days > 0 ? e.Units / e.Days : 0;
        var reasons = new List<DecisionReason>();
        var about = e.Days < e.MinDays ? e.Now.AddDays(e.MinDays - e.Days) : (DateTimeOffset?)null;
        if (e.LeastUnits < FewestUnits)
        {
            reasons.Add(new DecisionReason(Invariant($"The smallest variant has {e.LeastUnits:N0} units; {FewestUnits} are the least.")));
        }

        if (e.Days < e.MinDays)
        {
            reasons.Add(new DecisionReason(Invariant($"It has run {e.Days:0.#} of at least {e.MinDays:0.#} days, because weekdays differ.")));
        }

        if (e is { ReadsOnce: true, ReadAtUnits: { } wanted } && e.Units < wanted)
        {
            reasons.Add(new DecisionReason(Invariant($"It is read once, at {wanted:N0} units; there are {e.Units:N0}.")));
            about = Later(about, InDays(e.Now, perDay > 0 ? (wanted - e.Units) / perDay : null));
        }
        else if (e.ReadsOnce && e.MaxDays is { } most && e.Days < most)
        {
            reasons.Add(new DecisionReason(Invariant($"It is read once, after {most:0.#} days.")));
            about = Later(about, e.Now.AddDays(most - e.Days));
        }

        return new Decision(
            DecisionState.Collecting, null,
            e.IsOver ? "It was stopped before there was anything to say."
            : about is { } at ? $"Too early to say anything: look again {On(at)}." : "Too early to say anything: units are still being collected.", reasons, e.IsOver ? null : about);
    }

    private static Decision? Outcome(DecisionEvidence e)
    {
        if (e.Treatments.Count == 0 || e.Goals.Count == 0)
        {
            return null;
        }

        var torn = e.Treatments.FirstOrDefault(t => Has(t.Key, Finding.Better) && Has(t.Key, Finding.Worse));
        if (torn.Key is not null)
        {
            return new Decision(
                DecisionState.TradeOff, torn.Key, $"{torn.Name} gives and takes: {string.Join(", but ", Of(e, torn.Key).Where(g => g.Finding is Finding.Better or Finding.Worse).Select(Change))}.",
                [.. e.Goals.Select(Reason)]);
        }

        if (e.Goals.All(g => g.Finding == Finding.Equivalent))
        {
            return new Decision(
                DecisionState.Equivalent, null, "There is no difference worth shipping: whatever it is, it is smaller than what you said would matter.", [.. e.Goals.Select(Reason)]);
        }

        // A treatment that is worse in one goal is out, whatever the other goals would still show.
        return e.Treatments.All(t => Has(t.Key, Finding.Worse) || Of(e, t.Key).TrueForAll(g => g.Finding == Finding.Equivalent))
            ? new Decision(
                DecisionState.KeepControl, null, $"Keep the control: {string.Join(" and ", e.Goals.Where(g => g.Finding == Finding.Worse).Select(g => $"{NameOf(e, g.Variant)} is worse ({Change(g)})"))}.",
                [.. e.Goals.Select(Reason)])
            : null;

        bool Has(string treatment, Finding finding) => Of(e, treatment).Exists(g => g.Finding == finding);
    }

    private static Decision Patience(DecisionEvidence e)
    {
        List<DecisionReason> reasons = [.. e.Goals.Select(Reason)];
        if (e.ReadsOnce)
        {
            return new Decision(
                DecisionState.Inconclusive, null, "It was read at its end and no difference was found; that does not mean that there is none.", reasons);
        }

        if (e.MaxDays is { } most && e.Days >= most)
        {
            return new Decision(
                DecisionState.Inconclusive, null, Invariant($"The {most:0.#} days are over and no difference was found; that does not mean that there is none."), reasons);
        }

        var perDay = e.Days > 0 ? e.Units / e.Days : 0;
        var about = perDay > 0 && e.UnitsToGo is > 0 and var more ? InDays(e.Now, more / perDay) : null;
        reasons.Add(new DecisionReason(e.UnitsToGo is { } units and > 0
            ? Invariant($"To show the smallest effect that matters it needs about {units:N0} more units, at {perDay:N0} a day.")
            : Invariant($"{e.Units:N0} units so far, {perDay:N0} a day.")));
        return new Decision(
            DecisionState.Underpowered, null,
            about is { } at ? $"No difference is found yet, and one that matters could still hide: keep it running until about {On(at)[3..]}."
                : e.UnitsToGo is 0 ? "No difference is found, though one that matters would probably have been: keep it running until the interval is narrow enough to rule it out."
                : "No difference is found yet, and one that matters could still hide: keep it running.",
            reasons, about);
    }

    private static bool MayRead(DecisionEvidence e) => e.LeastUnits >= FewestUnits && e.Days >= e.MinDays
        && (!e.ReadsOnce || (e.ReadAtUnits is { } units && e.Units >= units) || (e.MaxDays is { } most && e.Days >= most));

    private static List<MetricFinding> Of(DecisionEvidence e, string variant) => [.. e.Goals.Where(g => g.Variant == variant)];

    private static bool IsHurt(DecisionEvidence e, string variant) => e.Hurt.Any(h => h.Variant == variant);

    private static string NameOf(DecisionEvidence e, string variant) => e.Treatments.FirstOrDefault(t => t.Key == variant).Name ?? variant;

    private static DecisionReason Reason(MetricFinding f)
    {
        var sure = f.PValue is { } p ? $", p = {Chance(p)}" : "";
        var range = f.Interval is { } i ? $" ({Bound(i.Low, "−∞")} to {Bound(i.High, "∞")}{sure})" : "";
        return new DecisionReason($"{Change(f)}{range}", f.Metric, f.Variant, f.Uplift, f.Interval, f.PValue);
    }

    private static string Change(MetricFinding f) => f.Uplift is { } uplift ? $"{f.Name} {Signed(uplift)}" : $"{f.Name} without a figure";

    private static string Bound(double? value, string open) => value is { } bound ? Signed(bound) : open;

    private static string Signed(double share) => (share < 0 ? "−" : "+") + Percent(Math.Abs(share));

    private static string Percent(double share) => (share * 100).ToString(share < 0.1 ? "0.##" : "0.#", CultureInfo.InvariantCulture) + " %";

    private static string Chance(double p) => p < 0.0001 ? "less than 0.0001" : p.ToString("0.####", CultureInfo.InvariantCulture);

    private static string On(DateTimeOffset at) => $"on {at.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}";

    /// <summary>Null beyond ten years, which is no plan.</summary>
    private static DateTimeOffset? InDays(DateTimeOffset now, double? days) => days is >= 0 and < 3_650 ? now.AddDays(days.Value) : null;

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
