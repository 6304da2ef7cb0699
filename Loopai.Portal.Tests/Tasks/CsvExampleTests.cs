using System.Text;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;

namespace Loopai.Portal.Tests.Tasks;

public sealed class CsvExampleTests
{
    private const string Input = """
        {"type":"object","required":["subject"],"properties":{"subject":{"type":"string"},"size":{"type":"integer"},"urgent":{"type":"boolean"},
         "note":{"type":["string","null"]},"tags":{"type":"array"},"from":{"type":"object","properties":{"name":{"type":"string"}}}}}
        """;

    private static readonly ExampleSchemas Mail = new(Input, """{"type":"string"}""");
    private static readonly ExampleSchemas Graded = new(Input, """{"type":"object","properties":{"label":{"type":"string"},"score":{"type":"number"}}}""");
    private static readonly ExampleSchemas Text = new("""{"type":"string"}""", """{"enum":[true,false]}""");

    [Theory]
    [InlineData("subject,size,output\nhi,3,spam", """{"subject":"hi","size":3}""")]
    [InlineData("input.subject,input.size,label\nhi,3,spam", """{"subject":"hi","size":3}""")]
    [InlineData("Subject,SIZE,whatever\nhi,3,spam", """{"subject":"hi","size":3}""")]
    [InlineData("expected,subject\nspam,007", """{"subject":"007"}""")]
    [InlineData("subject;size;output\n\"hi, you; there\";3;spam", """{"subject":"hi, you; there","size":3}""")]
    [InlineData("subject\turgent\toutput\nhi\tyes\tspam", """{"subject":"hi","urgent":true}""")]
    [InlineData("subject,size,urgent,note,output\n,,,,spam", """{"subject":""}""")]
    [InlineData("subject,tags,from.name,output\nhi,\"[\"\"a\"\",1]\",Ann,spam", """{"subject":"hi","tags":["a",1],"from":{"name":"Ann"}}""")]
    [InlineData("input,output\n\"{\"\"subject\"\":\"\"hi\"\"}\",spam", """{"subject":"hi"}""")]
    [InlineData("subject,output\r\n\"two\r\nlines, \"\"quoted\"\"\",spam\r\n\r\n", """{"subject":"two\r\nlines, \u0022quoted\u0022"}""")]
    public async Task ReadAsync_Csv_TypesCellsByTheSchema(string csv, string input)
    {
        var row = (await ReadAsync(csv)).ShouldHaveSingleItem();

        row.Error.ShouldBeNull();
        row.Draft!.Output.GetString().ShouldBe("spam");
        System.Text.Json.Nodes.JsonNode.DeepEquals(
            System.Text.Json.Nodes.JsonNode.Parse(row.Draft.Input.GetRawText()), System.Text.Json.Nodes.JsonNode.Parse(input)).ShouldBeTrue(row.Draft.Input.GetRawText());
    }

    [Theory]
    [InlineData("subject,label,score\nhi,spam,0.5", """{"label":"spam","score":0.5}""")]
    [InlineData("subject,output.label,output.score\nhi,spam,1e-2", """{"label":"spam","score":1e-2}""")]
    [InlineData("subject,output\nhi,\"{\"\"label\"\":\"\"spam\"\"}\"", """{"label":"spam"}""")]
    public async Task ReadAsync_CsvOfAnObjectOutput_FillsItsFields(string csv, string output) =>
        (await ReadAsync(csv, Graded)).ShouldHaveSingleItem().Draft!.Output.GetRawText().ShouldBe(output);

    [Fact]
    public async Task ReadAsync_CsvOfATextInput_TakesTheColumnThatIsLeft()
    {
        var row = (await ReadAsync("message,spam\nbuy now,yes", Text)).ShouldHaveSingleItem();

        row.Draft!.Input.GetString().ShouldBe("buy now");
        row.Draft.Output.GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task ReadAsync_CsvWithTrainingColumn_ReadsIt() =>
        (await ReadAsync("subject,for_training,output\na,no,spam\nb,,spam\nc,perhaps,spam")).Select(r => (r.Draft?.ForTraining, r.Error?.Pointer))
            .ShouldBe([(false, null), (null, null), (null, "/forTraining")]);

    [Theory]
    [InlineData("subject,output\na,spam,more", "3 fields")]
    [InlineData("subject,size,output\na,many,spam", "")]
    [InlineData("subject,output\na\"b\"c,spam", "quotation mark")]
    [InlineData("subject,output\na\0b,spam", "NUL")]
    public async Task ReadAsync_CsvRowThatCannotBeTaken_SaysWhy(string csv, string message)
    {
        var rows = await ReadAsync(csv + "\ngood" + string.Concat(Enumerable.Repeat(",1", csv.Split('\n')[0].Count(c => c == ',') - 1)) + ",ham");

        rows[0].Error.ShouldNotBeNull().Message.ShouldContain(message);
        rows[1].Draft.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("subject,colour,output\na,red,spam", "'colour' is no field")]
    [InlineData("subject,size\na,3", "no column holds the output")]
    [InlineData("subject,subject,output\na,b,spam", "two columns hold 'input.subject'")]
    [InlineData("output\nspam", "no column holds the input")]
    public async Task ReadAsync_CsvHeaderThatFitsNoTask_RefusesTheWhole(string csv, string reason) =>
        (await Should.ThrowAsync<InvalidException>(() => ReadAsync(csv))).Message.ShouldContain(reason);

    [Fact]
    public async Task ReadAsync_CsvThatIsNotUtf8_NamesTheField()
    {
        using var body = new MemoryStream(Encoding.Latin1.GetBytes("subject,output\nGrüße,spam\n"));

        var row = (await ExampleReader.ReadAsync(body, ExampleFormat.Csv, Mail, CancellationToken.None).ToListAsync()).ShouldHaveSingleItem();

        row.Error.ShouldNotBeNull().Message.ShouldContain("Field 1 is not UTF-8");
    }

    private static Task<List<ExampleRow>> ReadAsync(string csv, ExampleSchemas? schemas = null) => ExampleReaderTests.ReadAsync(ExampleFormat.Csv, csv, schemas ?? Mail);
}
