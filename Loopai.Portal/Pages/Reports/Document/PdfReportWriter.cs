using Loopai.Core.Reports.Building;
using Loopai.Core.Reports.Running;

namespace Loopai.Portal.Pages.Reports.Document;

/// <summary>A report on paper.</summary>
public sealed class PdfReportWriter(ReportPaper paper, IPagePrinter printer) : IReportWriter
{
    public ReportFormat Format => ReportFormat.Pdf;

    public string? Missing => printer.Missing;

    public async Task<ReportContent> WriteAsync(ReportDocument document, CancellationToken ct) =>
        new(await printer.PdfAsync(await paper.PrintedAsync(document), ct), "application/pdf", ".pdf");
}
