using System.Text;
using Loopai.Core.Reports.Building;
using Microsoft.AspNetCore.Components.Web;

namespace Loopai.Portal.Pages.Reports.Document;

/// <summary>Renders the components of a report to whole pages, with the portal's own styles, typeface and chart script inside.</summary>
public sealed class ReportPaper(IServiceScopeFactory scopes, ILoggerFactory logs, IWebHostEnvironment files)
{
    private static readonly (string File, string Range)[] Faces =
    [
        ("lib/fonts/inter-latin-wght-normal.woff2", "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"),
        ("lib/fonts/inter-latin-ext-wght-normal.woff2", "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF"),
    ];

    private readonly Lazy<string> _style = new(() => StyleOf(files));
    private readonly Lazy<string> _script = new(() => Read(files, "lib/print.js"));

    public Task<string> PrintedAsync(ReportDocument document) => RenderAsync<PrintedReport>(new(StringComparer.Ordinal)
    {
        [nameof(PrintedReport.Document)] = document, [nameof(PrintedReport.Style)] = _style.Value, [nameof(PrintedReport.Script)] = _script.Value,
    });

    public Task<string> ChartAsync(ReportDocument document, ChartBlock chart) => RenderAsync<PrintedChart>(new(StringComparer.Ordinal)
    {
        [nameof(PrintedChart.Document)] = document, [nameof(PrintedChart.Chart)] = chart, [nameof(PrintedChart.Style)] = _style.Value, [nameof(PrintedChart.Script)] = _script.Value,
    });

    public Task<string> MailedAsync(ReportDocument document, IReadOnlyDictionary<ChartBlock, string> charts, bool hasLogo) => RenderAsync<MailedReport>(new(StringComparer.Ordinal)
    {
        [nameof(MailedReport.Document)] = document, [nameof(MailedReport.Charts)] = charts, [nameof(MailedReport.HasLogo)] = hasLogo,
    });

    private async Task<string> RenderAsync<T>(Dictionary<string, object?> parameters)
        where T : IComponent
    {
        await using var scope = scopes.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, logs);
        return "<!DOCTYPE html>" + await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString());
    }

    private static string StyleOf(IWebHostEnvironment files)
    {
        var style = new StringBuilder();
        foreach (var (file, range) in Faces)
        {
            style.Append($"@font-face{{font-family:Inter;font-weight:100 900;src:url(data:font/woff2;base64,{Convert.ToBase64String(Bytes(files, file))}) format(\"woff2\");unicode-range:{range}}}\n");
        }

        return style.Append(Read(files, "css/tokens.css")).Append(Read(files, "css/reports.css")).ToString();
    }

    private static string Read(IWebHostEnvironment files, string path) => Encoding.UTF8.GetString(Bytes(files, path));

    private static byte[] Bytes(IWebHostEnvironment files, string path)
    {
        using var stream = files.WebRootFileProvider.GetFileInfo(path).CreateReadStream();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
