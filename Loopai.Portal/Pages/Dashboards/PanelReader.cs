using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Analytics.Annotations;
using Loopai.Core.Analytics.Dashboards;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>Reads what a panel shows.</summary>
public sealed class PanelReader(AnalyticsService analytics, TimeProvider time)
{
    private const int MostValues = 50;

    public async Task<PanelFigures> ReadAsync(Caller caller, BoardPanel panel, BoardScope scope, TimeZoneInfo zone, IReadOnlyList<Mark> marks, CancellationToken ct)
    {
        var query = scope.QueryOf(panel, time.GetUtcNow(), zone);
        var result = await analytics.QueryAsync(caller, query, ct);
        return PanelFigures.Of(panel, query, result, marks, await OddAsync(caller, panel, query, result, zone, ct));
    }

    /// <summary>What a filter can name: what was there in the board's time, the most used first.</summary>
    public async Task<IReadOnlyList<Option>> ValuesAsync(Caller caller, string dimension, BoardScope scope, CancellationToken ct)
    {
        if (dimension == AnalyticsDimensions.Tag)
        {
            return [.. (await analytics.TagsAsync(caller, ct)).Select(tag => new Option(tag, tag))];
        }

        var (from, to) = scope.Range.At(time.GetUtcNow());
        var result = await analytics.QueryAsync(
            caller, new AnalyticsQuery([AnalyticsMetrics.Executions], [dimension], [], from, to, AnalyticsInterval.None, "UTC", AnalyticsCompare.None, MostValues), ct);
        return [.. result.Series.Where(s => !s.IsOther).Select(s => s.Key[^1]).DistinctBy(k => k.Value).Select(k => new Option(k.Value, k.Label))];
    }

    /// <summary>
    /// What is unlike the weeks before, line by line, by the hour or day. The point that is still filling is not judged; neither are bounds, which move with what they
    /// bound, nor <c>other</c>, which is made of something else each week.
    /// </summary>
    private async Task<IReadOnlyList<OddPoint>> OddAsync(
        Caller caller, BoardPanel panel, AnalyticsQuery query, AnalyticsResult result, TimeZoneInfo zone, CancellationToken ct)
    {
        if (panel.Kind != PanelKind.Line || query.Interval is not (AnalyticsInterval.Hour or AnalyticsInterval.Day) || result.Buckets.Count == 0)
        {
            return [];
        }

        var wanted = query with { From = result.Buckets[0].AddDays(-7 * Anomalies.Weeks), To = result.Buckets[^1], Compare = AnalyticsCompare.None };
        if (query.Dimensions is [var dimension])
        {
            // The same lines, whoever led in the weeks before.
            string[] shown = [.. result.Series.Where(s => !s.IsOther).Select(s => s.Key[^1].Value).Distinct()];
            if (shown.Length == 0)
            {
                return [];
            }

            wanted = wanted with { Filters = [.. query.Filters, new AnalyticsFilter(dimension, AnalyticsOperator.In, shown), .. TasksOf(dimension, result)], Top = null };
        }

        var earlier = await analytics.QueryAsync(caller, wanted, ct);
        var lines = result.Series.Select(s => s.Label).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. from series in earlier.Series
               where lines.Contains(series.Label)
               from metric in query.Metrics.Index()
               where metric.Item is not (AnalyticsMetrics.AccuracyLow or AnalyticsMetrics.AccuracyHigh)
               let known = AnalyticsMetrics.Find(metric.Item)!
               from odd in Anomalies.Find([.. series.Points.Select(p => (p.Start, (double?)p.Values[metric.Index]))], result.Buckets[0], known.Unit == AnalyticsUnit.Count, zone)
               orderby odd.At
               select new OddPoint(query.Dimensions.Count == 0 ? known.Label : series.Label, odd.At, odd.Anomaly),
        ];
    }

    /// <summary>Versions are told apart by their task.</summary>
    private static AnalyticsFilter[] TasksOf(string dimension, AnalyticsResult result) => dimension != AnalyticsDimensions.Version
        ? []
        : [new AnalyticsFilter(AnalyticsDimensions.Task, AnalyticsOperator.In, [.. result.Series.Where(s => !s.IsOther).Select(s => s.Key[0].Value).Distinct()])];
}

/// <param name="Line">On which line.</param>
/// <param name="At">Where it starts.</param>
/// <param name="Anomaly">How far from usual it is.</param>
public sealed record OddPoint(string Line, DateTimeOffset At, Anomaly Anomaly);
