using Loopai.Core.Reports.Building;

namespace Loopai.Portal.Tests.Reports;

public sealed class SafeMarkdownTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("[a](javascript:alert(1))")]
    [InlineData("[a](  JavaScript:alert(1))")]
    [InlineData("[a](data:text/html,x)")]
    [InlineData("![pixel](https://tracker.example/p.png)")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<https://example.org/> <javascript:alert(1)>")]
    [InlineData("[r]\n\n[r]: javascript:alert(1)")]
    public void ToHtml_WhatRunsOrLoads_IsGone(string markdown)
    {
        var html = SafeMarkdown.ToHtml(markdown);
        html.ShouldNotContain("<script");
        html.ShouldNotContain("<img");
        html.ShouldNotContain("href=\"javascript", Case.Insensitive);
        html.ShouldNotContain("href=\"data", Case.Insensitive);
    }

    [Fact]
    public void ToHtml_Words_StayWords()
    {
        var html = SafeMarkdown.ToHtml("# Hello\n\n**bold** and [a link](https://example.org)\n\n| a | b |\n|---|---|\n| 1 | 2 |");
        html.ShouldContain("<strong>bold</strong>");
        html.ShouldContain("href=\"https://example.org\"");
        html.ShouldContain("<td>1</td>");
    }
}
