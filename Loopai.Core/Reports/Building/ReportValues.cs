using System.Globalization;
using Loopai.Core.Costs;

namespace Loopai.Core.Reports.Building;

/// <summary>How a document writes its values for people.</summary>
public static class ReportValues
{
    public const string Unknown = "–";

    private const double Thousand = 1000;

    /// <summary>A cell or figure in words.</summary>
    public static string Show(this ReportDocument document, object? value, ValueKind kind) => value switch
    {
        null or "" => Unknown,
        string text => text,
        DateTimeOffset time => TimeZoneInfo.ConvertTime(time, document.Zone).ToString(kind == ValueKind.Day ? document.Culture.DayPattern() : document.Culture.TimePattern(), document.Culture),
        DateOnly day => day.ToString(document.Culture.DayPattern(), document.Culture),
        bool yes => yes ? "✓" : Unknown,
        IConvertible number => document.Number(number.ToDouble(CultureInfo.InvariantCulture), kind),
        _ => Convert.ToString(value, document.Culture) ?? "",
    };

    /// <summary>How a day is written. Half of those who read English take 03/04 for another day than the other half: there the month is a word.</summary>
    public static string DayPattern(this CultureInfo culture) => IsEnglish(culture) ? "d MMM yyyy" : "d";

    /// <summary>How a moment is written.</summary>
    public static string TimePattern(this CultureInfo culture) => IsEnglish(culture) ? "d MMM yyyy, HH:mm" : "g";

    /// <summary>A number in words.</summary>
    public static string Number(this ReportDocument document, double? value, ValueKind kind)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            return Unknown;
        }

        var culture = document.Culture;
        return kind switch
        {
            ValueKind.Share => (number * 100).ToString("0.0", culture) + " %",
            ValueKind.Milliseconds => Duration(number, culture),
            ValueKind.Money => MoneyText.Of((decimal)number, document.Currency, culture),
            _ => number.ToString(Math.Abs(number) >= 100 ? "#,0" : "#,0.##", culture),
        };
    }

    /// <summary>The cells of a table in words. The currency of amounts stands in their column's heading.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Cells(this ReportDocument document, TableBlock table) =>
    [
        .. table.Rows.Select(row => (IReadOnlyList<string>)[.. row.Select((cell, i) =>
            table.Columns[i].Kind == ValueKind.Money && AsNumber(cell) is { } amount ? MoneyText.Number((decimal)amount, document.Culture) : document.Show(cell, table.Columns[i].Kind))]),
    ];

    /// <summary>A column's heading, with the currency of its amounts.</summary>
    public static string Heading(this ReportDocument document, ReportColumn column) => column.Kind == ValueKind.Money ? $"{column.Title}, {document.Currency}" : column.Title;

    /// <summary>How a figure changed: <c>+12.4 %</c>, <c>−0.6 pts</c>; null where nothing is to compare.</summary>
    public static string? ChangeWords(this ReportDocument document, ReportFigure figure)
    {
        if (figure.Change is not { } change)
        {
            return null;
        }

        var sign = change > 0 ? "+" : change < 0 ? "−" : "±";
        var size = Math.Abs(change * 100).ToString("0.0", document.Culture);
        return figure.Kind == ValueKind.Share ? $"{sign}{size} pts" : $"{sign}{size} %";
    }

    private static double? AsNumber(object? cell) => cell is IConvertible number and not string and not bool ? number.ToDouble(CultureInfo.InvariantCulture) : null;

    private static bool IsEnglish(CultureInfo culture) => culture.TwoLetterISOLanguageName == "en";

    private static string Duration(double ms, CultureInfo culture) => Math.Abs(ms) switch
    {
        0 => "0 ms",
        < 1 => (ms * Thousand).ToString("0.#", culture) + " µs",
        < Thousand => ms.ToString("0.#", culture) + " ms",
        _ => (ms / Thousand).ToString("#,0.##", culture) + " s",
    };
}
