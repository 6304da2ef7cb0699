using Loopai.Core.Analytics;
using Loopai.Core.Analytics.Annotations;
using Loopai.Core.Analytics.Dashboards;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>An answer as a panel shows it.</summary>
/// <param name="Panel">Which panel.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Result">What came.</param>
/// <param name="Option">What the chart draws; null for numbers and tables.</param>
/// <param name="Table">The same for those who cannot see it.</param>
/// <param name="Odd">Points unlike the weeks before.</param>
public sealed record PanelFigures(
    BoardPanel Panel, AnalyticsQuery Query, AnalyticsResult Result, object? Option, ChartTable? Table, IReadOnlyList<OddPoint> Odd)
{
    public bool IsEmpty => Panel.Kind == PanelKind.Histogram
        ? Result.Series[0].Latencies is not { Count: > 0 }
        : Result.Totals.Select((total, i) => total is null || (total == 0 && AnalyticsMetrics.Find(Result.Metrics[i])!.IsSum)).All(nothing => nothing);

    public static PanelFigures Of(
        BoardPanel panel, AnalyticsQuery query, AnalyticsResult result, IReadOnlyList<Mark> marks, IReadOnlyList<OddPoint> odd)
    {
        var metric = AnalyticsMetrics.Find(panel.Metrics[0])!;
        var unit = PanelWords.ChartUnit(metric.Unit, result.Currency);
        if (panel.Kind is PanelKind.Line or PanelKind.Bar)
        {
            var lines = Lines(result);
            ChartMark[] shown = [.. marks.Where(m => m.At >= query.From && m.At < query.To).Select(m => new ChartMark(m.At, m.Title))];
            return new PanelFigures(
                panel, query, result, PanelCharts.OverTime(lines, unit, Apart(shown, query), panel.Kind == PanelKind.Bar, query.To, odd),
                ChartOption.Table(lines, v => PanelWords.Text(metric.Unit, (decimal?)v, result.Currency)), odd);
        }

        return new PanelFigures(
            panel, query, result,
            panel.Kind switch
            {
                PanelKind.HeatMap => PanelCharts.HeatMap(result, unit),
                PanelKind.Histogram => PanelCharts.Histogram(result.Series[0].Latencies ?? []),
                _ => null,
            },
            panel.Kind switch
            {
                PanelKind.HeatMap => ChartOption.Table(Lines(result), v => PanelWords.Text(metric.Unit, (decimal?)v, result.Currency)),
                PanelKind.Histogram => new ChartTable(["Up to", "Executions"], [.. (result.Series[0].Latencies ?? []).Select(b => (IReadOnlyList<string>)[Format.Duration(b.ToMs), Format.Exact(b.Count)])]),
                _ => null,
            },
            odd);
    }

    /// <summary>Where a point begins and ends, within what was asked for.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Stretch(int index)
    {
        if (index < 0 || index >= Result.Buckets.Count)
        {
            return null;
        }

        var end = index + 1 < Result.Buckets.Count ? Result.Buckets[index + 1] : Query.To;
        return (Result.Buckets[index] > Query.From ? Result.Buckets[index] : Query.From, end < Query.To ? end : Query.To);
    }

    /// <summary>Several metrics of everything, or one metric of several.</summary>
    private static List<ChartSeries> Lines(AnalyticsResult result)
    {
        var lines = result.Dimensions.Count == 0
            ? result.Metrics.Select((m, i) => Line(AnalyticsMetrics.Find(m)!.Label, result.Series[0].Points, i, m is AnalyticsMetrics.AccuracyLow or AnalyticsMetrics.AccuracyHigh)).ToList()
            : [.. result.Series.Select(s => Line(s.Label, s.Points, 0, dashed: false) with { Color = s.IsOther ? "var(--text-3)" : null })];
        if (result.Dimensions.Count == 0 && result.Metrics.Count == 1 && result.Series[0].ComparePoints is { } before)
        {
            // Laid over what is shown, point upon point.
            lines.Add(new ChartSeries("Before", [.. result.Buckets.Take(before.Count).Select((at, i) => (at, (double?)before[i].Values[0]))], "var(--text-3)", Dashed: true));
        }

        return lines;
    }

    private static ChartSeries Line(string name, IReadOnlyList<AnalyticsPoint> points, int metric, bool dashed) =>
        new(name, [.. points.Select(p => (p.Start, (double?)p.Values[metric]))], Dashed: dashed);

    /// <summary>Marks too close for their names to stand beside each other become one.</summary>
    private static List<ChartMark> Apart(IReadOnlyList<ChartMark> marks, AnalyticsQuery query)
    {
        var apart = (query.To - query.From) / 5;
        var groups = new List<List<ChartMark>>();
        foreach (var mark in marks)
        {
            if (groups.Count > 0 && mark.At - groups[^1][0].At < apart)
            {
                groups[^1].Add(mark);
            }
            else
            {
                groups.Add([mark]);
            }
        }

        return [.. groups.Select(g => new ChartMark(g[0].At, g.Count == 1 ? g[0].Label : $"{g.Count} events"))];
    }
}
