using System.Text.Json;
using Loopai.Core.Schemas;
using Loopai.Core.Tasks;

namespace Loopai.Portal.Tests.Tasks;

public sealed class ExampleDraftsTests
{
    [Theory]
    [InlineData("[{\"input\":1,\"output\":2}]", ExampleFormat.Json)]
    [InlineData("\n  {\"input\":1,\"output\":2}", ExampleFormat.JsonLines)]
    [InlineData("text,label\na,b", ExampleFormat.Csv)]
    public void FormatOf_FirstSign_SaysWhichFormat(string text, ExampleFormat format) => ExampleDrafts.FormatOf(text).ShouldBe(format);

    [Fact]
    public async Task ReadAsync_CsvWithALabel_ReadsItAsTheOutput()
    {
        var drafts = await ExampleDrafts.ReadAsync("subject,amount,urgent,label\nhello,12.5,true,spam\nbye,007,false,ham\n", CancellationToken.None);

        drafts.Fault.ShouldBeNull();
        var first = drafts.Good.First();
        first.Output.GetString().ShouldBe("spam");
        first.Input.GetProperty("urgent").GetBoolean().ShouldBeTrue();

        // One cell of the column is no JSON number, so the whole column is text.
        first.Input.GetProperty("amount").GetString().ShouldBe("12.5");
    }

    [Fact]
    public async Task ReadAsync_CsvWithoutAnOutputName_TakesTheLastColumn()
    {
        var drafts = await ExampleDrafts.ReadAsync("size,price\n1,10\n2,-2.5e1\n", CancellationToken.None);

        drafts.Good.Last().Input.GetProperty("size").GetInt32().ShouldBe(2);
        drafts.Good.Last().Output.GetProperty("price").GetDouble().ShouldBe(-25);
    }

    [Fact]
    public async Task ReadAsync_RowsThatCannotBeRead_AreToldAndTheOthersStay()
    {
        var drafts = await ExampleDrafts.ReadAsync("{\"input\":1,\"output\":2}\nnonsense\n{\"input\":3}\n", CancellationToken.None);

        drafts.Good.Count().ShouldBe(1);
        drafts.Errors.Select(e => (e.Row, e.Pointer)).ShouldBe([(2, ""), (3, "/output")]);
    }

    [Fact]
    public async Task ReadAsync_OneColumn_SaysWhatAHeaderNeeds()
    {
        var drafts = await ExampleDrafts.ReadAsync("just some words\n", CancellationToken.None);

        drafts.Fault.ShouldNotBeNull().ShouldContain("text,label");
        drafts.Rows.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("text,label\na,x\nb,y\n")]
    [InlineData("input,output\na,1\nb,2\n")]
    [InlineData("a,input.b,output.c\n1,true,x\n2,false,y\n")]
    public async Task InferredSchemas_ReadBackTheSameCsv(string csv)
    {
        var drafts = await ExampleDrafts.ReadAsync(csv, CancellationToken.None);
        var schemas = new ExampleSchemas(drafts.InferInputSchema(), drafts.InferOutputSchema());
        using var body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(csv));

        var read = await ExampleReader.ReadAsync(body, ExampleFormat.Csv, schemas, CancellationToken.None).ToListAsync();

        read.ShouldAllBe(row => row.Error == null);
        read.Select(r => JsonSerializer.Serialize(r.Draft!.Input)).ShouldBe(drafts.Good.Select(d => JsonSerializer.Serialize(d.Input)));
        read.Select(r => JsonSerializer.Serialize(r.Draft!.Output)).ShouldBe(drafts.Good.Select(d => JsonSerializer.Serialize(d.Output)));
        drafts.Good.ShouldAllBe(d => JsonSchema.Compile(drafts.InferInputSchema()).IsValid(d.Input));
    }
}
