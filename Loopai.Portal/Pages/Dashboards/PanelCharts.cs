using System.Globalization;
using Loopai.Core.Analytics;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>What panels draw beyond the ordinary time series.</summary>
internal static class PanelCharts
{
    /// <summary>Lines or bars whose unusual points are marked.</summary>
    public static object OverTime(
        IReadOnlyList<ChartSeries> series, string unit, IReadOnlyList<ChartMark> marks, bool bars, DateTimeOffset until, IReadOnlyList<OddPoint> odd)
    {
        var option = (Dictionary<string, object?>)ChartOption.TimeSeries(series, unit, marks, bars, until);
        option["zoom"] = true;
        if (unit == "percent" && series.Max(s => s.Points.Max(p => p.Value)) is > 0.5 or 0)
        {
            // Beyond a hundred percent there is nothing to see, and of nothing a chart would show as much.
            option["yAxis"] = new { type = "value", axisLabel = new { formatter = "format:percent" }, splitNumber = 3, min = "dataMin", max = 1 };
        }

        foreach (var (line, drawn) in series.Zip((Dictionary<string, object?>[])option["series"]!))
        {
            if (odd.Any(o => o.Line == line.Name))
            {
                drawn["markPoint"] = new
                {
                    symbol = "circle", symbolSize = 9, itemStyle = new { color = "transparent", borderColor = "var(--warn)", borderWidth = 2 }, label = new { show = false },
                    data = odd.Where(o => o.Line == line.Name).Select(o => new { name = "Unusual", coord = new object[] { o.At.ToUnixTimeMilliseconds(), o.Anomaly.Value } }),
                };
            }
        }

        return option;
    }

    /// <summary>Series against time.</summary>
    public static object HeatMap(AnalyticsResult result, string unit)
    {
        var cells = result.Series.SelectMany((s, y) => s.Points.Select((p, x) => new object?[] { x, y, p.Values[0] })).ToList();
        var most = result.Series.SelectMany(s => s.Points).Max(p => p.Values[0]) ?? 0;
        var format = result.Interval is AnalyticsInterval.Minute or AnalyticsInterval.Hour ? "d MMM HH:mm" : "d MMM";
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(result.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        return new Dictionary<string, object?>
        {
            ["unit"] = unit,
            ["xAxis"] = new { type = "category", data = result.Buckets.Select(b => TimeZoneInfo.ConvertTime(b, zone).ToString(format, CultureInfo.InvariantCulture)) },
            ["yAxis"] = new { type = "category", data = result.Series.Select(s => s.Label), inverse = true },
            ["visualMap"] = new { show = false, min = 0, max = most == 0 ? 1 : most, inRange = new { color = new[] { "var(--sunken)", "var(--c-1)" } } },
            ["tooltip"] = new { trigger = "item" },
            ["series"] = new[] { new { type = "heatmap", data = cells, name = AnalyticsMetrics.Find(result.Metrics[0])!.Label } },
        };
    }

    /// <summary>How latencies are spread.</summary>
    public static object Histogram(IReadOnlyList<LatencyBin> bins) => new Dictionary<string, object?>
    {
        ["unit"] = "short",
        ["xAxis"] = new { type = "category", data = bins.Select(b => Format.Duration(b.ToMs)) },
        ["yAxis"] = new { type = "value", axisLabel = new { formatter = "format:short" }, splitNumber = 3 },
        ["series"] = new[] { new { type = "bar", name = "Executions", data = bins.Select(b => b.Count), barCategoryGap = "4%" } },
    };
}
