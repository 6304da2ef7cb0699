using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Schemas;

namespace Loopai.Portal.Tests.Schemas;

public sealed class SchemaInferenceTests
{
    [Theory]
    [InlineData("[]", "{}")]
    [InlineData("[1, 2]", """{"type":"integer"}""")]
    [InlineData("[1, 2.5]", """{"type":"number"}""")]
    [InlineData("[1, 2.0, null]", """{"type":["integer","null"]}""")]
    [InlineData("[[1], [2.5], []]", """{"type":"array","items":{"type":"number"}}""")]
    [InlineData("""["2024-01-31", "2025-12-01", null]""", """{"type":["string","null"],"format":"date"}""")]
    [InlineData("""["note:later"]""", """{"type":"string"}""")]
    [InlineData(
        """[{"a": 1, "b": {"c": true}}, {"a": 2}]""",
        """
        {"type":"object","properties":{"a":{"type":"integer"},
          "b":{"type":"object","properties":{"c":{"type":"boolean"}},"required":["c"]}},"required":["a"]}
        """)]
    public void FromExamples_Examples_GiveTheSchemaOfWhatTheyShare(string examples, string expected)
    {
        using var document = JsonDocument.Parse(examples);
        var schema = SchemaInference.FromExamples(document.RootElement.EnumerateArray());
        JsonNode.DeepEquals(schema, JsonNode.Parse(expected)).ShouldBeTrue(schema.ToJsonString());
        var compiled = JsonSchema.Compile(schema.ToJsonString());
        document.RootElement.EnumerateArray().ShouldAllBe(example => compiled.IsValid(example));
    }

    [Theory]
    [InlineData(12, 4, true)]
    [InlineData(9, 3, false)]
    [InlineData(30, 11, false)]
    [InlineData(12, 5, false)]
    public void FromExamples_Texts_AreAnEnumOnlyWhenSeenOftenEnough(int count, int distinct, bool expected)
    {
        using var document = JsonDocument.Parse(JsonSerializer.Serialize(Enumerable.Range(0, count).Select(index => $"kind {index % distinct}")));
        SchemaInference.FromExamples(document.RootElement.EnumerateArray()).AsObject().ContainsKey("enum").ShouldBe(expected);
    }
}
