using System.Collections;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Loopai.Core.Reports.Building;
using Loopai.Infrastructure.Spreadsheets;
using Workbook = Loopai.Infrastructure.Spreadsheets.Workbook;

namespace Loopai.Portal.Tests.Reports;

public sealed class WorkbookTests
{
    /// <summary>That a sheet takes no memory: what was asked for is in the file before the rest is. The bench measures a million rows.</summary>
    [Fact]
    public void Write_ManyRows_LeaveForTheFileAsTheyAreRead()
    {
        const int Rows = 40_000;
        using var file = new MemoryStream();
        var rows = new RowsOnDemand(Rows, () => file.Length);
        Workbook.Write(file, [new ReportSheet("About", "About", [new("")], [["about"]]), new ReportSheet("All", "All", [new("Number", ValueKind.Number), new("Text")], rows)], TimeZoneInfo.Utc, "USD", default);
        rows.WrittenAtHalf.ShouldBeGreaterThan(file.Length / 3);
    }

    /// <summary>As pages write amounts: an amount below a cent is not shown as 0.00.</summary>
    [Fact]
    public void Write_SmallAmounts_AreShownWithTheDigitsThatMatter()
    {
        using var file = new MemoryStream();
        Workbook.Write(
            file, [new ReportSheet("Costs", "Costs", [new("Task"), new("Cost", ValueKind.Money)], [["a", 12.5m], ["b", 0.00042m], ["c", 0.000000000833m]])], TimeZoneInfo.Utc, "USD", default);
        using var book = SpreadsheetDocument.Open(file, false);
        var styles = book.WorkbookPart!.WorkbookStylesPart!.Stylesheet;
        var formats = styles.NumberingFormats!.Elements<NumberingFormat>().ToDictionary(f => f.NumberFormatId!.Value, f => f.FormatCode!.Value!);
        var shown = book.WorkbookPart.WorksheetParts.SelectMany(part => part.Worksheet.Descendants<Cell>()).Where(cell => cell.CellValue is not null)
            .Select(cell => formats[styles.CellFormats!.Elements<CellFormat>().ElementAt((int)cell.StyleIndex!.Value).NumberFormatId!.Value]);
        shown.ShouldBe(["#,##0.00\" USD\"", "#,##0.00####\" USD\"", "#,##0.00##########\" USD\""]);
    }

    private sealed class RowsOnDemand(int count, Func<long> written) : IReadOnlyList<IReadOnlyList<object?>>
    {
        public long WrittenAtHalf { get; private set; }

        public int Count => count;

        public IReadOnlyList<object?> this[int index] => [index, $"row {index * 7919L % count}"];

        public IEnumerator<IReadOnlyList<object?>> GetEnumerator()
        {
            for (var i = 0; i < count; i++)
            {
                WrittenAtHalf = i == count / 2 ? written() : WrittenAtHalf;
                yield return this[i];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
