using System.Globalization;
using System.IO.Compression;
using System.Text;
using Loopai.Core.Data;
using Loopai.Core.Reports.Building;

namespace Loopai.Core.Reports.Running;

/// <summary>Every table, chart and row of figures as CSV: values as they are, in a language of machines. One comes as it is, several as a ZIP.</summary>
public sealed class CsvReportWriter : IReportWriter
{
    public ReportFormat Format => ReportFormat.Csv;

    public string? Missing => null;

    public async Task<ReportContent> WriteAsync(ReportDocument document, CancellationToken ct)
    {
        var sheets = ReportSheets.Of(document);
        if (sheets.Count == 1)
        {
            return new ReportContent(TextOf(sheets[0], document.Zone), "text/csv", ".csv");
        }

        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var sheet in sheets)
            {
                var entry = zip.CreateEntry($"{sheet.Name.Replace('/', '-')}.csv");
                await using var content = entry.Open();
                await content.WriteAsync(TextOf(sheet, document.Zone), ct);
            }
        }

        return new ReportContent(stream.ToArray(), "application/zip", ".zip");
    }

    private static byte[] TextOf(ReportSheet sheet, TimeZoneInfo zone)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', sheet.Columns.Select(column => CsvText.Cell(column.Title))).Append("\r\n");
        foreach (var row in sheet.Rows)
        {
            text.AppendJoin(',', row.Select((cell, index) => TextOf(cell, sheet.Columns[index].Kind, zone))).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string TextOf(object? cell, ValueKind kind, TimeZoneInfo zone) => cell switch
    {
        ReportCell typed => TextOf(typed.Value, typed.Kind, zone),
        string text => CsvText.Cell(text),
        DateTimeOffset time when kind == ValueKind.Day => TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? "",
    };
}
