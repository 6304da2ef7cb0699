using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Analytics.Annotations;
using Loopai.Core.Analytics.Dashboards;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>Reads what a panel shows.</summary>
public sealed class PanelReader(AnalyticsService analytics, TimeProvider time)
{
    public async Task<PanelFigures> ReadAsync(Caller caller, BoardPanel panel, BoardScope scope, TimeZoneInfo zone, IReadOnlyList<Mark> marks, CancellationToken ct)
    {
        var query = scope.QueryOf(panel, time.GetUtcNow(), zone);
        var result = await analytics.QueryAsync(caller, query, ct);
        return PanelFigures.Of(panel, query, result, marks, await OddAsync(caller, panel, query, result, zone, ct));
    }

    /// <summary>What is unlike the weeks before, for single lines by the hour or day. The point that is still filling is not judged.</summary>
    private async Task<IReadOnlyList<(DateTimeOffset At, Anomaly Anomaly)>> OddAsync(
        Caller caller, BoardPanel panel, AnalyticsQuery query, AnalyticsResult result, TimeZoneInfo zone, CancellationToken ct)
    {
        if (panel.Kind != PanelKind.Line || query.Dimensions.Count > 0 || query.Metrics.Count > 1 || query.Interval is not (AnalyticsInterval.Hour or AnalyticsInterval.Day) || result.Buckets.Count == 0)
        {
            return [];
        }

        var metric = AnalyticsMetrics.Find(query.Metrics[0])!;
        var earlier = await analytics.QueryAsync(
            caller, query with { From = result.Buckets[0].AddDays(-7 * Anomalies.Weeks), To = result.Buckets[^1], Compare = AnalyticsCompare.None }, ct);
        return Anomalies.Find(
            [.. earlier.Series[0].Points.Select(p => (p.Start, (double?)p.Values[0]))], result.Buckets[0], metric.Unit == AnalyticsUnit.Count, zone);
    }
}
