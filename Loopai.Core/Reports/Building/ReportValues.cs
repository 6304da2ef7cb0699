using System.Globalization;

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
        DateTimeOffset time => TimeZoneInfo.ConvertTime(time, document.Zone).ToString(kind == ValueKind.Day ? "d" : "g", document.Culture),
        DateOnly day => day.ToString("d", document.Culture),
        bool yes => yes ? "✓" : Unknown,
        IConvertible number => document.Number(number.ToDouble(CultureInfo.InvariantCulture), kind),
        _ => Convert.ToString(value, document.Culture) ?? "",
    };

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
            ValueKind.Money => $"{number.ToString(Math.Abs(number) is > 0 and < 0.01 ? "#,0.00####" : "#,0.00", culture)} {document.Currency}",
            _ => number.ToString(Math.Abs(number) >= 100 ? "#,0" : "#,0.##", culture),
        };
    }

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

    private static string Duration(double ms, CultureInfo culture) => Math.Abs(ms) switch
    {
        0 => "0 ms",
        < 1 => (ms * Thousand).ToString("0.#", culture) + " µs",
        < Thousand => ms.ToString("0.#", culture) + " ms",
        _ => (ms / Thousand).ToString("#,0.##", culture) + " s",
    };
}
