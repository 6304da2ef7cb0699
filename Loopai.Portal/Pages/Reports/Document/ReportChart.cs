using System.Globalization;
using Loopai.Core.Reports.Building;

namespace Loopai.Portal.Pages.Reports.Document;

/// <summary>A chart of a report as an option of the portal's one chart, the same for the page and for paper.</summary>
public static class ReportChart
{
    public static object OptionOf(ReportDocument document, ChartBlock chart) => new Dictionary<string, object?>
    {
        ["unit"] = UnitOf(document, chart.Kind),
        ["xAxis"] = new { type = "category", data = chart.Starts.Select(at => DayOf(document, chart, at)) },
        ["yAxis"] = new { type = "value", axisLabel = new { formatter = "format:" + UnitOf(document, chart.Kind) }, splitNumber = 4, scale = chart.Kind == ValueKind.Share },
        ["legend"] = chart.Lines.Count > 1 ? new { } : null,
        ["series"] = chart.Lines.Select(line => new Dictionary<string, object?>
        {
            ["type"] = chart.IsStacked ? "bar" : "line", ["name"] = line.Name, ["stack"] = chart.IsStacked ? "all" : null, ["barMaxWidth"] = 22,
            ["showSymbol"] = chart.Starts.Count < 12, ["connectNulls"] = true, ["data"] = line.Values,
        }),
    };

    public static ChartTable TableOf(ReportDocument document, ChartBlock chart) => new(
        [chart.IsWithinADay ? "Time" : "Day", .. chart.Lines.Select(line => line.Name)],
        [.. chart.Starts.Select((at, i) => (IReadOnlyList<string>)[DayOf(document, chart, at), .. chart.Lines.Select(line => document.Number(line.Values[i], chart.Kind))])]);

    private static string DayOf(ReportDocument document, ChartBlock chart, DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, document.Zone).ToString(chart.IsWithinADay ? "HH:mm" : "d MMM", document.Culture);

    private static string UnitOf(ReportDocument document, ValueKind kind) =>
        kind switch { ValueKind.Share => "percent", ValueKind.Milliseconds => "ms", ValueKind.Money => $"money:{document.Currency}", _ => "short" };

    /// <summary>Whether a column's cells stand at its right edge.</summary>
    public static bool IsNumber(this ReportColumn column) => column.Kind is not (ValueKind.Text or ValueKind.Time or ValueKind.Day);

    /// <summary>Numbers stand at the right edge, and neither they nor days are broken.</summary>
    public static string? Css(this ReportColumn column) => column.IsNumber() ? "end" : column.Kind is ValueKind.Time or ValueKind.Day ? "day" : null;

    public static string? CssOf(ReportFigure figure) => (figure.Change, figure.MoreIsBetter) switch
    {
        (null or 0, _) or (_, null) => null,
        ({ } change, { } up) => change > 0 == up ? "good" : "bad",
    };

    /// <summary>Text within a string of a style sheet. The space after an escape belongs to it.</summary>
    public static string CssText(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c == ' ' ? $"{c}" : $"\\{((int)c).ToString("x6", CultureInfo.InvariantCulture)} "));
}
