using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Loopai.Core.Schemas;

namespace Loopai.Portal.Tests.Schemas;

public sealed class JsonSchemaTests
{
    private const string Review = """
        {
          "type": "object",
          "properties": {
            "text": { "type": "string", "minLength": 1, "maxLength": 2000 },
            "language": { "enum": ["en", "de", "fr"] },
            "stars": { "type": "integer", "minimum": 1, "maximum": 5 }
          },
          "required": ["text", "language"],
          "additionalProperties": false
        }
        """;

    [Fact]
    public void Validate_SeveralFaults_NamesEachWithItsPlaces()
    {
        var errors = JsonSchema.Compile(Review).Validate(Given("""{"text":"","stars":6,"mood":1}"""));
        errors.ShouldBe(
        [
            new("/text", "/properties/text/minLength", "minLength", "expected at least 1 characters, found 0: \"\""),
            new("/stars", "/properties/stars/maximum", "maximum", "expected at most 5, found 6"),
            new("/mood", "/additionalProperties", "additionalProperties", "property \"mood\" is not allowed"),
            new("", "/required", "required", "required property \"language\" is missing"),
        ]);
    }

    [Fact]
    public void Validate_MoreFaultsThanAsked_StopsThere() =>
        JsonSchema.Compile("""{"items":false}""").Validate(Given("[1,2,3,4]"), maxErrors: 2).Count.ShouldBe(2);

    [Fact]
    public void Validate_FailingAlternative_DoesNotBlameWhatItWouldHaveAllowed() =>
        JsonSchema.Compile("""{"anyOf":[{"properties":{"a":{"type":"string"}},"required":["a"]}],"unevaluatedProperties":false}""")
            .Validate(Given("""{"a":1}""")).ShouldHaveSingleItem().Keyword.ShouldBe("anyOf");

    [Fact]
    public void Validate_MissingDependentName_IsShownAsItReads() =>
        JsonSchema.Compile("""{"dependentRequired":{"a\\":["b\\"]}}""").Validate(Given("""{"a\\":1}"""))
            .ShouldHaveSingleItem().Message.ShouldBe("""property "b\" is required where "a\" is present""");

    [Fact]
    public void IsValid_RepeatedNames_AreNotTakenForOthers() =>
        JsonSchema.Compile("""{"const":{"a":1,"b":1}}""").IsValid(Given("""{"a":1,"a":1}""")).ShouldBeFalse();

    [Fact]
    public void IsValid_OrdinarySchema_AllocatesNothing()
    {
        var schema = JsonSchema.Compile(Review);
        var instance = Given($$"""{"text":"{{new string('x', 240)}}","language":"de","stars":4}""");
        schema.IsValid(instance).ShouldBeTrue();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            schema.IsValid(instance);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"pattern":"^(?=a)(a|aa)+$"}""", "pattern", "/pattern")]
    [InlineData("""{"not":{"pattern":"^(?=a)(a|aa)+$"}}""", "pattern", "/not/pattern")]
    public void IsValid_CatastrophicPattern_IsGivenUpAndBlamed(string schema, string keyword, string pointer)
    {
        var compiled = JsonSchema.Compile(schema);
        var instance = Given($"\"{new string('a', 60)}!\"");
        compiled.IsValid(instance).ShouldBeFalse();
        var error = compiled.Validate(instance).ShouldHaveSingleItem();
        (error.Keyword, error.SchemaPointer).ShouldBe((keyword, pointer));
        error.Message.ShouldContain("took too long");
    }

    [Fact]
    public void IsValid_NestedQuantifiersWithoutLookaround_TakesLinearTime()
    {
        var clock = Stopwatch.StartNew();
        JsonSchema.Compile("""{"pattern":"^(a+)+$"}""").Validate(Given($"\"{new string('a', 5000)}!\""))
            .ShouldHaveSingleItem().Message.ShouldStartWith("expected a string matching");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void IsValid_SlowPatternOnManyItems_IsGivenUpAsAWhole()
    {
        var schema = JsonSchema.Compile("""{"items":{"pattern":"^(?=a)(a|aa)+$|b"}}""");
        var items = string.Join(',', Enumerable.Repeat($"\"{new string('a', 22)}b\"", 5000));
        var clock = Stopwatch.StartNew();
        schema.IsValid(Given($"[{items}]")).ShouldBeFalse();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void IsValid_TreeOfItself_GoesAsDeepAsTheInstance()
    {
        var schema = JsonSchema.Compile("""{"type":"object","properties":{"child":{"$ref":"#"}}}""");
        schema.IsValid(Given("""{"child":{"child":{}}}""")).ShouldBeTrue();
        schema.Validate(Given("""{"child":{"child":1}}""")).ShouldHaveSingleItem().InstancePointer.ShouldBe("/child/child");
        var deep = string.Concat(Enumerable.Repeat("""{"child":""", 3000)) + "{}" + new string('}', 3000);
        schema.Validate(Given(deep)).ShouldHaveSingleItem().Message.ShouldContain("too deep");
    }

    [Fact]
    public void Compile_LongChainOfReferences_DoesNotExhaustTheStack()
    {
        var schema = Chain(5000, next => $"{{\"$ref\":\"{next}\"}}");
        schema.IsValid(Given("1")).ShouldBeFalse();
    }

    [Fact]
    public void IsValid_ExponentialReferences_AreGivenUp()
    {
        var schema = Chain(40, next => $"{{\"allOf\":[{{\"$ref\":\"{next}\"}},{{\"$ref\":\"{next}\"}}]}}");
        schema.Validate(Given("1")).ShouldHaveSingleItem().Message.ShouldContain("too many steps");
    }

    [Theory]
    [InlineData("""{"maximum":1e308}""", "1e309", false)]
    [InlineData("""{"maximum":123456789012345678901234567890}""", "123456789012345678901234567891", false)]
    [InlineData("""{"multipleOf":0.01}""", "0.07", true)]
    [InlineData("""{"multipleOf":0.01}""", "1e999999999999", true)]
    [InlineData("""{"type":"integer"}""", "1.0", true)]
    [InlineData("""{"const":1}""", "10e-1", true)]
    public void IsValid_NumbersBeyondDouble_AreExact(string schema, string instance, bool expected) =>
        JsonSchema.Compile(schema).IsValid(Given(instance)).ShouldBe(expected);

    [Theory]
    [InlineData("""{"maxLength":1}""", "\"\\ud800\"", true)]
    [InlineData("""{"maxLength":1}""", "\"\\ud83d\\ude00\"", true)]
    [InlineData("""{"pattern":"^.$"}""", "\"\\ud83d\\ude00\"", true)]
    [InlineData("""{"pattern":"^[^a]$"}""", "\"\\u0000\"", true)]
    [InlineData("""{"const":"\ud800"}""", "\"\\ud801\"", false)]
    [InlineData("""{"pattern":"^\\w$"}""", "\"é\"", false)]
    [InlineData("""{"pattern":"^a$"}""", "\"a\\n\"", false)]
    [InlineData("""{"pattern":"^(a)?\\1b$"}""", "\"b\"", true)]
    [InlineData("""{"pattern":"^\\p{Lu}$"}""", "\"\\ud801\\udc00\"", true)]
    [InlineData("""{"pattern":"\\bfoo\\b"}""", "\"éfoo\"", true)]
    public void IsValid_UnusualTexts_AreReadAsEcmaScriptDoes(string schema, string instance, bool expected) =>
        JsonSchema.Compile(schema).IsValid(Given(instance)).ShouldBe(expected);

    [Theory]
    [InlineData("[1,2,[1],{\"a\":1}]", true)]
    [InlineData("[{\"a\":1,\"b\":2},{\"b\":2.0,\"a\":1}]", false)]
    public void IsValid_UniqueItems_ComparesByValue(string instance, bool expected) =>
        JsonSchema.Compile("""{"uniqueItems":true}""").IsValid(Given(instance)).ShouldBe(expected);

    [Fact]
    public void IsValid_TenThousandUniqueItems_IsFast()
    {
        var instance = Given($"[{string.Join(',', Enumerable.Range(0, 10_000))}]");
        var clock = Stopwatch.StartNew();
        JsonSchema.Compile("""{"uniqueItems":true}""").IsValid(instance).ShouldBeTrue();
        clock.ElapsedMilliseconds.ShouldBeLessThan(1000);
    }

    // Definitions that each refer to the next; the last asks for a number.
    private static JsonSchema Chain(int length, Func<string, string> link)
    {
        var definitions = Enumerable.Range(0, length).Select(index => $"\"d{index}\":{link($"#/$defs/d{index + 1}")}");
        return JsonSchema.Compile(
            $"{{\"$ref\":\"#/$defs/d0\",\"$defs\":{{{string.Join(',', definitions)},\"d{length}\":{{\"type\":\"integer\",\"minimum\":0}}}}}}");
    }

    private static JsonElement Given(string json)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json), new JsonDocumentOptions { MaxDepth = 10_000 });
        return document.RootElement.Clone();
    }
}
