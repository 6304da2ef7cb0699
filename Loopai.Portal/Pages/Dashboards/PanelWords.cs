using System.Globalization;
using Loopai.Core.Analytics;
using Loopai.Core.Analytics.Dashboards;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>Figures and panels in words.</summary>
public static class PanelWords
{
    public static readonly IReadOnlyList<Option> Kinds =
    [
        new("Number", "Number"), new("Line", "Lines"), new("Bar", "Bars"), new("Table", "Table"), new("HeatMap", "Heat map"), new("Histogram", "Latency histogram"),
    ];

    public static readonly IReadOnlyList<Option> Widths = [new("3", "Quarter"), new("4", "Third"), new("6", "Half"), new("8", "Two thirds"), new("12", "Whole")];

    public static readonly IReadOnlyList<Option> Dimensions = [.. AnalyticsDimensions.All.Select(d => new Option(d, char.ToUpperInvariant(d[0]) + d[1..]))];

    /// <summary>By what a panel can be filtered.</summary>
    public static readonly IReadOnlyList<Option> Filters = [.. AnalyticsDimensions.Filters.Select(d => new Option(d, char.ToUpperInvariant(d[0]) + d[1..]))];

    public static readonly IReadOnlyList<Option> Metrics = [.. AnalyticsMetrics.All.Select(m => new Option(m.Name, m.Label))];

    /// <summary>A figure as people read it.</summary>
    public static string Text(AnalyticsUnit unit, decimal? value, string currency) => value is not { } known ? Format.Unknown : unit switch
    {
        AnalyticsUnit.Count => Format.Short((double)known),
        AnalyticsUnit.Share => Format.Percent((double)known, 1),
        AnalyticsUnit.Milliseconds => Format.Duration((double)known),
        AnalyticsUnit.Money => Format.Money(known, currency),
    };

    /// <summary>The same to the last digit.</summary>
    public static string Exact(AnalyticsUnit unit, decimal? value, string currency) => value is not { } known ? Format.Unknown : unit switch
    {
        AnalyticsUnit.Count => Format.Exact((double)known),
        AnalyticsUnit.Share => Format.Percent((double)known, 4),
        AnalyticsUnit.Milliseconds => string.Create(CultureInfo.InvariantCulture, $"{known:#,0.######} ms"),
        AnalyticsUnit.Money => string.Create(CultureInfo.InvariantCulture, $"{known:#,0.############} {currency}"),
    };

    public static string ChartUnit(AnalyticsUnit unit, string currency) => unit switch
    {
        AnalyticsUnit.Count => "short",
        AnalyticsUnit.Share => "percent",
        AnalyticsUnit.Milliseconds => "ms",
        AnalyticsUnit.Money => "money:" + currency,
    };

    /// <summary>A change against before: points for shares, percent for the rest; null where there is none.</summary>
    public static string? Change(AnalyticsMetric metric, decimal? now, decimal? before) => (now, before) switch
    {
        ({ } n, { } b) when metric.Unit == AnalyticsUnit.Share => Math.Round((double)(n - b) * 100, 2) is not 0 and var points ? Format.Change(points, "points", 2) : null,
        ({ } n, { } b) when b != 0 && Math.Abs((double)(n / b) - 1) >= 0.001 => Format.PercentChange((double)(n / b) - 1),
        _ => null,
    };

    public static Trend TrendOf(AnalyticsMetric metric, decimal? now, decimal? before) =>
        now is null || before is null || metric.Unit is AnalyticsUnit.Count && !metric.IsWorseUp ? Trend.Neutral : Trends.Of((double)(now - before), higherIsBetter: !metric.IsWorseUp);

    public static string Unusual(Anomaly anomaly, AnalyticsMetric metric, string currency, string when) =>
        $"{when}: {Text(metric.Unit, (decimal)anomaly.Value, currency)} where {Text(metric.Unit, (decimal)anomaly.Usual, currency)} is usual, the median of that hour of the week in {anomaly.Weeks} weeks before; "
        + string.Create(CultureInfo.InvariantCulture, $"{anomaly.Distance:0.#} times the usual deviation away");
}
