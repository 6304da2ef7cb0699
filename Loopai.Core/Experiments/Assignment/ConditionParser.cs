using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Loopai.Core.Experiments.Assignment;

/// <summary>Compiles the JSON of a condition, and collects everything that is wrong with it.</summary>
internal sealed class ConditionParser
{
    private const string Operators =
        "$eq, $ne, $lt, $lte, $gt, $gte, $in, $nin, $exists, $type, $regex, $not, $size, $elemMatch and $all";

    private readonly List<string> errors = [];

    private int comparisons;

    public IReadOnlyList<string> Errors => errors;

    /// <summary>A condition on attributes: an object of attributes and of <c>$and</c>, <c>$or</c>, <c>$nor</c>, <c>$not</c>.</summary>
    public ConditionNode Read(JsonElement condition, string path = "", int depth = 1)
    {
        if (condition.ValueKind != JsonValueKind.Object)
        {
            return Wrong(path, "must be an object, such as {\"country\": \"DE\"}");
        }

        if (depth > Condition.MaxDepth)
        {
            return Wrong(path, $"nests deeper than {Condition.MaxDepth} levels");
        }

        return All.Of([.. condition.EnumerateObject().Select(p => p.Name switch
        {
            "$and" => All.Of(List(p, path, depth)),
            "$or" => new Any(List(p, path, depth)),
            "$nor" => new Not(new Any(List(p, path, depth))),
            "$not" => new Not(Read(p.Value, Join(path, p.Name), depth + 1)),
            var name => new AttributeTest(Path(name), Test(p.Value, Join(path, name), depth)),
        })]);
    }

    private ConditionNode[] List(JsonProperty property, string path, int depth)
    {
        path = Join(path, property.Name);
        return property.Value.ValueKind == JsonValueKind.Array
            ? [.. property.Value.EnumerateArray().Select((c, i) => Read(c, $"{path}[{i}]", depth + 1))]
            : [Wrong(path, "must be a list of conditions")];
    }

    /// <summary>What is asked of one value: a plain value, or an object of operators.</summary>
    private ConditionNode Test(JsonElement test, string path, int depth)
    {
        if (++comparisons == Condition.MaxComparisons + 1)
        {
            return Wrong(path, $"is comparison {comparisons}; a condition may have {Condition.MaxComparisons}");
        }

        return test.ValueKind switch
        {
            JsonValueKind.String => new TextEquals(test.GetString()!),
            JsonValueKind.Number => new NumberEquals(test.GetDouble()),
            JsonValueKind.True or JsonValueKind.False => new IsOn(test.GetBoolean()),
            JsonValueKind.Object when IsOperators(test) => depth > Condition.MaxDepth
                ? Wrong(path, $"nests deeper than {Condition.MaxDepth} levels")
                : All.Of([.. test.EnumerateObject().Select(o => Operator(o, Join(path, o.Name), depth + 1))]),
            JsonValueKind.Object or JsonValueKind.Array => new SameJson(test.Clone()),
            JsonValueKind.Null or JsonValueKind.Undefined or _ => IsNull.Instance,
        };
    }

    private ConditionNode Operator(JsonProperty o, string path, int depth) => o.Name switch
    {
        "$eq" => new Exactly(o.Value.Clone()),
        "$ne" => new Not(new Exactly(o.Value.Clone())),
        "$lt" => Order(o.Value, path, c => c < 0),
        "$lte" => Order(o.Value, path, c => c <= 0),
        "$gt" => Order(o.Value, path, c => c > 0),
        "$gte" => Order(o.Value, path, c => c >= 0),
        "$in" => Values(o.Value, path),
        "$nin" => new Not(Values(o.Value, path)),
        "$not" => new Not(Test(o.Value, path, depth)),
        "$size" => Size.Of(Test(o.Value, path, depth)),
        "$elemMatch" => new Element(IsOperators(o.Value) || o.Value.ValueKind != JsonValueKind.Object ? Test(o.Value, path, depth) : Read(o.Value, path, depth)),
        "$all" => o.Value.ValueKind == JsonValueKind.Array && o.Value.GetArrayLength() <= Condition.MaxValues
            ? All.Of([.. o.Value.EnumerateArray().Select((e, i) => new Element(Test(e, $"{path}[{i}]", depth)))])
            : Wrong(path, $"must be a list of up to {Condition.MaxValues} values"),
        "$exists" => o.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? new Exists(o.Value.GetBoolean())
            : Wrong(path, "must be true or false"),
        "$type" => o.Value.ValueKind == JsonValueKind.String && OfType.Names.Contains(o.Value.GetString(), StringComparer.Ordinal)
            ? new OfType(o.Value.GetString()!)
            : Wrong(path, $"must be one of {string.Join(", ", OfType.Names)}"),
        "$regex" => Expression(o.Value, path),
        _ => Wrong(path, $"is no operator; there are {Operators}"),
    };

    private ConditionNode Order(JsonElement value, string path, Func<int, bool> accepts)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return value.ValueKind switch
        {
            JsonValueKind.Number => new Ordered(null, value.GetDouble(), accepts),
            JsonValueKind.String => new Ordered(
                text, double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null, accepts),
            _ => Wrong(path, "must be a number or a text"),
        };
    }

    private ConditionNode Values(JsonElement values, string path)
    {
        if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() > Condition.MaxValues)
        {
            return Wrong(path, $"must be a list of up to {Condition.MaxValues} values");
        }

        return new OneOf(
            values.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!).ToFrozenSet(StringComparer.Ordinal),
            [.. values.EnumerateArray().Where(v => v.ValueKind != JsonValueKind.String).Select(v => new Exactly(v.Clone()))]);
    }

    private ConditionNode Expression(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 and <= Condition.MaxPatternLength } pattern)
        {
            return Wrong(path, $"must be a pattern of up to {Condition.MaxPatternLength} characters");
        }

        try
        {
            return new Pattern(new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100)));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Wrong(path, $"is a pattern that cannot be used: {e.Message} Look-around and back-references are not supported");
        }
    }

    private static bool IsOperators(JsonElement value) => value.ValueKind == JsonValueKind.Object
        && value.EnumerateObject().MoveNext() && value.EnumerateObject().All(p => p.Name.StartsWith('$'));

    private static byte[][] Path(string name) => [.. name.Split('.').Select(Encoding.UTF8.GetBytes)];

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private Never Wrong(string path, string message)
    {
        errors.Add(path.Length == 0 ? $"The condition {message}." : $"{path} {message}.");
        return Never.Instance;
    }
}
