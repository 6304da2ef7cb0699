using System.Globalization;
using System.Text.Json.Nodes;

namespace Loopai.Portal.Pages.Experiments.Builder;

/// <summary>A row of the condition: an attribute, how it is compared, and with what.</summary>
public sealed class ConditionForm
{
    public static readonly IReadOnlyList<Option> Operators =
    [
        new("is", "is"), new("isnt", "is not"), new("in", "is one of"), new("notin", "is none of"), new("gt", "is more than"), new("lt", "is less than"),
        new("regex", "matches"), new("exists", "is there"),
    ];

    public string Attribute { get; set; } = "";

    public string Operator { get; set; } = "is";

    public string Value { get; set; } = "";

    public JsonObject ToJson() => new()
    {
        [Attribute.Trim()] = Operator switch
        {
            "isnt" => new JsonObject { ["$ne"] = Typed(Value) },
            "in" => new JsonObject { ["$in"] = Listed() },
            "notin" => new JsonObject { ["$nin"] = Listed() },
            "gt" => new JsonObject { ["$gt"] = Typed(Value) },
            "lt" => new JsonObject { ["$lt"] = Typed(Value) },
            "regex" => new JsonObject { ["$regex"] = Value },
            "exists" => new JsonObject { ["$exists"] = true },
            _ => Typed(Value),
        },
    };

    /// <summary>The row that says the same; null where no row does.</summary>
    public static ConditionForm? Of(JsonObject condition)
    {
        if (condition.Count != 1 || condition.Single() is not { Key: { } attribute, Value: { } value } || attribute.StartsWith('$'))
        {
            return null;
        }

        return value switch
        {
            JsonValue plain => new ConditionForm { Attribute = attribute, Operator = "is", Value = plain.ToString() },
            JsonObject { Count: 1 } test when test.Single() is { Value: { } operand } one => one.Key switch
            {
                "$ne" when operand is JsonValue => new ConditionForm { Attribute = attribute, Operator = "isnt", Value = operand.ToString() },
                "$in" or "$nin" when operand is JsonArray list => new ConditionForm
                {
                    Attribute = attribute, Operator = one.Key == "$in" ? "in" : "notin", Value = string.Join(", ", list.Select(v => v?.ToString())),
                },
                "$gt" when operand is JsonValue => new ConditionForm { Attribute = attribute, Operator = "gt", Value = operand.ToString() },
                "$lt" when operand is JsonValue => new ConditionForm { Attribute = attribute, Operator = "lt", Value = operand.ToString() },
                "$regex" => new ConditionForm { Attribute = attribute, Operator = "regex", Value = operand.ToString() },
                "$exists" when operand.ToString() == "true" => new ConditionForm { Attribute = attribute, Operator = "exists" },
                _ => null,
            },
            _ => null,
        };
    }

    private JsonArray Listed() => [.. Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(v => (JsonNode?)Typed(v))];

    private static JsonValue Typed(string text) =>
        text is "true" or "false" ? JsonValue.Create(text == "true")
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? JsonValue.Create(number)
        : JsonValue.Create(text);
}
