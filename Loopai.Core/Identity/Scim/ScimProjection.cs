using System.Text.Json.Nodes;
using Loopai.Core.Identity.Scim.Resources;

namespace Loopai.Core.Identity.Scim;

/// <summary>Which attributes an answer carries; RFC 7644 section 3.9.</summary>
public sealed class ScimProjection
{
    private readonly List<ScimPlace>? _only;
    private readonly List<ScimPlace> _without;
    private readonly ScimSchema _schema;

    private ScimProjection(ScimSchema schema, List<ScimPlace>? only, List<ScimPlace> without) => (_schema, _only, _without) = (schema, only, without);

    /// <param name="kind">The kind of resource.</param>
    /// <param name="attributes">The only ones, separated by commas; null for all.</param>
    /// <param name="excluded">Those that stay out.</param>
    public static ScimProjection Of(ScimKind kind, string? attributes, string? excluded)
    {
        var schema = ScimSchemas.Of(kind);
        return new ScimProjection(schema, string.IsNullOrWhiteSpace(attributes) ? null : Places(schema, attributes), Places(schema, excluded ?? ""));
    }

    /// <summary>Whether any part of an attribute is wanted; what is not is not read either.</summary>
    public bool Wants(string attribute) =>
        (_only is null || _only.Exists(place => place.Extension is null && place.Attribute.Name == attribute))
        && !_without.Exists(place => place.Extension is null && place.Attribute.Name == attribute && place.Sub is null);

    public JsonObject Apply(JsonObject resource)
    {
        var kept = new JsonObject();
        foreach (var (name, value) in resource)
        {
            if (_schema.Extension is { } extension && name == extension.Id)
            {
                Put(kept, name, Members((JsonObject)value!, extension.Id, extension.Attributes));
            }
            else if (_schema.Find(name) is { } attribute)
            {
                Put(kept, name, Narrowed(new ScimPlace(null, attribute, null), value!));
            }
        }

        return kept;
    }

    private JsonObject Members(JsonObject extension, string id, IReadOnlyList<ScimAttribute> attributes)
    {
        var kept = new JsonObject();
        foreach (var (name, value) in extension)
        {
            Put(kept, name, Narrowed(new ScimPlace(id, attributes.First(a => a.Name == name), null), value!));
        }

        return kept;
    }

    private JsonNode? Narrowed(ScimPlace place, JsonNode value)
    {
        bool Same(ScimPlace other) => other.Extension == place.Extension && other.Attribute == place.Attribute;
        if (!place.Attribute.IsAlwaysReturned && (_without.Exists(p => Same(p) && p.Sub is null) || (_only is not null && !_only.Exists(Same))))
        {
            return null;
        }

        var parts = _only is null || _only.Exists(p => Same(p) && p.Sub is null) ? null : _only.Where(Same).Select(p => p.Sub!.Name).ToHashSet(StringComparer.Ordinal);
        var gone = _without.Where(p => Same(p) && p.Sub is not null).Select(p => p.Sub!.Name).ToHashSet(StringComparer.Ordinal);
        return place.Attribute.IsAlwaysReturned || (parts is null && gone.Count == 0) ? value.DeepClone() : value switch
        {
            JsonArray items => new JsonArray([.. items.Select(item => (JsonNode)Parts((JsonObject)item!))]),
            JsonObject complex => Parts(complex),
            _ => value.DeepClone(),
        };

        JsonObject Parts(JsonObject complex) => new(complex.Where(part => (parts is null || parts.Contains(part.Key)) && !gone.Contains(part.Key))
            .Select(part => KeyValuePair.Create(part.Key, part.Value?.DeepClone())));
    }

    private static void Put(JsonObject target, string name, JsonNode? value)
    {
        if (value is not null and not JsonObject { Count: 0 })
        {
            target[name] = value;
        }
    }

    /// <summary>What is unknown is passed over; the name of the extension alone stands for all of it.</summary>
    private static List<ScimPlace> Places(ScimSchema schema, string names) =>
    [
        .. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).SelectMany(name =>
            schema.Extension is { } extension && name.Equals(extension.Id, StringComparison.OrdinalIgnoreCase)
                ? extension.Attributes.Select(attribute => new ScimPlace(extension.Id, attribute, null))
                : ScimPath.Parse(name) is { } path && schema.Find(path) is { } place ? [place] : []),
    ];
}
