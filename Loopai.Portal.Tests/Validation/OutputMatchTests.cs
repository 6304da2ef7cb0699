using Loopai.Core.Validation;

namespace Loopai.Portal.Tests.Validation;

public class OutputMatchTests
{
    [Theory]
    [InlineData("1", "1.0", true)]
    [InlineData("0.1", "0.10000000000000001", true)]
    [InlineData("0.3", "0.30000000000000004", true)]
    [InlineData("0.3", "0.3001", false)]
    [InlineData("9007199254740993", "9007199254740992", false)]
    [InlineData("1e400", "2e400", false)]
    [InlineData("0.0", "1e-12", false)]
    [InlineData("\"1\"", "1", false)]
    [InlineData("""{"a":1,"b":[0.3,"x"]}""", """{ "b": [0.30000000000000004, "\u0078"], "a": 1.0 }""", true)]
    [InlineData("""{"a":1}""", """{"a":1,"b":null}""", false)]
    [InlineData("[1,2]", "[2,1]", false)]
    [InlineData(null, "null", false)]
    [InlineData(null, null, true)]
    public void Same_TwoOutputs_IsByValue(string? left, string? right, bool same)
    {
        OutputMatch.Same(left, right).ShouldBe(same);
        OutputMatch.Same(right, left).ShouldBe(same);
    }

    [Theory]
    [InlineData("""{"enum":["a", "b", 1.0]}""", "\"a\" \"b\" 1")]
    [InlineData("""{"type":"boolean"}""", "true false")]
    [InlineData("""{"oneOf":[{"const":"a","title":"A"},{"const":"b"}]}""", "\"a\" \"b\"")]
    [InlineData("""{"type":"object","properties":{"label":{"enum":["a","b"]}},"required":["label"]}""", """{"label":"a"} {"label":"b"}""")]
    [InlineData("""{"type":"object","properties":{"label":{"enum":["a","b"]}}}""", null)]
    [InlineData("""{"type":"object","properties":{"label":{"enum":["a"]},"score":{"type":"number"}},"required":["label"]}""", null)]
    [InlineData("""{"type":"string"}""", null)]
    [InlineData("true", null)]
    public void Classes_OfASchema_AreWhatItLists(string schema, string? classes) =>
        OutputClasses.Of(schema).ShouldBe(classes?.Split(' '));
}
