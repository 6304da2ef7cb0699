using Loopai.Core.Schemas;

namespace Loopai.Portal.Tests.Schemas;

public sealed class SchemaCompilationTests
{
    [Theory]
    [InlineData("[]", "", "expected a schema")]
    [InlineData("{", "", "not JSON")]
    [InlineData("""{"type":"strin"}""", "/type", "expected one of null")]
    [InlineData("""{"type":["string","text"]}""", "/type/1", "expected one of null")]
    [InlineData("""{"properties":{"a":{"minLength":-1}}}""", "/properties/a/minLength", "zero or more")]
    [InlineData("""{"maxItems":1.5}""", "/maxItems", "zero or more")]
    [InlineData("""{"multipleOf":0}""", "/multipleOf", "above zero")]
    [InlineData("""{"minimum":"1"}""", "/minimum", "expected a number, found string \"1\"")]
    [InlineData("""{"required":["a","b","a"]}""", "/required/2", "listed twice")]
    [InlineData("""{"required":"a"}""", "/required", "expected an array")]
    [InlineData("""{"anyOf":[]}""", "/anyOf", "at least one schema")]
    [InlineData("""{"items":[{}]}""", "/items", "prefixItems")]
    [InlineData("""{"$defs":{"a/b":{"pattern":"(a"}}}""", "/$defs/a~1b/pattern", "lacks a ')'")]
    [InlineData("""{"pattern":"[b-a]"}""", "/pattern", "wrong order")]
    [InlineData("""{"pattern":"a**"}""", "/pattern", "nothing for * to repeat")]
    [InlineData("""{"pattern":"\\p{Script=Greek}"}""", "/pattern", "Script=Greek, which is not supported")]
    [InlineData("""{"patternProperties":{"(?i)a":true}}""", "/patternProperties/(?i)a", "not supported")]
    [InlineData("""{"$ref":"#/$defs/missing"}""", "/$ref", "no schema at #/$defs/missing")]
    [InlineData("""{"$ref":"https://example.com/a.json"}""", "/$ref", "another document")]
    [InlineData("""{"$ref":"#"}""", "/$ref", "never end")]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[true,{"$ref":"#"}]}}}""", "/$defs/a/anyOf/1/$ref", "never end")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "/$schema", "another draft")]
    [InlineData("""{"$id":"https://example.com/a#b"}""", "/$id", "without a fragment")]
    [InlineData("""{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}""", "/$defs/b/$anchor", "another place")]
    [InlineData("""{"uniqueItems":1}""", "/uniqueItems", "true or false")]
    [InlineData("""{"type":"string","type":"number"}""", "/type", "written twice")]
    [InlineData("""{"title":1}""", "/title", "expected a string")]
    public void Compile_FaultySchema_IsRefusedAtTheFault(string schema, string pointer, string message)
    {
        var exception = Should.Throw<InvalidSchemaException>(() => JsonSchema.Compile(schema));
        exception.Message.ShouldContain(message);
        exception.Pointer.ShouldBe(pointer);
    }

    [Theory]
    [InlineData("""{"enum":[{"$id":"https://example.com/a#b","pattern":"("}]}""")]
    [InlineData("""{"$ref":"https://json-schema.org/draft/2020-12/schema"}""")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema#","x-mine":{"a":{}},"$ref":"#/x-mine/a"}""")]
    [InlineData("""{"$ref":"#/definitions/a","definitions":{"a":{"type":"string"}}}""")]
    [InlineData("""{"format":"of-our-own","maxLength":1e400}""")]
    public void Compile_UnusualYetSoundSchema_IsTaken(string schema) => Should.NotThrow(() => JsonSchema.Compile(schema));

    [Fact]
    public void Compile_SchemaBeyondTheLimits_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"not":""", 70)) + "true" + new string('}', 70);
        Should.Throw<InvalidSchemaException>(() => JsonSchema.Compile(deep)).Message.ShouldContain("nested deeper");
        var large = $$"""{"$comment":"{{new string('x', 300_000)}}"}""";
        Should.Throw<InvalidSchemaException>(() => JsonSchema.Compile(large)).Message.ShouldContain("bytes");
    }

    [Fact]
    public void Compile_FormatThatCannotBeChecked_IsTheCallersMistake()
    {
        using var schema = System.Text.Json.JsonDocument.Parse("""{"format":"hostname"}""");
        var options = new SchemaOptions { AssertedFormats = new HashSet<string>(StringComparer.Ordinal) { "hostname" } };
        Should.Throw<ArgumentException>(() => JsonSchema.Compile(schema.RootElement, options));
    }
}
