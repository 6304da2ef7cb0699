using System.Text.Json;

namespace Loopai.Core.Experiments.Assignment;

/// <summary>A part of a compiled condition, asked with attributes, or with the value of one.</summary>
internal abstract record ConditionNode
{
    public abstract bool Matches(JsonElement value);
}

internal sealed record All(ConditionNode[] Parts) : ConditionNode
{
    public static ConditionNode Of(ConditionNode[] parts) => parts is [var only] ? only : new All(parts);

    public override bool Matches(JsonElement value)
    {
        foreach (var part in Parts)
        {
            if (!part.Matches(value))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Any of the parts; without parts it asks nothing, and so matches.</summary>
internal sealed record Any(ConditionNode[] Parts) : ConditionNode
{
    public override bool Matches(JsonElement value)
    {
        foreach (var part in Parts)
        {
            if (part.Matches(value))
            {
                return true;
            }
        }

        return Parts.Length == 0;
    }
}

internal sealed record Not(ConditionNode Part) : ConditionNode
{
    public override bool Matches(JsonElement value) => !Part.Matches(value);
}

/// <summary>One attribute, found by the names on its path.</summary>
internal sealed record AttributeTest(byte[][] Path, ConditionNode Test) : ConditionNode
{
    public override bool Matches(JsonElement value) => Test.Matches(AttributeValue.At(value, Path));
}

internal sealed record Never : ConditionNode
{
    public static readonly Never Instance = new();

    public override bool Matches(JsonElement value) => false;
}

internal sealed record Exists(bool Wanted) : ConditionNode
{
    public override bool Matches(JsonElement value) => AttributeValue.IsMissing(value) != Wanted;
}

internal sealed record OfType(string Name) : ConditionNode
{
    /// <summary>The words that <c>$type</c> knows.</summary>
    public static readonly string[] Names = ["string", "number", "boolean", "array", "object", "null", "undefined"];

    public override bool Matches(JsonElement value) => Name == value.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        JsonValueKind.Null => "null",
        JsonValueKind.Undefined or _ => "undefined",
    };
}

/// <summary>The number of elements of a list.</summary>
internal sealed record Size(ConditionNode Test, JsonElement[] Numbers) : ConditionNode
{
    /// <summary>Longest list whose length is compared; a number up to it is ready as a JSON value.</summary>
    private const int Longest = 1_000;

    private static readonly JsonElement[] Ready = [.. Enumerable.Range(0, Longest + 1).Select(n => JsonSerializer.SerializeToElement(n))];

    public static Size Of(ConditionNode test) => new(test, Ready);

    public override bool Matches(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && Test.Matches(Numbers[Math.Min(value.GetArrayLength(), Longest)]);
}

/// <summary>Some element of a list.</summary>
internal sealed record Element(ConditionNode Test) : ConditionNode
{
    public override bool Matches(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var element in value.EnumerateArray())
        {
            if (Test.Matches(element))
            {
                return true;
            }
        }

        return false;
    }
}
