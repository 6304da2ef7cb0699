using System.Globalization;

namespace Loopai.Core.Data;

/// <summary>Cells of the files that the portal hands out.</summary>
public static class CsvText
{
    /// <summary>
    /// A text in quotes (RFC 4180, 2.5 to 2.7). A unit or an error can be anything a customer sent: what a spreadsheet would take for a formula
    /// gets an apostrophe before it.
    /// </summary>
    public static string Cell(string? text) => text switch
    {
        null or "" => "",
        _ when text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => $"\"'{Doubled(text)}\"",
        _ => $"\"{Doubled(text)}\"",
    };

    private static string Doubled(string text) => text.Replace("\"", "\"\"", StringComparison.Ordinal);
}
