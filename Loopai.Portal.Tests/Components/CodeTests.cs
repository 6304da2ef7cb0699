using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Loopai.Portal.Components.Code;

namespace Loopai.Portal.Tests.Components;

public sealed class CodeTests
{
    [Fact]
    public void Diff_AnyTwoTexts_GivesBothBack()
    {
        // Few letters make many equal lines, which is where a diff goes wrong.
        var text = Gen.Elements("a", "b", "c", "").ListOf().Select(lines => string.Join('\n', lines)).ToArbitrary();
        Prop.ForAll(text, text, (before, after) =>
        {
            var lines = LineDiff.Compute(before, after);
            var old = string.Join('\n', lines.Where(line => line.Kind is not DiffKind.Came).Select(line => line.Text));
            var made = string.Join('\n', lines.Where(line => line.Kind is not DiffKind.Gone).Select(line => line.Text));
            return old == before && made == after;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Diff_OneChangedLine_TouchesNoOther()
    {
        var lines = LineDiff.Compute("a\nb\nc", "a\nB\nc");
        lines.Select(line => (line.Kind, line.Text)).ShouldBe([(DiffKind.Same, "a"), (DiffKind.Gone, "b"), (DiffKind.Came, "B"), (DiffKind.Same, "c")]);
    }

    [Fact]
    public async Task JsonView_HostileStrings_StayText()
    {
        var html = await Rendered.HtmlAsync<JsonView>(new() { ["Json"] = """{"<img src=x onerror=alert(1)>":"</div><script>alert(2)</script>"}""", ["Copyable"] = true });
        html.ShouldNotContain("<script");
        html.ShouldNotContain("<img");
        html.ShouldContain("&lt;script&gt;");
    }

    [Fact]
    public async Task JsonView_NotJson_IsShownAsItIs() =>
        (await Rendered.HtmlAsync<JsonView>(new() { ["Json"] = "{oops" })).ShouldContain("{oops");

    [Fact]
    public async Task JsonSchemaForm_KnownTypes_GiveTheirFields()
    {
        var html = await Rendered.HtmlAsync<JsonSchemaForm>(new()
        {
            ["Schema"] = """{"type":"object","required":["body"],"properties":{"body":{"type":"string"},"n":{"type":"integer"},"kind":{"enum":["mail","chat"]},"ok":{"type":"boolean"}}}""",
            ["Value"] = JsonNode.Parse("""{"body":"hello","n":3,"kind":"chat"}"""),
        });
        html.ShouldContain("<textarea");
        html.ShouldContain("value=\"3\"");
        html.ShouldContain("<option value=\"chat\" selected");
        html.ShouldContain("role=\"switch\"");
    }

    [Fact]
    public async Task JsonSchemaForm_SchemaNoFormFits_FallsBackToJson() =>
        (await Rendered.HtmlAsync<JsonSchemaForm>(new() { ["Schema"] = """{"type":"array"}""" })).ShouldContain("Input as JSON");
}
