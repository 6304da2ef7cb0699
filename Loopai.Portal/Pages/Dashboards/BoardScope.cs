using System.Globalization;
using Loopai.Core.Analytics;
using Loopai.Core.Analytics.Dashboards;
using Loopai.Core.Executions;
using Microsoft.AspNetCore.WebUtilities;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>What a board is looked at through: the URL's range and filters, and from them what a panel asks.</summary>
/// <param name="Range">Which time.</param>
/// <param name="Task">Only this task.</param>
/// <param name="Team">Only this team; <c>none</c> for tasks without one.</param>
/// <param name="Compare">Whether the time before stands beside it.</param>
public sealed record BoardScope(TimeRange Range, Guid? Task, string? Team, bool Compare)
{
    public static BoardScope Parse(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        string? Text(string name) => values.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;
        return new BoardScope(
            TimeRange.Parse(Text("range"), "7d"), Guid.TryParse(Text("task"), out var task) ? task : null,
            Text("team") is { } team && (team == AnalyticsDimensions.None || Guid.TryParse(team, out _)) ? team : null, Text("compare") == "yes");
    }

    /// <summary>Points that are neither too many to see nor too few to say anything.</summary>
    public static AnalyticsInterval IntervalOf(TimeSpan length) => length switch
    {
        { TotalHours: <= 3 } => AnalyticsInterval.Minute,
        { TotalDays: <= 15 } => AnalyticsInterval.Hour,
        { TotalDays: <= 190 } => AnalyticsInterval.Day,
        _ => AnalyticsInterval.Week,
    };

    /// <summary>What a panel asks.</summary>
    public AnalyticsQuery QueryOf(BoardPanel panel, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (from, to) = Range.At(now);

        // Minutes of the day before yesterday are gone; what begins at a whole hour needs none of them.
        from = to - from >= TimeSpan.FromDays(2) ? RollupLevel.Hour.StartOf(from) : from;
        var overTime = panel.Kind is PanelKind.Line or PanelKind.Bar or PanelKind.HeatMap or PanelKind.Number;
        return new AnalyticsQuery(
            panel.Metrics, panel.Dimension is { } dimension && panel.Kind != PanelKind.Number ? [dimension] : [], Filters(panel), from, to,
            overTime ? IntervalOf(panel, from, to, now) : AnalyticsInterval.None, zone.HasIanaId ? zone.Id : "UTC",
            Compare && panel.Kind is not (PanelKind.HeatMap or PanelKind.Histogram) ? AnalyticsCompare.PreviousPeriod : AnalyticsCompare.None,
            panel.Dimension is not null && panel.Kind != PanelKind.Number ? panel.Top : null)
        {
            WithLatencies = panel.Kind == PanelKind.Histogram,
        };
    }

    /// <summary>The executions behind one point of a panel, as far as their list can be narrowed down to them.</summary>
    public string ExecutionsUrl(string organization, string? environment, BoardPanel panel, AnalyticsSeries? series, DateTimeOffset from, DateTimeOffset to)
    {
        string? Of(string dimension) => series?.Key.FirstOrDefault(k => k.Dimension == dimension)?.Value
            ?? panel.Filters.FirstOrDefault(f => f.Dimension == dimension && f is { Operator: AnalyticsOperator.In, Values.Count: 1 })?.Values[0];
        return PortalUrls.Executions(
            organization, environment, Guid.TryParse(Of(AnalyticsDimensions.Task), out var task) ? task : Task, Of(AnalyticsDimensions.Status),
            TimeRange.Between(from, to).Text, Of(AnalyticsDimensions.Version), key: Of(AnalyticsDimensions.Key), team: Of(AnalyticsDimensions.Team) ?? Team);
    }

    /// <summary>The same figures as a file.</summary>
    public static string CsvUrl(string organization, string? environment, AnalyticsQuery query)
    {
        var url = PortalUrls.Build(
            $"/o/{organization}/analytics.csv", ("env", environment), ("metrics", string.Join(',', query.Metrics)), ("dimensions", string.Join(',', query.Dimensions)),
            ("from", query.From.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)), ("to", query.To.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)),
            ("interval", Api.QueryWords.Of(query.Interval)), ("timeZone", query.TimeZone), ("compareTo", Api.QueryWords.Of(query.Compare)),
            ("top", query.Top?.ToString(CultureInfo.InvariantCulture)));
        return query.Filters.Aggregate(url, (all, f) => QueryHelpers.AddQueryString(all, "filter", $"{f.Dimension}:{Api.QueryWords.Of(f.Operator)}:{string.Join(',', f.Values)}"));
    }

    private List<AnalyticsFilter> Filters(BoardPanel panel)
    {
        List<AnalyticsFilter> filters = [.. panel.Filters];
        if (Task is { } task)
        {
            filters.Add(new AnalyticsFilter(AnalyticsDimensions.Task, AnalyticsOperator.In, [task.ToString()]));
        }

        if (Team is { } team)
        {
            filters.Add(new AnalyticsFilter(AnalyticsDimensions.Team, AnalyticsOperator.In, [team]));
        }

        return filters;
    }

    /// <summary>Minutes are kept for a while only, and the few verdicts of an hour say nothing of accuracy.</summary>
    private static AnalyticsInterval IntervalOf(BoardPanel panel, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now) => IntervalOf(to - from) switch
    {
        AnalyticsInterval.Minute when now - from > TimeSpan.FromDays(1) => AnalyticsInterval.Hour,
        AnalyticsInterval.Hour when to - from > TimeSpan.FromDays(3) && panel.Metrics.Any(m => AnalyticsMetrics.Find(m)?.Needs == AnalyticsNeeds.Verdicts) => AnalyticsInterval.Day,
        var interval => interval,
    };
}
