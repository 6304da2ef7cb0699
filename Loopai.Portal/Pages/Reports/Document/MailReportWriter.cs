using System.Text;
using Loopai.Core.Reports.Building;
using Loopai.Core.Reports.Delivery;
using Loopai.Core.Reports.Running;

namespace Loopai.Portal.Pages.Reports.Document;

/// <summary>A report as a mail, its charts as pictures where this machine can draw them.</summary>
public sealed class MailReportWriter(ReportPaper paper, IPagePrinter printer) : IReportWriter
{
    /// <summary>More pictures than this belong into the files.</summary>
    private const int MostPictures = 6;

    private const int TextRows = 20;

    public ReportFormat Format => ReportFormat.Html;

    public string? Missing => null;

    public async Task<ReportContent> WriteAsync(ReportDocument document, CancellationToken ct)
    {
        var charts = printer.Missing is null ? document.Sections.SelectMany(s => s.Blocks.OfType<ChartBlock>()).Take(MostPictures).ToList() : [];
        var names = new Dictionary<ChartBlock, string>(ReferenceEqualityComparer.Instance);
        List<MailPicture> pictures = document.Logo is { } logo ? [new MailPicture("logo", logo.ContentType, logo.Data)] : [];
        foreach (var (index, chart) in charts.Index())
        {
            names[chart] = $"chart{index + 1}";
            pictures.Add(new MailPicture(names[chart], "image/png", await printer.PictureAsync(await paper.ChartAsync(document, chart), PrintedChart.Width, PrintedChart.Height, ct)));
        }

        var html = await paper.MailedAsync(document, names, document.Logo is not null);
        var body = new MailBody($"{document.Title}: {document.Period.Words(document.Culture)}", TextOf(document), html, pictures);
        return new ReportContent(body.ToBytes(), MailBody.ContentType, ".mail");
    }

    private static string TextOf(ReportDocument document)
    {
        var text = new StringBuilder($"{document.Title}\n{document.Organization} · {document.Environment}\n{document.Period.Words(document.Culture)}\n");
        foreach (var section in document.Sections)
        {
            text.Append(section.Title.Length > 0 ? $"\n{section.Title}\n{new string('-', section.Title.Length)}\n" : "\n");
            foreach (var block in section.Blocks)
            {
                Append(text, document, block);
            }

            text.Append(section.Note is null ? "" : $"{section.Note}\n");
        }

        return text.Append('\n').Append(MailBody.LinksHere).Append('\n').ToString();
    }

    private static void Append(StringBuilder text, ReportDocument document, ReportBlock block)
    {
        switch (block)
        {
            case FiguresBlock figures:
                text.AppendJoin('\n', figures.Figures.Select(f => $"{f.Label}: {document.Number(f.Value, f.Kind)}{(document.ChangeWords(f) is { } change ? $" ({change})" : "")}")).Append('\n');
                break;
            case TableBlock table:
                foreach (var row in table.Rows.Take(TextRows))
                {
                    text.Append(document.Show(row[0], table.Columns[0].Kind)).Append(": ")
                        .AppendJoin(", ", row.Index().Skip(1).Where(c => c.Item is not null and not "").Select(c => $"{table.Columns[c.Index].Title} {document.Show(c.Item, table.Columns[c.Index].Kind)}")).Append('\n');
                }

                text.Append(table.Rows.Count > TextRows ? $"… and {table.Rows.Count - TextRows} more\n" : "");
                break;
            case TextBlock words:
                text.Append(words.Markdown).Append('\n');
                break;
            case ChartBlock:
                break;
        }
    }
}
