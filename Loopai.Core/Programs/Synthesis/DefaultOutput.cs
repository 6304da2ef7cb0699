using System.Text.Json;
using System.Text.Json.Nodes;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>An output that a schema allows, for the program that has nothing to learn from.</summary>
internal static class DefaultOutput
{
    private const int Deepest = 16;

    public static JsonElement For(JsonElement schema) => JsonSerializer.SerializeToElement(Node(schema, 0));

    private static JsonNode? Node(JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest)
        {
            return null;
        }

        foreach (var name in (ReadOnlySpan<string>)["default", "const"])
        {
            if (schema.TryGetProperty(name, out var given))
            {
                return Copy(given);
            }
        }

        if (schema.TryGetProperty("enum", out var allowed) && allowed.ValueKind == JsonValueKind.Array && allowed.GetArrayLength() > 0)
        {
            return Copy(allowed[0]);
        }

        return TypeOf(schema) switch
        {
            "boolean" => JsonValue.Create(false),
            "integer" or "number" => Number(schema),
            "string" => JsonValue.Create(""),
            "array" => new JsonArray(),
            "object" => Object(schema, depth),
            _ => null,
        };
    }

    private static string? TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.TryGetProperty("properties", out _) ? "object" : null;
        }

        return type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0 ? type[0].GetString()
            : type.ValueKind == JsonValueKind.String ? type.GetString() : null;
    }

    private static JsonNode Number(JsonElement schema)
    {
        foreach (var name in (ReadOnlySpan<string>)["minimum", "maximum"])
        {
            if (schema.TryGetProperty(name, out var limit) && limit.TryGetDouble(out var value) && (name == "minimum") == (value > 0) && value != 0)
            {
                return Copy(limit)!;
            }
        }

        return JsonValue.Create(0);
    }

    private static JsonObject Object(JsonElement schema, int depth)
    {
        var made = new JsonObject();
        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                made[property.Name] = Node(property.Value, depth + 1);
            }
        }

        return made;
    }

    private static JsonNode? Copy(JsonElement value) => JsonNode.Parse(value.GetRawText());
}
