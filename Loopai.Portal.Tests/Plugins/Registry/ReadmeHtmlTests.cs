using System.Text.RegularExpressions;
using Loopai.Core.Plugins.Marketplace;

namespace Loopai.Portal.Tests.Plugins.Registry;

/// <summary>What a hostile author writes into a README does nothing on the page.</summary>
public sealed partial class ReadmeHtmlTests
{
    public static TheoryData<string> Hostile() => new(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe src=\"javascript:alert(1)\"></iframe>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<style>body{display:none}</style>",
        "<form action=https://evil.example><input name=password></form>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](vbscript:msgbox(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
        "[x](//evil.example/phish)",
        "[x](/o/acme/settings)",
        "[x](\"onmouseover=alert(1) https://e.example)",
        "[x](https://e.example \"t\\\" onmouseover=\\\"alert(1)\")",
        "[ref]\n\n[ref]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "<https://e.example/\"onclick=alert(1)>",
        "![x](https://evil.example/pixel.png)",
        "![x](//evil.example/pixel.png)",
        "![x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
        "![x](javascript:alert(1))",
        "![x](../../../../etc/passwd)",
        "![x](/account)",
        "![\"onload=alert(1)](images/a.png)",
        "![x](images/a.png\"onload=alert(1))",
        "![x](images/a.png?redirect=https://evil.example)",
        "[![x](https://evil.example/a.png)](javascript:alert(1))",
        "```<script>\n</code></pre><script>alert(1)</script>\n```",
        "``` \"><script>alert(1)</script>\nx\n```",
        "| <script>alert(1)</script> | b |\n|---|---|\n| [x](javascript:1) | <img src=x onerror=1> |",
        "# <b onmouseover=alert(1)>x</b>",
        "- [ ] <input autofocus onfocus=alert(1)>",
        "{onclick=alert(1)}",
        "<!-- --><script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>");

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Of_Hostile_HoldsNothingThatRunsOrLoads(string markdown)
    {
        var html = ReadmeHtml.Of(markdown, path => $"/picture?path={path}");
        foreach (Match tag in Tag().Matches(html))
        {
            tag.Groups["name"].Value.ShouldBeOneOf(
                "h2", "h3", "h4", "h5", "h6", "p", "a", "img", "code", "pre", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "input", "em", "strong", "del", "br", "hr", "blockquote");
            foreach (Match attribute in Attribute().Matches(tag.Groups["rest"].Value))
            {
                var (name, value) = (attribute.Groups["name"].Value, attribute.Groups["value"].Value);
                name.ShouldBeOneOf("href", "src", "alt", "title", "rel", "target", "loading", "class", "type", "disabled", "checked");
                if (name == "href")
                {
                    value.ShouldMatch("^(https?|mailto):");
                    tag.Value.ShouldContain("rel=\"nofollow noopener noreferrer ugc\"");
                }
                else if (name == "src")
                {
                    value.ShouldMatch(@"^/picture\?path=[A-Za-z0-9/._-]+$");
                    value.ShouldNotContain("..");
                }
                else if (name == "type")
                {
                    value.ShouldBe("checkbox");
                }
            }
        }
    }

    [Fact]
    public void Of_Honest_KeepsItsShape()
    {
        var html = ReadmeHtml.Of("# Guard\n\nSee [docs](https://e.example/d) and ![one](./images/one.png).\n\n- a\n- b\n", path => $"/p/{path}");
        html.ShouldContain("<h2>Guard</h2>");
        html.ShouldContain("<a href=\"https://e.example/d\" rel=\"nofollow noopener noreferrer ugc\" target=\"_blank\">docs</a>");
        html.ShouldContain("<img src=\"/p/images/one.png\" loading=\"lazy\" alt=\"one\" />");
        html.ShouldContain("<li>a</li>");
    }

    [GeneratedRegex("<(?<name>[a-zA-Z][a-zA-Z0-9]*)(?<rest>(?:[^\"'>]|\"[^\"]*\"|'[^']*')*)>", RegexOptions.NonBacktracking)]
    private static partial Regex Tag();

    [GeneratedRegex("(?<name>[a-zA-Z-]+)(?:=\"(?<value>[^\"]*)\")?", RegexOptions.NonBacktracking)]
    private static partial Regex Attribute();
}
