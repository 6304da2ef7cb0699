using System.Globalization;

namespace Loopai.Portal.Components.Charts;

/// <param name="Name">What the legend says.</param>
/// <param name="Points">Moments and values; a null value is a gap.</param>
/// <param name="Color">A token, "var(--bad)"; by default the next series colour.</param>
/// <param name="Area">Fills beneath the line.</param>
/// <param name="Dashed">Tells it apart from a neighbour without colour.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<(DateTimeOffset At, double? Value)> Points, string? Color = null, bool Area = false, bool Dashed = false);

/// <param name="At">When.</param>
/// <param name="Label">What happened: "v2 active".</param>
public sealed record ChartMark(DateTimeOffset At, string Label);

/// <summary>Options for the Chart component. They are ECharts' own; colours may be tokens ("var(--c-1)") and formatters names ("format:percent").</summary>
public static class ChartOption
{
    /// <param name="series">Lines, or bars stacked over time.</param>
    /// <param name="unit">How values read: short, number, percent (of one), points (of a hundred), ms, money.</param>
    /// <param name="marks">Moments to point out.</param>
    /// <param name="bars">Stacked bars instead of lines.</param>
    /// <param name="until">Where the axis ends, when that is later than the last point.</param>
    /// <param name="utc">Days and hours are told in UTC, as what they were counted by, instead of in the viewer's zone.</param>
    /// <param name="daily">Whole things, counted once a day: neither axis is divided further.</param>
    public static object TimeSeries(
        IReadOnlyList<ChartSeries> series, string unit = "short", IReadOnlyList<ChartMark>? marks = null, bool bars = false, DateTimeOffset? until = null, bool utc = false, bool daily = false) => new Dictionary<string, object?>
    {
        ["unit"] = unit,
        ["useUTC"] = utc,
        ["xAxis"] = new { type = "time", max = until?.ToUnixTimeMilliseconds(), minInterval = daily ? (long)TimeSpan.FromDays(1).TotalMilliseconds : 0 },
        ["yAxis"] = new { type = "value", axisLabel = new { formatter = "format:" + unit }, splitNumber = 3, min = unit is "percent" ? (object)"dataMin" : 0, minInterval = daily ? 1 : 0 },
        ["legend"] = series.Count > 1 ? new { } : null,
        ["series"] = series.Select((one, index) => Line(one, index == 0 ? marks : null, bars)).ToArray(),
    };

    /// <summary>Named values side by side, widest first as given.</summary>
    public static object Bars(IReadOnlyList<(string Name, double Value)> values, string unit = "short", bool horizontal = false)
    {
        object names = new { type = "category", data = values.Select(value => value.Name), inverse = horizontal };
        object amounts = new { type = "value", axisLabel = new { formatter = "format:" + unit }, splitNumber = 3 };
        return new Dictionary<string, object?>
        {
            ["unit"] = unit,
            ["xAxis"] = horizontal ? amounts : names,
            ["yAxis"] = horizontal ? names : amounts,
            ["series"] = new[] { new { type = "bar", data = values.Select(value => value.Value), barMaxWidth = 28 } },
        };
    }

    /// <summary>The same figures as a table, for those who cannot see the chart.</summary>
    public static ChartTable Table(IReadOnlyList<ChartSeries> series, Func<double?, string> format) => new(
        ["Time", .. series.Select(one => one.Name)],
        [
            .. series.SelectMany(one => one.Points.Select(point => point.At)).Distinct().Order().Select(at => (IReadOnlyList<string>)
            [
                at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
                .. series.Select(one => format(one.Points.FirstOrDefault(point => point.At == at).Value)),
            ]),
        ]);

    // A word that begins near the right edge would be cut off there.
    private static readonly object Leftward = new { align = "right", padding = new[] { 0, 6, 0, 0 } };

    private static bool IsLate(ChartMark mark, ChartSeries series) =>
        series.Points is [var first, .., var last] && (mark.At - first.At) > (last.At - first.At) * 0.8;

    private static Dictionary<string, object?> Line(ChartSeries series, IReadOnlyList<ChartMark>? marks, bool bars) => new()
    {
        ["type"] = bars ? "bar" : "line",
        ["name"] = series.Name,
        ["stack"] = bars ? "all" : null,
        ["barMaxWidth"] = 28,
        ["showSymbol"] = false,
        ["data"] = series.Points.Select(point => new object?[] { point.At.ToUnixTimeMilliseconds(), point.Value }),
        ["itemStyle"] = series.Color is null ? null : new { color = series.Color },
        ["lineStyle"] = new Dictionary<string, object?> { ["width"] = 2, ["type"] = series.Dashed ? "dashed" : "solid", ["color"] = series.Color },
        ["areaStyle"] = series.Area ? new Dictionary<string, object?> { ["opacity"] = .12, ["color"] = series.Color } : null,
        ["markLine"] = marks is not { Count: > 0 } ? null : new
        {
            symbol = "none",
            silent = true,
            lineStyle = new { color = "var(--text-3)", type = "dashed" },
            label = new { color = "var(--text-2)", fontSize = 11, formatter = "{b}", position = "insideEndTop", rotate = 0, align = "left", padding = new[] { 0, 0, 0, 6 } },
            data = marks.Select(mark => new { name = mark.Label, xAxis = mark.At.ToUnixTimeMilliseconds(), label = IsLate(mark, series) ? Leftward : null }),
        },
    };
}

public sealed record ChartTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <param name="Series">The series' name.</param>
/// <param name="Name">The category or moment.</param>
/// <param name="Index">Its place in the series.</param>
public sealed record ChartClick(string Series, string Name, int Index);

/// <param name="From">Where the stretch begins that was drawn over.</param>
/// <param name="To">Where it ends.</param>
public sealed record ChartZoom(DateTimeOffset From, DateTimeOffset To);
