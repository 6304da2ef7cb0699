using System.Text.Json;
using Loopai.Core.Schemas;
using Loopai.Portal.Tests.Conformance;

namespace Loopai.Portal.Tests.Schemas;

/// <summary>One case of the JSON Schema Test Suite.</summary>
internal sealed record SuiteCase(string Group, string Description, JsonElement Schema, JsonElement Data, bool IsValid)
{
    public string Title => $"{Group}: {Description}";

    /// <summary>Whether it refers to documents that the suite's server would serve.</summary>
    public bool NeedsServer { get; private init; }

    public static IEnumerable<SuiteCase> Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(ConformanceData.Folder!, file)));
        foreach (var group in document.RootElement.Clone().EnumerateArray())
        {
            var schema = group.GetProperty("schema");
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                yield return new SuiteCase(
                    group.GetProperty("description").GetString()!,
                    test.GetProperty("description").GetString()!,
                    schema,
                    test.GetProperty("data"),
                    test.GetProperty("valid").GetBoolean()) { NeedsServer = RefersToServer(schema) };
            }
        }
    }

    /// <summary>What went wrong, or null.</summary>
    public string? Run(SchemaOptions options)
    {
        try
        {
            var schema = JsonSchema.Compile(Schema, options);
            var errors = schema.Validate(Data);
            return schema.IsValid(Data) == IsValid && (errors.Count == 0) == IsValid
                ? null
                : $"{Title}: should be {(IsValid ? "valid" : "invalid")}; errors: {string.Join("; ", errors)}";
        }
        catch (InvalidSchemaException exception)
        {
            return $"{Title}: refused at \"{exception.Pointer}\": {exception.Message}";
        }
    }

    // A schema may also use such a URI as the $id of what it brings along; then nothing is fetched.
    private static bool RefersToServer(JsonElement schema)
    {
        try
        {
            JsonSchema.Compile(schema);
            return false;
        }
        catch (InvalidSchemaException exception)
        {
            return exception.Message.Contains("localhost:1234", StringComparison.Ordinal);
        }
    }
}
