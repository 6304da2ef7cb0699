using System.Globalization;
using Loopai.Core.Reports.Building;
using Loopai.Core.Reports.Running;

namespace Loopai.Infrastructure.Spreadsheets;

/// <summary>A report as a workbook: what it is on the first sheet, then a sheet a table, with a chart where the report has one.</summary>
public sealed class XlsxReportWriter : IReportWriter
{
    public const string ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private const string AboutName = "About this report";

    public ReportFormat Format => ReportFormat.Xlsx;

    public string? Missing => null;

    public Task<ReportContent> WriteAsync(ReportDocument document, CancellationToken ct)
    {
        using var stream = new MemoryStream();
        Workbook.Write(stream, [About(document), .. ReportSheets.Of(document, AboutName)], document.Zone, document.Currency, ct);
        return Task.FromResult(new ReportContent(stream.ToArray(), ContentType, ".xlsx"));
    }

    private static ReportSheet About(ReportDocument document)
    {
        List<IReadOnlyList<object?>> rows =
        [
            ["Report", document.Title],
            ["For", document.Description],
            ["Organization", document.Organization],
            ["Environment", document.Environment],
            ["Period", document.Period.Words(document.Culture)],
            ["Compared with", document.Before?.Words(document.Culture) ?? "–"],
            ["Time zone", document.Zone.Id],
            ["Currency", document.Currency],
            ["Made", TimeZoneInfo.ConvertTime(document.MadeAt, document.Zone).ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)],
        ];
        foreach (var section in document.Sections.Where(s => s.Note is not null || s.Blocks.Any(b => b is TextBlock)))
        {
            rows.Add([section.Title, string.Join('\n', section.Blocks.OfType<TextBlock>().Select(b => b.Markdown).Append(section.Note).Where(text => !string.IsNullOrEmpty(text)))]);
        }

        return new ReportSheet(AboutName, AboutName, [new(""), new("")], rows);
    }
}
