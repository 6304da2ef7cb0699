using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Inference;

/// <summary>The values that examples have at one place.</summary>
internal sealed class ExampleSet(IReadOnlyList<JsonElement> values)
{
    // Below this, nesting is left open: such examples are data of their own making, not a shape to be described.
    private const int MaxDepth = 20;

    public JsonObject ToSchema() => ToSchema(0);

    private JsonObject ToSchema(int depth)
    {
        var schema = new JsonObject();
        // null comes last, as people write it.
        var types = values.Select(TypeOf).Distinct().OrderBy(type => type == "null").ThenBy(type => type, StringComparer.Ordinal).ToList();
        if (types.Contains("number"))
        {
            types.Remove("integer");
        }

        if (types.Count == 0)
        {
            return schema;
        }

        schema["type"] = types.Count == 1 ? types[0] : new JsonArray([.. types.Select(type => (JsonNode)type)]);
        if (depth < MaxDepth)
        {
            DescribeObjects(schema, depth);
            DescribeArrays(schema, depth);
        }

        if (types is ["string"] or ["string", "null"])
        {
            TextExamples.Describe(schema, [.. OfKind(JsonValueKind.String)], allowsNull: types.Count == 2);
        }

        return schema;
    }

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => JsonNumber.Of(value).IsInteger ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Null => "null",
        _ => throw new ArgumentException("An example has no value.", nameof(value)),
    };

    private IEnumerable<JsonElement> OfKind(JsonValueKind kind) => values.Where(value => value.ValueKind == kind);

    private void DescribeObjects(JsonObject schema, int depth)
    {
        var objects = OfKind(JsonValueKind.Object).ToList();
        if (objects.Count == 0)
        {
            return;
        }

        var properties = new JsonObject();
        var required = new JsonArray();
        var byName = objects
            .SelectMany((example, index) => example.EnumerateObject()
                .Select(property => (Name: JsonText.Decode(JsonText.RawName(property)), property.Value, Example: index)))
            .GroupBy(property => property.Name, StringComparer.Ordinal);
        foreach (var group in byName)
        {
            properties[group.Key] = new ExampleSet([.. group.Select(property => property.Value)]).ToSchema(depth + 1);
            if (group.Select(property => property.Example).Distinct().Count() == objects.Count)
            {
                required.Add((JsonNode)group.Key);
            }
        }

        schema["properties"] = properties;
        if (required.Count > 0)
        {
            schema["required"] = required;
        }
    }

    private void DescribeArrays(JsonObject schema, int depth)
    {
        var items = OfKind(JsonValueKind.Array).SelectMany(array => array.EnumerateArray()).ToList();
        if (items.Count > 0)
        {
            schema["items"] = new ExampleSet(items).ToSchema(depth + 1);
        }
    }
}
