using System.Globalization;
using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Spreadsheet;
using Loopai.Core.Costs;
using Loopai.Core.Reports.Building;

namespace Loopai.Infrastructure.Spreadsheets;

/// <summary>One sheet, row by row: typed cells, the heading frozen with filters under it, columns as wide as what stands in them.</summary>
internal static class SheetPart
{
    /// <summary>What a sheet can hold, without its heading.</summary>
    public const int MaxRows = 1_048_575;

    private const int MaxTextLength = 32_767;
    private const int SampledRows = 200;
    private const int LeastWidth = 10;
    private const int UsualLength = 12;
    private const int MostWidth = 60;
    private const int MostWidthAbout = 110;
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>Day 0 of a spreadsheet's calendar, as far as days after February 1900 go.</summary>
    private static readonly DateTime Epoch = new(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified);

    public static void Write(Stream stream, ReportSheet sheet, TimeZoneInfo zone, bool isAbout, bool hasChart, CancellationToken ct)
    {
        using var writer = OpenXmlWriter.Create(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        writer.WriteStartDocument(true);
        writer.WriteStartElement(new Worksheet(), [], [new("r", Relations)]);
        writer.WriteElement(new SheetProperties(new PageSetupProperties { FitToPage = true }));
        if (!isAbout)
        {
            writer.WriteElement(new SheetViews(new SheetView(
                new Pane { VerticalSplit = 1, TopLeftCell = "A2", ActivePane = PaneValues.BottomLeft, State = PaneStateValues.Frozen }) { WorkbookViewId = 0 }));
        }

        writer.WriteElement(new Columns(sheet.Columns.Select((_, i) => new Column { Min = (uint)i + 1, Max = (uint)i + 1, Width = WidthOf(sheet, i, isAbout ? MostWidthAbout : MostWidth), CustomWidth = true })));
        writer.WriteStartElement(new SheetData());
        var number = 0;
        if (!isAbout)
        {
            WriteRow(writer, ++number, sheet.Columns.Select(c => (object?)c.Title), (i, _) => sheet.Columns[i].Kind == ValueKind.Text ? CellStyles.Header : CellStyles.NumberHeader, zone);
        }

        foreach (var row in sheet.Rows.Take(MaxRows))
        {
            ct.ThrowIfCancellationRequested();
            WriteRow(writer, ++number, row, (i, cell) => isAbout && i == 0 ? CellStyles.Label : CellStyles.Of(sheet.Columns[i].Kind, cell), zone);
        }

        writer.WriteEndElement();
        if (!isAbout && number > 1)
        {
            writer.WriteElement(new AutoFilter { Reference = $"A1:{NameOf(sheet.Columns.Count - 1)}{number.ToString(CultureInfo.InvariantCulture)}" });
        }

        writer.WriteElement(new PageSetup { FitToHeight = 0, Orientation = hasChart || sheet.Columns.Count > 5 ? OrientationValues.Landscape : OrientationValues.Portrait });
        if (hasChart)
        {
            writer.WriteElement(new Drawing { Id = "drawing" });
        }

        writer.WriteEndElement();
    }

    /// <summary><c>A</c> for 0, <c>AA</c> for 26.</summary>
    public static string NameOf(int column) => column < 26 ? $"{(char)('A' + column)}" : NameOf((column / 26) - 1) + NameOf(column % 26);

    private static void WriteRow(OpenXmlWriter writer, int number, IEnumerable<object?> cells, Func<int, object?, uint> styleOf, TimeZoneInfo zone)
    {
        writer.WriteStartElement(new Row(), [new("r", "", number.ToString(CultureInfo.InvariantCulture))]);
        foreach (var (index, cell) in cells.Index())
        {
            WriteCell(writer, $"{NameOf(index)}{number.ToString(CultureInfo.InvariantCulture)}", cell, styleOf(index, cell).ToString(CultureInfo.InvariantCulture), zone);
        }

        writer.WriteEndElement();
    }

    private static void WriteCell(OpenXmlWriter writer, string place, object? cell, string style, TimeZoneInfo zone)
    {
        switch (cell)
        {
            case null or "":
                return;
            case ReportCell typed:
                WriteCell(writer, place, typed.Value, CellStyles.Of(typed.Kind, typed.Value).ToString(CultureInfo.InvariantCulture), zone);
                return;
            case string text:
                writer.WriteStartElement(new Cell(), [new("r", "", place), new("s", "", style), new("t", "", "inlineStr")]);
                var clean = Workbook.Clean(text);
                writer.WriteElement(new InlineString(new Text(clean[..Math.Min(clean.Length, MaxTextLength)]) { Space = SpaceProcessingModeValues.Preserve }));
                writer.WriteEndElement();
                return;
            default:
                writer.WriteStartElement(new Cell(), [new("r", "", place), new("s", "", style)]);
                writer.WriteElement(new CellValue(NumberOf(cell, zone)));
                writer.WriteEndElement();
                return;
        }
    }

    private static string NumberOf(object cell, TimeZoneInfo zone) => cell switch
    {
        DateTimeOffset time => ((TimeZoneInfo.ConvertTime(time, zone).DateTime - Epoch).TotalDays).ToString("R", CultureInfo.InvariantCulture),
        DateOnly day => (day.ToDateTime(TimeOnly.MinValue) - Epoch).TotalDays.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture)!,
    };

    private static double WidthOf(ReportSheet sheet, int column, int most)
    {
        var longest = sheet.Rows.Take(SampledRows).Select(row => LengthOf(row[column], sheet.Columns[column].Kind)).DefaultIfEmpty(0).Max();
        return Math.Clamp(Math.Max(longest, sheet.Columns[column].Title.Length + 3) + 2, LeastWidth, most);
    }

    /// <summary>A number that does not fit is shown as none, so small amounts, which have many places, have room.</summary>
    private static int LengthOf(object? cell, ValueKind kind) => cell switch
    {
        string text => text.Split('\n').Max(line => line.Length),
        ReportCell typed => LengthOf(typed.Value, typed.Kind),
        IConvertible number when kind == ValueKind.Money => Math.Max(UsualLength, MoneyText.Number(number.ToDecimal(CultureInfo.InvariantCulture)).Length + 4),
        _ => UsualLength,
    };
}
