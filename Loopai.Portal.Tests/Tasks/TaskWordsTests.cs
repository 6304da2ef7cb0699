using Loopai.Core.Validation;
using Loopai.Portal.Pages.Tasks;
using Loopai.Portal.Pages.Tasks.Playground;

namespace Loopai.Portal.Tests.Tasks;

public sealed class TaskWordsTests
{
    [Theory]
    [InlineData(0.05, "About 1 in 20 answers, chosen at random.")]
    [InlineData(0.5, "Half of the answers, chosen at random.")]
    [InlineData(0.37, "37 % of the answers, chosen at random.")]
    [InlineData(1, "All answers, chosen at random.")]
    [InlineData(0, "No answer is checked, so quality is not measured.")]
    public void SamplingWords_ARate_ReadsAsAPersonWouldSayIt(double rate, string words) =>
        SamplingWords.Of(new SamplingPolicy { Rate = rate })[0].ShouldBe(words);

    [Fact]
    public void SamplingWords_ALowConfidenceRule_SaysShareAndBound() =>
        SamplingWords.Of(new SamplingPolicy { LowConfidenceBelow = 0.6, LowConfidenceRate = 1 }).ShouldContain("All answers with a confidence below 60 %.");

    [Theory]
    [InlineData("{\n  \"type\": \"object\",\n  \"properties\": {\n    \"a\": { \"type\": \"nonsense\" }\n  }\n}", 4)]
    [InlineData("{\n  \"type\": \n}", 3)]
    public void SchemaFault_OfAFaultySchema_NamesItsLine(string schema, int line) => SchemaFault.Of(schema).ShouldNotBeNull().Line.ShouldBe(line);

    [Fact]
    public void SchemaFault_OfASchema_IsNone() => SchemaFault.Of("""{"type":"string"}""").ShouldBeNull();

    [Fact]
    public void CallSnippets_InputWithQuotes_StaysOneArgumentOfTheShell()
    {
        var task = Guid.CreateVersion7();
        var curl = CallSnippets.For("https://loopai.example", task, """{ "text": "it's \"here\"" }""", 3)[0].Code;

        curl.ShouldContain("https://loopai.example/api/v1/tasks/execute");
        curl.ShouldEndWith($$"""-d '{"taskId":"{{task}}","input":{"text":"it'\''s \"here\""},"version":3}'""");
    }

    [Fact]
    public void CallSnippets_Python_IsWellFormed() =>
        CallSnippets.For("http://localhost", Guid.Empty, "{}", null)[1].Code.ShouldContain("""headers={"Authorization": f"Bearer {os.environ['LOOPAI_KEY']}"},""");
}
