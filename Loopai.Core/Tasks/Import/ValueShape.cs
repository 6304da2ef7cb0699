using System.Text.Json;

namespace Loopai.Core.Tasks.Import;

/// <summary>What a schema says about a value's type and members: as much as a cell of a CSV needs to become that value.</summary>
internal sealed class ValueShape
{
    private const int MaxDepth = 8;

    private readonly Dictionary<string, ValueShape> _members = new(StringComparer.Ordinal);

    /// <summary>The types that the schema allows, by their names in JSON Schema; empty when it does not say.</summary>
    public HashSet<string> Types { get; } = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, ValueShape> Members => _members;

    /// <summary>Members that have to be there.</summary>
    public HashSet<string> Required { get; } = new(StringComparer.Ordinal);

    public bool IsObject => Types.Contains("object") || _members.Count > 0;

    public bool MayBe(string type) => Types.Contains(type);

    public static ValueShape Of(JsonElement schema)
    {
        var shape = new ValueShape();
        shape.Add(schema, schema, 0);
        return shape;
    }

    /// <summary>The member of that name; where there is none, the only one that differs in case.</summary>
    public string? FindMember(string name)
    {
        if (_members.ContainsKey(name))
        {
            return name;
        }

        var alike = _members.Keys.Where(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return alike.Count == 1 ? alike[0] : null;
    }

    private void Add(JsonElement schema, JsonElement root, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            return;
        }

        if (Resolve(schema, root) is { } target)
        {
            Add(target, root, depth + 1);
        }

        AddTypes(schema);
        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                if (!_members.TryGetValue(property.Name, out var member))
                {
                    _members[property.Name] = member = new ValueShape();
                }

                member.Add(property.Value, root, depth + 1);
            }
        }

        foreach (var name in Items(schema, "required").Where(n => n.ValueKind == JsonValueKind.String))
        {
            Required.Add(name.GetString()!);
        }

        foreach (var part in Items(schema, "anyOf").Concat(Items(schema, "oneOf")).Concat(Items(schema, "allOf")))
        {
            Add(part, root, depth + 1);
        }
    }

    private void AddTypes(JsonElement schema)
    {
        if (schema.TryGetProperty("type", out var type))
        {
            foreach (var name in type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().ToList() : [type])
            {
                if (name.ValueKind == JsonValueKind.String)
                {
                    Types.Add(name.GetString()!);
                }
            }

            return;
        }

        var values = Items(schema, "enum").ToList();
        if (schema.TryGetProperty("const", out var constant))
        {
            values.Add(constant);
        }

        Types.UnionWith(values.Select(TypeOf));
    }

    private static JsonElement? Resolve(JsonElement schema, JsonElement root)
    {
        if (!schema.TryGetProperty("$ref", out var reference) || reference.GetString() is not { } path || !path.StartsWith("#/", StringComparison.Ordinal))
        {
            return null;
        }

        var target = root;
        foreach (var step in path[2..].Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(step, out target))
            {
                return null;
            }
        }

        return target;
    }

    private static IEnumerable<JsonElement> Items(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : Enumerable.Empty<JsonElement>();

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        _ => "null",
    };
}
