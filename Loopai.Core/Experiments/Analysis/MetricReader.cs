using Loopai.Core.Data;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>Makes values of units out of what was read, a metric at a time. What several metrics need is read once.</summary>
internal sealed class MetricReader(LoopaiDbContext db, AnalysisScope scope, UnitTable units, AnalysisPlan plan)
{
    private readonly Dictionary<double, UnitRow?[]> _windows = [];
    private UnitRow?[]? _past;
    private ILookup<string, EventRow>? _events;

    /// <summary>Events that any of the metrics counts, read at once.</summary>
    public async Task PrepareAsync(IEnumerable<MetricDefinition> metrics, CancellationToken ct)
    {
        var wanted = metrics.ToList();
        var names = wanted.SelectMany(m => new[] { m.Event, m.Per }).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (names.Count > 0)
        {
            _events = (await db.EventsAsync(scope, names, plan.Cuped ? scope.From.AddDays(-plan.CupedDays) : scope.From, ct)).ToLookup(e => e.Name, StringComparer.Ordinal);
        }

        foreach (var hours in wanted.Where(m => m.Source != MetricSource.Event).Select(m => m.WindowHours).OfType<double>().Distinct())
        {
            _windows[hours] = units.Align(await db.NamedUnitsAsync(scope, hours, ct), sameVariant: true);
        }

        if (plan.Cuped && wanted.Exists(m => m.Source != MetricSource.Event))
        {
            _past = units.Align(await db.PastAsync(scope, plan.CupedDays, ct), sameVariant: false);
        }
    }

    public UnitValues Values(MetricDefinition metric)
    {
        var values = metric.Source == MetricSource.Event ? OfEvents(metric, before: false) : OfExecutions(metric, metric.WindowHours is { } hours ? _windows[hours] : null);
        values = values.Limited(metric.Cap, metric.Winsorize);
        if (!plan.Cuped)
        {
            return values;
        }

        // The past is limited as the present is, for it has to foretell what is measured.
        var past = metric.Source == MetricSource.Event ? OfEvents(metric, before: true) : OfPast(metric);
        return values with { Past = past.Limited(metric.Cap, metric.Winsorize) };
    }

    /// <summary>Every single value of the metric's events, with the unit's place: for quantiles.</summary>
    public IEnumerable<(int Unit, double Value)> Occurrences(MetricDefinition metric) => Counting(metric.Event!, metric, before: false).Select(e => (e.Unit, e.Row.Value));

    private UnitValues OfExecutions(MetricDefinition metric, UnitRow?[]? window)
    {
        var (numerators, denominators) = (new double[units.Rows.Count], new double[units.Rows.Count]);
        for (var i = 0; i < numerators.Length; i++)
        {
            // An execution that is a unit of its own lies within every window.
            (numerators[i], denominators[i]) = UnitTable.Measure(metric, window is null || units.Rows[i].Unit is null ? units.Rows[i] : window[i]);
        }

        return metric.Type == MetricType.Ratio ? new UnitValues(SampleKind.Ratio, numerators, denominators) : new UnitValues(SampleKind.Mean, numerators, null);
    }

    private UnitValues OfPast(MetricDefinition metric)
    {
        var (numerators, denominators) = (new double[units.Rows.Count], new double[units.Rows.Count]);
        for (var i = 0; i < numerators.Length; i++)
        {
            (numerators[i], denominators[i]) = UnitTable.Measure(metric, _past![i]);
        }

        return metric.Type == MetricType.Ratio ? new UnitValues(SampleKind.Ratio, numerators, denominators) : new UnitValues(SampleKind.Mean, numerators, null);
    }

    private UnitValues OfEvents(MetricDefinition metric, bool before)
    {
        var numerators = new double[units.Rows.Count];
        foreach (var (unit, row) in Counting(metric.Event!, metric, before))
        {
            numerators[unit] = metric.Type switch
            {
                MetricType.Proportion => 1,
                MetricType.Count => numerators[unit] + 1,
                MetricType.Mean or MetricType.Ratio or MetricType.Quantile => numerators[unit] + row.Value,
            };
        }

        if (metric.Type != MetricType.Ratio)
        {
            return new UnitValues(metric.Type == MetricType.Proportion ? SampleKind.Proportion : SampleKind.Mean, numerators, null);
        }

        var denominators = new double[units.Rows.Count];
        if (metric.Per is null)
        {
            for (var i = 0; i < denominators.Length; i++)
            {
                denominators[i] = before ? _past?[i]?.Executions ?? 0 : units.Rows[i].Executions;
            }
        }
        else
        {
            foreach (var (unit, row) in Counting(metric.Per, metric, before))
            {
                denominators[unit] += row.Value;
            }
        }

        return new UnitValues(SampleKind.Ratio, numerators, denominators);
    }

    /// <summary>Events of our units that happened from a unit's first execution on, and within the window; or those of the time before the experiment.</summary>
    private IEnumerable<(int Unit, EventRow Row)> Counting(string name, MetricDefinition metric, bool before)
    {
        foreach (var row in _events![name])
        {
            if (units.IndexOf(row.Unit) is not (>= 0 and var unit))
            {
                continue;
            }

            var first = units.Rows[unit].First;
            if (before ? row.At < scope.From : row.At >= first && (metric.WindowHours is not { } hours || row.At < first.AddHours(hours)))
            {
                yield return (unit, row);
            }
        }
    }
}
