using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Loopai.Core.Identity.Scim.Resources;

/// <summary>
/// Takes what a directory sent into the shape that is kept: names as the schema writes them, values of the right type, nothing that is unknown or read
/// only. Booleans may come as texts, and a complex value as a bare text: some directories write them so.
/// </summary>
internal static class ScimReader
{
    private const int MaxItems = 50;

    /// <summary>A whole resource, as POST and PUT send it. What is unknown is passed over, as RFC 7644 section 3.3 lets servers do.</summary>
    /// <exception cref="Errors.InvalidException">A value is of the wrong type, too long, or required and missing.</exception>
    public static JsonObject Read(ScimSchema schema, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            throw ScimErrors.Syntax("The body is a JSON object.");
        }

        var resource = new JsonObject();
        foreach (var member in body.EnumerateObject())
        {
            if (schema.Extension is { } extension && member.Name.Equals(extension.Id, StringComparison.OrdinalIgnoreCase))
            {
                ReadExtension(resource, extension, member.Value);
            }
            else if (schema.Find(member.Name) is { IsReadOnly: false } attribute)
            {
                Set(resource, attribute.Name, Value(attribute, member.Value));
            }
        }

        Demand(schema, resource);
        return resource;
    }

    /// <summary>A value for an attribute; null takes it away.</summary>
    public static JsonNode? Value(ScimAttribute attribute, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (!attribute.IsMulti)
        {
            return attribute.Type == ScimType.Complex ? Parts(attribute, value) : Simple(attribute, value);
        }

        // A list of one may come without its brackets.
        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToList() : [value];
        if (items.Count > MaxItems && attribute.Name != "members")
        {
            throw ScimErrors.Value(attribute.Name, $"'{attribute.Name}' has at most {MaxItems} values.");
        }

        return new JsonArray([.. items.Select(item => (JsonNode)Parts(attribute, item)).Where(item => item.AsObject().Count > 0)]);
    }

    /// <summary>A single value: a text, a boolean.</summary>
    public static JsonValue Simple(ScimAttribute attribute, JsonElement value) => attribute.Type switch
    {
        ScimType.Boolean => value.ValueKind switch
        {
            JsonValueKind.True or JsonValueKind.False => JsonValue.Create(value.GetBoolean()),
            JsonValueKind.String when bool.TryParse(value.GetString(), out var truth) => JsonValue.Create(truth),
            _ => throw ScimErrors.Value(attribute.Name, $"'{attribute.Name}' is true or false."),
        },
        _ => value.ValueKind switch
        {
            JsonValueKind.String => Text(attribute, value.GetString()!),
            JsonValueKind.Number => Text(attribute, value.GetRawText()),
            _ => throw ScimErrors.Value(attribute.Name, $"'{attribute.Name}' is a text."),
        },
    };

    public static void Demand(ScimSchema schema, JsonObject resource)
    {
        foreach (var attribute in schema.Attributes.Where(a => a.IsRequired))
        {
            if (string.IsNullOrWhiteSpace((string?)resource[attribute.Name]))
            {
                throw ScimErrors.Value(attribute.Name, $"'{attribute.Name}' is required.");
            }
        }
    }

    /// <summary>Puts a value in its place, or takes away what is there.</summary>
    public static void Set(JsonObject target, string name, JsonNode? value)
    {
        if (value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 })
        {
            target.Remove(name);
        }
        else
        {
            target[name] = value;
        }
    }

    private static void ReadExtension(JsonObject resource, ScimSchema extension, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw ScimErrors.Value(extension.Id, $"'{extension.Id}' is an object.");
        }

        var read = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            if (extension.Attributes.FirstOrDefault(a => a.Name.Equals(member.Name, StringComparison.OrdinalIgnoreCase)) is { } attribute)
            {
                Set(read, attribute.Name, Value(attribute, member.Value));
            }
        }

        Set(resource, extension.Id, read);
    }

    private static JsonObject Parts(ScimAttribute attribute, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number && attribute.Find("value") is { } only)
        {
            return new JsonObject { [only.Name] = Simple(only, value) };
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw ScimErrors.Value(attribute.Name, $"'{attribute.Name}' has the parts {string.Join(", ", attribute.Sub.Where(s => !s.IsReadOnly).Select(s => s.Name))}.");
        }

        var parts = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            if (attribute.Find(member.Name) is { IsReadOnly: false } sub && member.Value.ValueKind != JsonValueKind.Null)
            {
                parts[sub.Name] = Simple(sub, member.Value);
            }
        }

        return parts;
    }

    private static JsonValue Text(ScimAttribute attribute, string text)
    {
        if (text.Length > ScimValue.MaxLength || text.Contains('\0', StringComparison.Ordinal))
        {
            throw ScimErrors.Value(attribute.Name, string.Create(CultureInfo.InvariantCulture, $"'{attribute.Name}' is a text of at most {ScimValue.MaxLength} characters."));
        }

        return JsonValue.Create(text);
    }
}
