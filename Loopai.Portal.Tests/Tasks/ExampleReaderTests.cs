using System.Text;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;

namespace Loopai.Portal.Tests.Tasks;

public sealed class ExampleReaderTests
{
    private static readonly ExampleSchemas Mail = new(
        """{"type":"object","properties":{"subject":{"type":"string"},"size":{"type":"integer"},"urgent":{"type":"boolean"}},"required":["subject"]}""",
        """{"type":"string","enum":["spam","ham"]}""");

    [Fact]
    public async Task ReadAsync_JsonArray_YieldsRowsInOrder()
    {
        var rows = await ReadAsync(ExampleFormat.Json, """[ {"input":{"subject":"a"},"output":"spam"} , {"output":"ham","input":{"subject":"b"},"forTraining":false} ] """);

        rows.Select(r => r.Draft!.Input.GetProperty("subject").GetString()).ShouldBe(["a", "b"]);
        rows.Select(r => r.Draft!.ForTraining).ShouldBe([null, false]);
    }

    [Fact]
    public async Task ReadAsync_JsonArrayByteByByte_YieldsTheSameRows()
    {
        var json = "\uFEFF[" + string.Join(",\n", Enumerable.Range(0, 50).Select(i => $$"""{"input":{"subject":"ü{{i}}"},"output":"ham"}""")) + "]";
        using var trickle = new TrickleStream(Encoding.UTF8.GetBytes(json));

        var rows = await ExampleReader.ReadAsync(trickle, ExampleFormat.Json, Mail, CancellationToken.None).ToListAsync();

        rows.Select(r => r.Draft!.Input.GetProperty("subject").GetString()).ShouldBe(Enumerable.Range(0, 50).Select(i => $"ü{i}"));
    }

    [Fact]
    public async Task ReadAsync_SingleObject_IsOneRow() =>
        (await ReadAsync(ExampleFormat.Json, """{"input":{"subject":"a"},"output":"spam"}""")).ShouldHaveSingleItem().Draft.ShouldNotBeNull();

    [Theory]
    [InlineData("""[{"input":{"subject":"a"},"output":"spam"}""", "does not end")]
    [InlineData("""[{"input":{"subject":"a"},"output":"spam"}] x""", "row 2")]
    [InlineData("""[{"input" "a"}]""", "row 1")]
    [InlineData("\"text\"", "has to be an array")]
    [InlineData("", "does not end")]
    public async Task ReadAsync_BrokenJsonArray_RefusesTheWhole(string json, string reason) =>
        (await Should.ThrowAsync<InvalidException>(() => ReadAsync(ExampleFormat.Json, json))).Message.ShouldContain(reason);

    [Theory]
    [InlineData("""{"output":"spam"}""", "/input", "missing")]
    [InlineData("""{"input":{"subject":"a"}}""", "/output", "missing")]
    [InlineData("""{"input":{"subject":"a"},"output":"maybe"}""", "/output", "")]
    [InlineData("""{"input":{"subject":7},"output":"spam"}""", "/input/subject", "")]
    [InlineData("""{"input":{},"output":"spam"}""", "/input", "subject")]
    [InlineData("""{"input":{"subject":"a"},"output":"spam","forTraining":"yes"}""", "/forTraining", "true or false")]
    [InlineData("""{"input":{"subject":"a\u0000"},"output":"spam"}""", "/input/subject", "NUL")]
    [InlineData("""{"input":{"subject":"\ud83d"},"output":"spam"}""", "/input/subject", "surrogate")]
    [InlineData("""{"input":{"subject":"a","\udc00":1},"output":"spam"}""", "/input", "Unicode")]
    [InlineData("""{"input":{"subject":"a","subject":"b"},"output":"spam"}""", "", "uplicate")]
    [InlineData("[1]", "", "object")]
    [InlineData("not json", "", "not JSON")]
    public async Task ReadAsync_RowThatCannotBeTaken_SaysWhereAndWhy(string line, string pointer, string message)
    {
        var rows = await ReadAsync(ExampleFormat.JsonLines, line + "\n" + """{"input":{"subject":"good"},"output":"ham"}""");

        rows[0].Error.ShouldNotBeNull().Message.ShouldContain(message);
        if (!message.Contains("Unicode", StringComparison.Ordinal))
        {
            rows[0].Error!.Pointer.ShouldBe(pointer);
        }

        rows[1].Draft.ShouldNotBeNull("a bad row costs that row only");
    }

    [Fact]
    public async Task ReadAsync_JsonLines_PassesOverBlankLinesAndNamesLines()
    {
        var rows = await ReadAsync(ExampleFormat.JsonLines, "\r\n{\"input\":{\"subject\":\"a\"},\"output\":\"spam\"}\r\n\r\nbroken\r\n");

        rows.Select(r => (r.Row, r.Draft is not null)).ShouldBe([(2, true), (4, false)]);
    }

    [Fact]
    public async Task ReadAsync_LineLongerThanARow_IsLetGoAndTheNextIsRead()
    {
        var text = new string('x', (3 * ExampleReader.MaxRowBytes) + 7) + "\n" + """{"input":{"subject":"good"},"output":"ham"}""";

        var rows = await ReadAsync(ExampleFormat.JsonLines, text);

        rows.Select(r => (r.Row, r.Draft is not null)).ShouldBe([(1, false), (2, true)]);
        rows[0].Error!.Message.ShouldContain("longer than 1024 KB");
    }

    [Fact]
    public async Task ReadAsync_ArrayElementLargerThanARow_RefusesTheWhole() =>
        (await Should.ThrowAsync<InvalidException>(() => ReadAsync(ExampleFormat.Json, "[{\"input\":\"" + new string('x', 2 * ExampleReader.MaxRowBytes) + "\"}]")))
            .Code.ShouldBe("examples.row_too_large");

    internal static async Task<List<ExampleRow>> ReadAsync(ExampleFormat format, string text, ExampleSchemas? schemas = null)
    {
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await ExampleReader.ReadAsync(body, format, schemas ?? Mail, CancellationToken.None).ToListAsync();
    }

    /// <summary>A slow network: one byte a read.</summary>
    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span[..1]));
    }
}
