using System.Globalization;

namespace Loopai.Core.Reports.Building;

/// <summary>A document as tables alone, for files that people go on computing with: what is a chart elsewhere is its values here.</summary>
/// <param name="Name">Different for each of a document.</param>
/// <param name="Title">The section's heading.</param>
/// <param name="Columns">What stands in it.</param>
/// <param name="Rows">The cells.</param>
/// <param name="Chart">The chart whose values these are; null for a table.</param>
/// <param name="Section">Which section of the document it is of, from 0 on.</param>
public sealed record ReportSheet(
    string Name, string Title, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows, ChartBlock? Chart = null, int Section = 0);

/// <summary>A cell that is written in another way than its column.</summary>
public sealed record ReportCell(double? Value, ValueKind Kind);

public static class ReportSheets
{
    /// <summary>Spreadsheets take no longer names.</summary>
    public const int MaxNameLength = 31;

    private const string Forbidden = "[]:*?/\\'";

    /// <param name="document">The document.</param>
    /// <param name="taken">Names that no sheet may have.</param>
    public static IReadOnlyList<ReportSheet> Of(ReportDocument document, params string[] taken)
    {
        var sheets = new List<ReportSheet>();
        foreach (var (index, section) in document.Sections.Index())
        {
            foreach (var block in section.Blocks)
            {
                if (SheetOf(section, block, document.Currency) is { } sheet)
                {
                    sheets.Add(sheet with { Name = Free(section.Title, [.. taken, .. sheets.Select(s => s.Name)]), Section = index });
                }
            }
        }

        return sheets;
    }

    private static ReportSheet? SheetOf(SectionContent section, ReportBlock block, string currency) => block switch
    {
        TableBlock table => new ReportSheet("", section.Title, table.Columns, table.Rows),
        ChartBlock chart => new ReportSheet(
            "", section.Title, [chart.IsWithinADay ? new("Time", ValueKind.Time) : new("Day", ValueKind.Day), .. chart.Lines.Select(line => new ReportColumn(line.Name, chart.Kind))],
            [.. chart.Starts.Select((at, i) => (IReadOnlyList<object?>)[at, .. chart.Lines.Select(line => (object?)line.Values[i])])], chart),
        FiguresBlock figures => new ReportSheet(
            "", section.Title, [new("Figure"), new("Value", ValueKind.Number), new("Before", ValueKind.Number), new("Change, of shares in points", ValueKind.Share)],
            [.. figures.Figures.Select(f => (IReadOnlyList<object?>)[f.Label + UnitOf(f.Kind, currency), new ReportCell(f.Value, f.Kind), new ReportCell(f.Before, f.Kind), f.Change])]),
        TextBlock => null,
        _ => throw new ArgumentOutOfRangeException(nameof(block)),
    };

    private static string UnitOf(ValueKind kind, string currency) => kind switch { ValueKind.Milliseconds => " (ms)", ValueKind.Money => $" ({currency})", _ => "" };

    private static string Free(string title, List<string> taken)
    {
        var clean = string.Concat(title.Where(c => !Forbidden.Contains(c, StringComparison.Ordinal) && !char.IsControl(c))).Trim();
        var wanted = clean.Length == 0 ? "Sheet" : clean;
        for (var number = 1; ; number++)
        {
            var end = number == 1 ? "" : $" {number.ToString(CultureInfo.InvariantCulture)}";
            var name = wanted[..Math.Min(wanted.Length, MaxNameLength - end.Length)].Trim() + end;
            if (!taken.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return name;
            }
        }
    }
}
