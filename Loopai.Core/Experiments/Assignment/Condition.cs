using System.Text.Json;

namespace Loopai.Core.Experiments.Assignment;

/// <summary>
/// Who takes part: a condition on the attributes of a request, in the JSON that GrowthBook's SDKs take, such as
/// <c>{"country": {"$in": ["DE", "FR"]}, "$not": {"plan": "free"}}</c>. Read once into a tree; asking it allocates nothing.
/// An attribute that is missing matches no comparison but <c>$ne</c>, <c>$nin</c>, <c>$exists: false</c> and <c>null</c>.
/// </summary>
public sealed class Condition
{
    /// <summary>Longest text of a condition, in characters.</summary>
    public const int MaxLength = 65_536;

    /// <summary>How deep conditions nest.</summary>
    public const int MaxDepth = 16;

    /// <summary>Comparisons of one condition.</summary>
    public const int MaxComparisons = 200;

    /// <summary>Values of one list.</summary>
    public const int MaxValues = 1_000;

    /// <summary>Longest pattern, in characters.</summary>
    public const int MaxPatternLength = 500;

    /// <summary>Matches everybody.</summary>
    public static readonly Condition Everybody = new(All.Of([]), "{}");

    private readonly ConditionNode node;

    private Condition(ConditionNode node, string json)
    {
        this.node = node;
        Json = json;
    }

    /// <summary>The condition as it was written.</summary>
    public string Json { get; }

    /// <summary>Reads a condition; null, with what is wrong and where, when it is none.</summary>
    public static Condition? Parse(string? json, out IReadOnlyList<string> errors)
    {
        errors = [];
        if (string.IsNullOrWhiteSpace(json))
        {
            return Everybody;
        }

        if (json.Length > MaxLength)
        {
            errors = [$"A condition may have {MaxLength} characters; this one has {json.Length}. Put long lists of units into a segment of their own."];
            return null;
        }

        try
        {
            // Room for the arrays and operators between two levels of nesting: the parser below counts the levels that people write.
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = (MaxDepth * 3) + 4 });
            var parser = new ConditionParser();
            var root = parser.Read(document.RootElement);
            errors = parser.Errors;
            return errors.Count == 0 ? new Condition(root, json) : null;
        }
        catch (JsonException e)
        {
            errors = [$"The condition is not valid JSON (line {(e.LineNumber ?? 0) + 1}, position {(e.BytePositionInLine ?? 0) + 1})."];
            return null;
        }
    }

    /// <summary>Whether a request with these attributes takes part. Attributes that are undefined are none.</summary>
    public bool Matches(JsonElement attributes) => node.Matches(attributes);
}
