using Loopai.Core.Data;
using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Statistics;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>The values of a segment, and where each unit belongs.</summary>
/// <param name="Of">Of each unit, the place of its value among the names; -1 where it is none of them.</param>
internal sealed record SegmentValues(IReadOnlyList<string?> Names, int[] Of);

/// <summary>One analysis under way: what was read, and what is made of it.</summary>
internal sealed class Work(LoopaiDbContext db, Experiment experiment, AnalysisScope scope, IReadOnlyList<PlannedMetric> metrics, UnitTable units, double tuning)
{
    /// <summary>The variants that answer, by their places; the control first.</summary>
    private readonly int[] _arms = [.. experiment.Variants.Index().Where(v => !v.Item.Shadow).Select(v => v.Index)];
    private readonly int[] _armOf = [.. units.Rows.Select(r => (int)r.Variant)];
    private readonly UnitValues?[] _values = new UnitValues?[metrics.Count];
    private readonly PointEstimate?[]?[] _quantiles = new PointEstimate?[]?[metrics.Count];
    private SegmentValues? _strata;

    public Experiment Experiment => experiment;

    public IReadOnlyList<PlannedMetric> Metrics => metrics;

    private int Variants => experiment.Variants.Count;

    private Comparer Comparer => new(
        experiment.Plan, tuning, metrics.Count(m => m.Role == MetricRole.Guardrail) * (_arms.Length - 1), metrics.Count(m => m.Role == MetricRole.Goal));

    public async Task ReadAsync(IAnalysisSql sql, CancellationToken ct)
    {
        var reader = new MetricReader(db, scope, units, experiment.Plan);
        await reader.PrepareAsync(metrics.Select(m => m.Definition), ct);
        List<LatencyRow>? latencies = null;
        for (var i = 0; i < metrics.Count; i++)
        {
            var metric = metrics[i].Definition;
            if (metric is { Type: MetricType.Quantile, Source: MetricSource.Latency })
            {
                latencies ??= await db.Database.SqlQuery<LatencyRow>(sql.Latencies(scope)).ToListAsync(ct);
                _quantiles[i] = QuantileReader.OfLatencies(latencies, units.Rows, Variants, metric.Quantile!.Value);
            }
            else if (metric.Type == MetricType.Quantile)
            {
                _quantiles[i] = QuantileReader.OfValues(reader.Occurrences(metric), units.Rows, Variants, metric.Quantile!.Value);
            }
            else
            {
                _values[i] = reader.Values(metric);
            }
        }

        if (experiment.Plan.PostStratify && experiment.Segments is [var first, ..])
        {
            // Every unit belongs to some stratum; the last one holds the rare values.
            var values = await SegmentAsync(sql, first, 20, ct);
            _strata = values with { Of = Array.ConvertAll(values.Of, v => v < 0 ? values.Names.Count : v) };
        }
    }

    public async Task<SegmentValues> SegmentAsync(IAnalysisSql sql, string member, int most, CancellationToken ct)
    {
        var of = new string?[units.Rows.Count];
        foreach (var row in await db.Database.SqlQuery<SegmentRow>(sql.Segments(scope, member)).ToListAsync(ct))
        {
            if (units.IndexOf(row.Unit) is >= 0 and var at)
            {
                of[at] = row.Value;
            }
        }

        var names = of.GroupBy(v => v, StringComparer.Ordinal).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Take(most).Select(g => g.Key).ToList();
        return new SegmentValues(names, Array.ConvertAll(of, v => names.IndexOf(v)));
    }

    /// <summary>Every metric in every variant. Goals are corrected together; the rest is told as it is.</summary>
    public IReadOnlyList<IReadOnlyList<VariantMetric>> CompareAll()
    {
        var measured = metrics.Select((_, m) => Measure(m)).ToList();
        var comparisons = Compare(measured, [.. Enumerable.Range(0, metrics.Count).Where(m => metrics[m].Role == MetricRole.Goal)], corrected: true);
        foreach (var (key, value) in Compare(measured, [.. Enumerable.Range(0, metrics.Count).Where(m => metrics[m].Role != MetricRole.Goal)], corrected: false))
        {
            comparisons[key] = value;
        }

        return [.. measured.Select((m, i) => Shown(m, i, comparisons))];
    }

    /// <summary>By metric and value: all values of a metric are corrected together, because somebody always finds the one segment that won.</summary>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<VariantMetric>>> CompareSegment(SegmentValues segment)
    {
        var results = new List<IReadOnlyList<IReadOnlyList<VariantMetric>>>();
        for (var m = 0; m < metrics.Count; m++)
        {
            if (_values[m] is not { } values)
            {
                results.Add([.. segment.Names.Select(_ => Array.Empty<VariantMetric>())]);
                continue;
            }

            var samples = values.Samples(segment.Names.Count * Variants, Combine(segment));
            var measured = segment.Names.Select((_, s) => _arms.Select(a => Of(samples[(s * Variants) + a])).ToArray()).ToList();
            var pairs = measured.SelectMany(arms => _arms.Skip(1).Select((a, k) => new Comparer.Pair(metrics[m] with { Role = MetricRole.Secondary }, Key(a), arms[0], arms[k + 1]))).ToList();
            var compared = Comparer.Compare(pairs, corrected: true, awaited: false);
            results.Add([.. measured.Select((arms, s) => _arms.Select((a, k) => new VariantMetric(
                Key(a), arms[k].Units, arms[k].Value, k == 0 ? null : compared[(s * (_arms.Length - 1)) + k - 1])).ToList())]);
        }

        return results;
    }

    public IReadOnlyList<VariantTraffic> Traffic()
    {
        var rows = units.Rows.ToLookup(r => r.Variant);
        return [.. experiment.Variants.Select((v, i) => new VariantTraffic(
            v.Key, v.Name, v.Version, v.Weight, rows[(short)i].LongCount(), rows[(short)i].Sum(r => r.Executions), rows[(short)i].Sum(r => r.Executions - r.Answered),
            rows[(short)i].Sum(r => r.Checked)))];
    }

    public DataQuality Quality(IReadOnlyList<VariantTraffic> traffic) => new(
        SampleRatio.Test([.. _arms.Select(a => (double)traffic[a].Units)], [.. _arms.Select(a => traffic[a].Weight)]), units.InSeveral,
        units.Rows.Count == 0 ? 0 : (double)units.InSeveral / units.Rows.Count);

    public IReadOnlyList<ShadowResult> Shadows(IReadOnlyList<ShadowRow> rows) => [.. rows.Where(r => r.Variant < Variants).OrderBy(r => r.Variant).Select(r => new ShadowResult(
        Key(r.Variant), r.Inputs, r.Agreeing, r.Checked, r.OnlyControlRight, r.OnlyShadowRight,
        experiment.Plan.Method == StatisticalMethod.Sequential
            ? Sequential.Test(Difference.Within(Paired.Differences(r.Checked, r.OnlyControlRight, r.OnlyShadowRight)), experiment.Plan.Alpha, tuning)
            : Paired.McNemar(r.Checked, r.OnlyControlRight, r.OnlyShadowRight, experiment.Plan.Alpha),
        OfLatency(Difference.Within(Sample.Mean(r.Inputs, r.LatencySum, r.LatencySquares)))))];

    /// <summary>Pages show it every minute, so that a plan that promises to be valid at any time has to be so here too.</summary>
    private Effect OfLatency(Difference paired) => experiment.Plan.Method == StatisticalMethod.Sequential
        ? Sequential.Test(paired, experiment.Plan.Alpha, tuning) : FixedHorizon.Test(paired, experiment.Plan.Alpha);

    /// <summary>What there is to decide upon, and how many units are missing.</summary>
    public (DecisionEvidence Evidence, double? UnitsToGo) Evidence(DateTimeOffset now, DateTimeOffset until, DataQuality quality, IReadOnlyList<IReadOnlyList<VariantMetric>> compared)
    {
        var counts = _arms.Select(a => units.Rows.LongCount(r => r.Variant == a)).ToList();
        var goals = metrics.Index().Where(m => m.Item.Role == MetricRole.Goal).ToList();
        var missing = Missing([.. goals.Select(g => g.Index)]);
        var plan = experiment.Plan;
        return (new DecisionEvidence
        {
            Now = now,
            IsOver = experiment.StoppedAt is not null,
            Days = Math.Max(0, (until - scope.From).TotalDays),
            MinDays = plan.MinDays,
            MaxDays = plan.MaxDays,
            Units = units.Rows.Count,
            LeastUnits = counts.Min(),
            ReadsOnce = plan.Method == StatisticalMethod.FixedHorizon,
            ReadAtUnits = plan.TargetUnits,
            SampleRatio = quality.SampleRatio,
            ShareInSeveral = quality.ShareInSeveral,
            Treatments = [.. _arms.Skip(1).Select(a => (Key(a), experiment.Variants[a].Name))],
            Goals = [.. goals.SelectMany(g => compared[g.Index].Where(v => v.Against is not null).Select(v => Found(g.Item, v, v.Against!.Finding)))],
            Hurt = [.. metrics.Index().SelectMany(m => compared[m.Index].Where(v => v.Against?.Guardrail?.State == GuardrailState.Hurt).Select(v => Found(m.Item, v, Finding.Worse)))],
            UnitsToGo = missing,
        }, missing);
    }

    private static MetricFinding Found(PlannedMetric metric, VariantMetric v, Finding finding) => new(
        metric.Definition.Key, metric.Definition.Name, v.Variant, finding, v.Against!.Relative.Uplift, v.Against.AdjustedInterval, v.Against.AdjustedPValue, v.Against.Posterior.ChanceToWin);

    private double? Missing(IReadOnlyList<int> goals)
    {
        var comparisons = experiment.Plan.Correction == Correction.None ? 1 : Math.Max(1, goals.Count * (_arms.Length - 1));
        var needs = goals.SelectMany(m => Measure(m) is var arms ? Pairs(m, arms) : []).Select(p => Comparer.UnitsToGo(p, comparisons)).ToList();
        return needs.Count == 0 || needs.Contains(null) ? null : needs.Max() * _arms.Length / 2;
    }

    private Dictionary<(int Metric, int Arm), Comparison> Compare(List<Measured[]> measured, IReadOnlyList<int> which, bool corrected)
    {
        var pairs = which.SelectMany(m => Pairs(m, measured[m])).ToList();
        var compared = Comparer.Compare(pairs, corrected, awaited: true);
        var keys = which.SelectMany(m => Enumerable.Range(1, _arms.Length - 1).Select(k => (m, k)));
        return keys.Zip(compared).ToDictionary(p => p.First, p => p.Second);
    }

    private IEnumerable<Comparer.Pair> Pairs(int metric, Measured[] arms) =>
        Enumerable.Range(1, arms.Length - 1).Select(k => new Comparer.Pair(metrics[metric], Key(_arms[k]), arms[0], arms[k]));

    private List<VariantMetric> Shown(Measured[] arms, int metric, Dictionary<(int Metric, int Arm), Comparison> compared)
    {
        var samples = arms.Select(a => a.Sample).OfType<Sample>().ToList();
        var bandit = metrics[metric].Role == MetricRole.Goal && samples.Count == arms.Length
            ? Bandit.Weigh(samples, metrics[metric].Definition.Direction == MetricDirection.Down) : null;
        return [.. arms.Select((a, k) => new VariantMetric(Key(_arms[k]), a.Units, a.Value, compared.GetValueOrDefault((metric, k)), bandit?[k]))];
    }

    private Measured[] Measure(int metric)
    {
        if (_values[metric] is not { } values)
        {
            return [.. _arms.Select(a => _quantiles[metric]![a] is { } point ? new Measured(point.Units, point.Value, null, point) : default)];
        }

        var samples = values.Samples(Variants, _armOf);
        if (_strata is not { } strata)
        {
            return [.. _arms.Select(a => Of(samples[a]))];
        }

        var cells = values.Samples((strata.Names.Count + 1) * Variants, Combine(strata));
        return [.. _arms.Select(a => Of(samples[a]) with
        {
            Strata = [.. Enumerable.Range(0, strata.Names.Count + 1).Select(s => new Stratum(cells[s * Variants], cells[(s * Variants) + a]))],
        })];
    }

    private static Measured Of(Sample sample) => new(sample.Units, sample.Value, sample, null);

    private int[] Combine(SegmentValues segment)
    {
        var groups = new int[_armOf.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = segment.Of[i] < 0 ? -1 : (segment.Of[i] * Variants) + _armOf[i];
        }

        return groups;
    }

    private string Key(int variant) => experiment.Variants[variant].Key;
}
