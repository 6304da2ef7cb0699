using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Schemas;

namespace Loopai.Core.Plugins.Packages;

/// <summary>The schema of a plugin's configuration, and the secrets in it.</summary>
internal static class ManifestConfiguration
{
    private const string Place = "/configuration";

    public static (JsonObject Schema, IReadOnlyList<string> Secrets) Read(JsonElement root, ManifestFaults faults)
    {
        if (!root.TryGetProperty("configuration", out var schema))
        {
            return (new JsonObject { ["type"] = "object" }, []);
        }

        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() is not "object")
        {
            faults.Add(Place, "'configuration' is no JSON Schema of an object.", "Write { \"type\": \"object\", \"properties\": { … } }.");
            return ([], []);
        }

        try
        {
            JsonSchema.Compile(schema);
        }
        catch (InvalidSchemaException e)
        {
            faults.Add(Place + e.Pointer, $"'configuration' is no JSON Schema of draft 2020-12: {e.Message}", "Mend the schema where the message says.");
        }

        return (JsonObject.Create(schema.Clone())!, Secrets(schema, faults));
    }

    private static List<string> Secrets(JsonElement schema, ManifestFaults faults)
    {
        var secrets = new List<string>();
        if (!schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return secrets;
        }

        foreach (var property in properties.EnumerateObject().Where(p => IsSecret(p.Value)))
        {
            secrets.Add(property.Name);
            if (!property.Value.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() is not "string")
            {
                faults.Add($"{Place}/properties/{JsonLines.Escape(property.Name)}", $"The secret '{property.Name}' is not a text.", "Give it \"type\": \"string\".");
            }
        }

        return secrets;
    }

    private static bool IsSecret(JsonElement property) =>
        property.ValueKind == JsonValueKind.Object && property.TryGetProperty("writeOnly", out var writeOnly) && writeOnly.ValueKind == JsonValueKind.True;
}
