using System.Globalization;

namespace Loopai.Core.Reports.Building;

/// <summary>A document as tables alone, for files that people go on computing with: what is a chart elsewhere is its values here.</summary>
/// <param name="Name">Different for each of a document.</param>
/// <param name="Title">The section's heading.</param>
/// <param name="Columns">What stands in it.</param>
/// <param name="Rows">The cells.</param>
/// <param name="Chart">The chart whose values these are; null for a table.</param>
public sealed record ReportSheet(string Name, string Title, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows, ChartBlock? Chart = null);

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
        foreach (var section in document.Sections)
        {
            foreach (var block in section.Blocks)
            {
                if (SheetOf(section, block) is { } sheet)
                {
                    sheets.Add(sheet with { Name = Free(section.Title, [.. taken, .. sheets.Select(s => s.Name)]) });
                }
            }
        }

        return sheets;
    }

    private static ReportSheet? SheetOf(SectionContent section, ReportBlock block) => block switch
    {
        TableBlock table => new ReportSheet("", section.Title, table.Columns, table.Rows),
        ChartBlock chart => new ReportSheet(
            "", section.Title, [new("Time", ValueKind.Time), .. chart.Lines.Select(line => new ReportColumn(line.Name, chart.Kind))],
            [.. chart.Starts.Select((at, i) => (IReadOnlyList<object?>)[at, .. chart.Lines.Select(line => (object?)line.Values[i])])], chart),
        FiguresBlock figures => new ReportSheet(
            "", section.Title, [new("Figure"), new("Value", ValueKind.Number), new("Unit"), new("Before", ValueKind.Number), new("Change", ValueKind.Share)],
            [.. figures.Figures.Select(f => (IReadOnlyList<object?>)[f.Label, f.Value, UnitOf(f.Kind), f.Before, f.Change])]),
        TextBlock => null,
        _ => throw new ArgumentOutOfRangeException(nameof(block)),
    };

    private static string UnitOf(ValueKind kind) => kind switch { ValueKind.Share => "of 1", ValueKind.Milliseconds => "ms", ValueKind.Money => "money", _ => "" };

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
