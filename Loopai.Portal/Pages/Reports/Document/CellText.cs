using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Loopai.Portal.Pages.Reports.Document;

/// <summary>The text of a cell. Words stay whole; only what is too long for any column breaks, an address or a permission after its signs.</summary>
public static partial class CellText
{
    /// <summary>Up to here a word fits into a column of a crowded table.</summary>
    private const int LongestWord = 14;

    /// <summary>Without a sign to break after, this is no word.</summary>
    private const int LongestRun = 24;

    public static MarkupString Html(string text)
    {
        var html = new StringBuilder();
        foreach (var part in Spaces().Split(text))
        {
            html.Append(part.Length <= LongestWord ? WebUtility.HtmlEncode(part) : Breakable(part));
        }

        return new MarkupString(html.ToString());
    }

    private static string Breakable(string word) => string.Join(
        "<wbr>", Signs().Split(word).Where(p => p.Length > 0).SelectMany(p => p.EnumerateRunes().Chunk(LongestRun).Select(run => WebUtility.HtmlEncode(string.Concat(run)))));

    [GeneratedRegex(@"(\s+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(?<=[@./:,;=&?-])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Signs();
}
