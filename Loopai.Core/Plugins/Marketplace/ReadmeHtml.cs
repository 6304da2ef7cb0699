using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Loopai.Core.Plugins.Marketplace;

/// <summary>
/// What an author wrote, as HTML that a stranger's page can show: no HTML of theirs, no pictures but those of the package, links that pass nothing on. Headings go
/// one level down, because the page has a title of its own.
/// </summary>
public static class ReadmeHtml
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseTaskLists().UseEmphasisExtras().UseAutoLinks().Build();

    /// <param name="markdown">README.md or CHANGELOG.md.</param>
    /// <param name="pictureUrl">Where a picture of the package is found by its path.</param>
    public static string Of(string markdown, Func<string, string> pictureUrl)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            heading.Level = Math.Min(6, heading.Level + 1);
        }

        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            if (link.IsImage)
            {
                ShowPicture(link, pictureUrl);
            }
            else if (IsHarmless(link.Url))
            {
                Distrust(link);
            }
            else
            {
                // The words stay where the address goes: relative ones lead nowhere here, and others run.
                Unlink(link);
            }
        }

        foreach (var link in document.Descendants<AutolinkInline>().ToList())
        {
            if (link.IsEmail || IsHarmless(link.Url))
            {
                Distrust(link);
            }
            else
            {
                link.ReplaceBy(new LiteralInline(link.Url));
            }
        }

        return document.ToHtml(Pipeline);
    }

    private static void ShowPicture(LinkInline picture, Func<string, string> pictureUrl)
    {
        if (PathOf(picture.Url) is not { } path)
        {
            // A picture from elsewhere tells its host who reads.
            Unlink(picture);
            return;
        }

        picture.Url = pictureUrl(path);
        picture.GetAttributes().AddProperty("loading", "lazy");
    }

    /// <summary>The path within the package; null for anything that is not plainly one.</summary>
    private static string? PathOf(string? url)
    {
        var path = url?.StartsWith("./", StringComparison.Ordinal) == true ? url[2..] : url;
        return !string.IsNullOrEmpty(path) && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_') && !path.StartsWith('/')
            && path.Split('/').All(part => part is not ("" or "." or ".."))
                ? path
                : null;
    }

    private static void Distrust(Inline link)
    {
        var attributes = link.GetAttributes();
        attributes.AddProperty("rel", "nofollow noopener noreferrer ugc");
        attributes.AddProperty("target", "_blank");
    }

    private static void Unlink(LinkInline link)
    {
        while (link.FirstChild is { } child)
        {
            child.Remove();
            link.InsertBefore(child);
        }

        link.Remove();
    }

    private static bool IsHarmless(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto";
}
