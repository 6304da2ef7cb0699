using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Loopai.Core.Reports.Building;

/// <summary>Markdown as HTML that holds text, lists, tables and links, and nothing that runs, loads or hides.</summary>
public static class SafeMarkdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseEmphasisExtras().UseAutoLinks().Build();

    public static string ToHtml(string markdown)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            if (link.IsImage)
            {
                // A picture from elsewhere tells its host who reads the mail.
                link.Remove();
            }
            else if (!IsHarmless(link.Url))
            {
                link.Url = null;
            }
        }

        foreach (var link in document.Descendants<AutolinkInline>().Where(link => !link.IsEmail && !IsHarmless(link.Url)).ToList())
        {
            link.Remove();
        }

        return document.ToHtml(Pipeline);
    }

    private static bool IsHarmless(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto";
}
