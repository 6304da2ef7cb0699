using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Data;

namespace Loopai.Core.Validation;

/// <summary>The answers a task can give, where its output schema lists them: what a reviewer chooses from, and the sides of a confusion matrix.</summary>
public static class OutputClasses
{
    /// <summary>More answers than this are not classes to choose from.</summary>
    private const int Most = 200;

    /// <summary>
    /// The possible outputs as canonical JSON, in the schema's order: an <c>enum</c>, a <c>boolean</c>, a choice of <c>const</c>s, or an object whose
    /// one member is such. Null when the schema leaves more open.
    /// </summary>
    public static IReadOnlyList<string>? Of(string outputSchema)
    {
        try
        {
            using var document = JsonDocument.Parse(outputSchema);
            return Of(document.RootElement) is { Count: > 0 and <= Most } classes ? classes : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string>? Of(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array)
        {
            return [.. values.EnumerateArray().Select(CanonicalJson.Text).Distinct(StringComparer.Ordinal)];
        }

        if (schema.TryGetProperty("const", out var value))
        {
            return [CanonicalJson.Text(value)];
        }

        if ((schema.TryGetProperty("oneOf", out var choice) || schema.TryGetProperty("anyOf", out choice)) && choice.ValueKind == JsonValueKind.Array)
        {
            var parts = choice.EnumerateArray().Select(Of).ToList();
            return parts.Contains(null) ? null : [.. parts.SelectMany(part => part!).Distinct(StringComparer.Ordinal)];
        }

        return schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString() switch
            {
                "boolean" => ["true", "false"],
                "object" => OfOnlyMember(schema),
                _ => null,
            }
            : null;
    }

    /// <summary><c>{"label": "spam"}</c>, where nothing but the required label is described.</summary>
    private static List<string>? OfOnlyMember(JsonElement schema)
    {
        if (!schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object || properties.GetPropertyCount() != 1
            || !schema.TryGetProperty("required", out var required) || required.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var member = properties.EnumerateObject().Single();
        return required.EnumerateArray().Any(name => name.ValueKind == JsonValueKind.String && name.ValueEquals(member.Name)) && Of(member.Value) is { } classes
            ? [.. classes.Select(inner => new JsonObject { [member.Name] = JsonNode.Parse(inner) }.ToJsonString()).Select(CanonicalText)]
            : null;
    }

    private static string CanonicalText(string json)
    {
        using var document = JsonDocument.Parse(json);
        return CanonicalJson.Text(document.RootElement);
    }
}
