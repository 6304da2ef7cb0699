using System.Text.Json;
using System.Text.Json.Nodes;

namespace Loopai.Portal.Components.Code;

internal enum SchemaKind
{
    Raw,
    Text,
    LongText,
    Choice,
    Number,
    Integer,
    Boolean,
    Texts,
    Object,
}

/// <summary>Reads from a JSON Schema what a form needs to know.</summary>
internal static class SchemaShape
{
    private static readonly string[] LongNames = ["text", "body", "content", "message", "description", "prompt", "document"];

    public static JsonNode? Parse(string schema)
    {
        try
        {
            return JsonNode.Parse(schema);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static bool IsForm(JsonObject schema) => TypeOf(schema) is "object" && schema["properties"] is JsonObject { Count: > 0 };

    public static IEnumerable<(string Name, JsonObject Schema)> Members(JsonObject schema) =>
        (schema["properties"] as JsonObject ?? []).Select(member => (member.Key, member.Value as JsonObject ?? []));

    public static bool IsRequired(JsonObject schema, string name) =>
        schema["required"] is JsonArray names && names.Any(required => required is JsonValue value && value.TryGetValue<string>(out var text) && text == name);

    public static SchemaKind KindOf(string name, JsonObject schema)
    {
        if (Choices(schema).Count > 0)
        {
            return SchemaKind.Choice;
        }

        return TypeOf(schema) switch
        {
            "string" => IsLong(name, schema) ? SchemaKind.LongText : SchemaKind.Text,
            "number" => SchemaKind.Number,
            "integer" => SchemaKind.Integer,
            "boolean" => SchemaKind.Boolean,
            "array" when schema["items"] is JsonObject items && TypeOf(items) is "string" && Choices(items).Count == 0 => SchemaKind.Texts,
            "object" when IsForm(schema) => SchemaKind.Object,
            _ => SchemaKind.Raw,
        };
    }

    /// <summary>Whether the value is given and never shown again.</summary>
    public static bool IsSecret(JsonObject schema) => schema["writeOnly"]?.GetValueKind() is JsonValueKind.True;

    /// <summary>What a value looks like that is written as JSON; null where the schema does not say.</summary>
    public static string? Describe(JsonObject schema)
    {
        if (TypeOf(schema) is not "array" || schema["items"] is not JsonObject items || !IsForm(items))
        {
            return null;
        }

        var names = Members(items).ToLookup(m => IsRequired(items, m.Name), m => $"\"{m.Name}\"");
        var (has, may) = (string.Join(", ", names[true]), string.Join(", ", names[false]));
        return "A list in JSON: [{ … }, …]. " + (has, may) switch
        {
            ("", _) => $"Each may have {may}.",
            (_, "") => $"Each has {has}.",
            _ => $"Each has {has}, and may have {may}.",
        };
    }

    /// <summary>The JSON Pointer of a member (RFC 6901).</summary>
    public static string Pointer(string parent, string name) =>
        $"{parent}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    public static IReadOnlyList<string> Choices(JsonObject schema) => schema["enum"] is JsonArray values && values.Count > 0
        && values.All(value => value is JsonValue text && text.GetValueKind() is JsonValueKind.String)
        ? [.. values.Select(value => value!.GetValue<string>())]
        : [];

    public static string? Text(JsonObject schema, string member) => schema[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static double? Bound(JsonObject schema, string member) =>
        schema[member] is JsonValue value && value.GetValueKind() is JsonValueKind.Number ? value.GetValue<JsonElement>().GetDouble() : null;

    /// <summary>A copy with one member set, or without it when it is empty: an unset member is absent, not null.</summary>
    public static JsonObject With(JsonObject? value, string name, JsonNode? member)
    {
        var copy = (JsonObject?)value?.DeepClone() ?? [];
        if (member is null)
        {
            copy.Remove(name);
        }
        else
        {
            copy[name] = member.DeepClone();
        }

        return copy;
    }

    private static string? TypeOf(JsonObject schema) => Text(schema, "type") ?? (schema["properties"] is JsonObject ? "object" : null);

    private static bool IsLong(string name, JsonObject schema) =>
        !IsSecret(schema) && (Bound(schema, "maxLength") is { } most ? most > 300 : LongNames.Contains(name, StringComparer.OrdinalIgnoreCase));
}
