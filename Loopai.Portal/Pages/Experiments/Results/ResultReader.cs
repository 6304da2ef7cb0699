using Loopai.Core.Access;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Portal.Pages.Experiments.Results;

/// <summary>Makes what a page shows of the last snapshot. Nothing is counted here.</summary>
public sealed class ResultReader(SnapshotService snapshots)
{
    /// <summary>The last result; null before the first.</summary>
    public async Task<ResultView?> FindAsync(Caller caller, Experiment experiment, CancellationToken ct) =>
        experiment.StartedAt is not null && await snapshots.LatestAsync(caller, experiment.Id, ct) is { } snapshot ? Of(experiment, snapshot) : null;

    /// <summary>The last results of a list's experiments, by their id.</summary>
    public async Task<IReadOnlyDictionary<Guid, ResultView>> LatestAsync(Caller caller, IEnumerable<Experiment> shown, CancellationToken ct)
    {
        var results = new Dictionary<Guid, ResultView>();
        foreach (var experiment in shown)
        {
            if (await FindAsync(caller, experiment, ct) is { } result)
            {
                results[experiment.Id] = result;
            }
        }

        return results;
    }

    internal static ResultView Of(Experiment experiment, ExperimentSnapshot snapshot)
    {
        var (word, tone) = WordOf(experiment, snapshot.Decision);
        var shadows = experiment.Variants.Where(v => v.Shadow).Select(v => v.Key).ToHashSet(StringComparer.Ordinal);
        var split = snapshot.Variants.Where(v => !shadows.Contains(v.Key)).ToList();
        var (units, goal) = (split.Sum(v => v.Units), snapshot.Metrics.FirstOrDefault(m => m.Role == MetricRole.Goal));
        return new ResultView
        {
            At = snapshot.At,
            Sentence = snapshot.Decision.Sentence,
            Word = word,
            Tone = tone,
            Reasons = [.. snapshot.Decision.Reasons.Select(r => r.Text)],
            Ship = snapshot.Decision.State == DecisionState.Ship ? snapshot.Decision.Variant : null,
            Units = units,
            Executions = split.Sum(v => v.Executions),
            Traffic = [.. snapshot.Variants.Select(v => new VariantTraffic(
                v.Name, v.Version, v.Units, units > 0 && !shadows.Contains(v.Key) ? (double)v.Units / units : 0, shadows.Contains(v.Key) ? null : v.Weight, v.Executions,
                goal?.Variants.FirstOrDefault(m => m.Variant == v.Key)?.Bandit?.ChanceToBeBest))],
            Problems = [.. ProblemsOf(snapshot.Quality)],
            SplitChance = snapshot.Quality.SampleRatio.IsEnough ? snapshot.Quality.SampleRatio.PValue : null,
            Metrics = [.. snapshot.Metrics.Select(m => MetricOf(experiment, snapshot, m, shadows))],
            Segments =
            [
                .. snapshot.Metrics.SelectMany(m => m.Segments.SelectMany(s => s.Variants.Where(v => v.Against is not null)
                    .Select(v => new SegmentView(s.Segment, s.Value ?? "none", m.Name, LiftOf(experiment, m, v))))),
            ],
            Shadows =
            [
                .. snapshot.Shadows.Select(s => new ShadowView(
                    NameOf(experiment, s.Variant), s.Inputs, s.Inputs > 0 ? (double)s.Agreeing / s.Inputs : null, s.Checked, s.OnlyControlRight, s.OnlyShadowRight, s.Correct.PValue,
                    s.Latency.Uplift)),
            ],
        };
    }

    private static MetricView MetricOf(Experiment experiment, ExperimentSnapshot snapshot, MetricResult metric, HashSet<string> shadows) => new(
        metric.Key,
        metric.Name,
        metric.Role.ToString().ToLowerInvariant(),
        KindOf(metric),
        metric.Direction == MetricDirection.Up,
        metric.Variants is [var control, ..] ? control.Value : null,
        [.. metric.Variants.Skip(1).Where(v => !shadows.Contains(v.Variant)).Select(v => LiftOf(experiment, metric, v))],
        [
            .. snapshot.Series.Where(p => p.Metric == metric.Key && p.Uplift is not null)
                .Select(p => new MomentView(p.At, NameOf(experiment, p.Variant), p.Uplift!.Value, p.Low, p.High)),
        ]);

    /// <summary>A guardrail shows its own verdict: it is tested by itself, against harm only.</summary>
    private static LiftView LiftOf(Experiment experiment, MetricResult metric, VariantMetric variant)
    {
        var against = variant.Against;
        var interval = against?.AdjustedInterval ?? against?.Relative.Interval;
        var guardrail = metric.Role == MetricRole.Guardrail && against?.Guardrail is { } verdict ? Of(verdict) : null;
        var tone = guardrail is not null ? guardrail.Tone
            : against?.Finding switch { Finding.Better => Tone.Good, Finding.Worse => Tone.Bad, _ => Tone.Neutral };
        return new LiftView(
            NameOf(experiment, variant.Variant), variant.Value, against?.Relative.Uplift, interval?.Low, interval?.High, against?.AdjustedPValue ?? against?.Relative.PValue,
            against is { Posterior.State: EffectState.Estimated } ? against.Posterior.ChanceToWin : null, (long)variant.Units, tone,
            against is { Relative.State: EffectState.Estimated } ? null : variant.Value is null ? "nothing measured yet" : Missing(against?.Relative.State),
            against?.Softened == true, guardrail);
    }

    private static GuardrailView Of(GuardrailVerdict verdict)
    {
        var (word, tone) = verdict.State switch
        {
            GuardrailState.Collecting => ("collecting", Tone.Neutral),
            GuardrailState.Watching => ("watching", Tone.Neutral),
            GuardrailState.Safe => ("safe", Tone.Good),
            GuardrailState.Hurt => ("hurt", Tone.Bad),
        };
        return new GuardrailView(word, tone, verdict.Harm.PValue, verdict.Alpha);
    }

    private static IEnumerable<string> ProblemsOf(DataQuality quality)
    {
        if (quality.SampleRatio.IsMismatch)
        {
            yield return "The variants did not get the units that their weights promise. Something loses or adds units: find it before you trust a difference.";
        }

        if (quality.ShareInSeveral >= DecisionEngine.ManyInSeveral)
        {
            yield return $"{Format.Percent(quality.ShareInSeveral)} of the units met several variants; they count for the first they met.";
        }
    }

    private static (string Word, Tone Tone) WordOf(Experiment experiment, Decision decision) => decision.State switch
    {
        DecisionState.Collecting => ("collecting", Tone.Neutral),
        DecisionState.SampleRatioMismatch => ("split is off", Tone.Bad),
        DecisionState.GuardrailHurt => ("guardrail hurt", Tone.Bad),
        DecisionState.Underpowered => ("keep running", Tone.Neutral),
        DecisionState.Ship => ($"ship {NameOf(experiment, decision.Variant ?? "")}", Tone.Good),
        DecisionState.KeepControl => ("keep the control", Tone.Warn),
        DecisionState.Equivalent => ("no difference", Tone.Accent),
        DecisionState.TradeOff => ("trade-off", Tone.Warn),
        DecisionState.Inconclusive => ("inconclusive", Tone.Warn),
    };

    /// <summary>Shares and milliseconds are told by their kind; everything else is a number.</summary>
    private static string KindOf(MetricResult metric) => (BuiltInMetrics.Find(metric.Key)?.Source, metric.Type) switch
    {
        (MetricSource.Accuracy or MetricSource.Success, _) or (null, MetricType.Proportion) => "percent",
        (MetricSource.Latency, _) => "ms",
        _ => "number",
    };

    private static string Missing(EffectState? state) => state switch
    {
        EffectState.TooFewUnits => "too few units",
        EffectState.NoVariance => "all units alike",
        EffectState.ZeroBaseline => "the control is 0",
        EffectState.OutOfRange => "beyond what can be computed",
        _ => "no figure yet",
    };

    private static string NameOf(Experiment experiment, string key) => experiment.Variants.FirstOrDefault(v => v.Key == key)?.Name ?? key;
}
