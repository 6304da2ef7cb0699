using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Loopai.Core.Experiments.Assignment;

/// <summary>The same text, or a number or truth value that is written like it.</summary>
internal sealed record TextEquals(string Wanted) : ConditionNode
{
    private readonly double? number = double.TryParse(Wanted, NumberStyles.Float, CultureInfo.InvariantCulture, out var spelled) ? spelled : null;

    public override bool Matches(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.ValueEquals(Wanted),
        JsonValueKind.Number => number is { } wanted && value.TryGetDouble(out var given) && given == wanted,
        JsonValueKind.True => Wanted == "true",
        JsonValueKind.False => Wanted == "false",
        _ => false,
    };
}

internal sealed record NumberEquals(double Wanted) : ConditionNode
{
    public override bool Matches(JsonElement value) => AttributeValue.TryNumber(value, out var number) && number == Wanted;
}

internal sealed record IsOn(bool Wanted) : ConditionNode
{
    public override bool Matches(JsonElement value) => !AttributeValue.IsMissing(value) && AttributeValue.IsOn(value) == Wanted;
}

internal sealed record IsNull : ConditionNode
{
    public static readonly IsNull Instance = new();

    public override bool Matches(JsonElement value) => AttributeValue.IsMissing(value);
}

/// <summary>The same list or object, in depth.</summary>
internal sealed record SameJson(JsonElement Wanted) : ConditionNode
{
    public override bool Matches(JsonElement value) => value.ValueKind == Wanted.ValueKind && JsonElement.DeepEquals(value, Wanted);
}

/// <summary>The same value and type, as <c>$eq</c> and lists mean it.</summary>
internal sealed record Exactly(JsonElement Wanted) : ConditionNode
{
    public override bool Matches(JsonElement value) => Wanted.ValueKind == JsonValueKind.Null
        ? AttributeValue.IsMissing(value)
        : value.ValueKind == Wanted.ValueKind && JsonElement.DeepEquals(value, Wanted);
}

/// <summary>One of a list; of an attribute that is a list itself, whether any element is.</summary>
internal sealed record OneOf(FrozenSet<string> Texts, ConditionNode[] Others) : ConditionNode
{
    public override bool Matches(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return Holds(value);
        }

        foreach (var element in value.EnumerateArray())
        {
            if (Holds(element))
            {
                return true;
            }
        }

        return false;
    }

    private bool Holds(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            Span<char> buffer = stackalloc char[AttributeValue.StackChars];
            return Texts.GetAlternateLookup<ReadOnlySpan<char>>().Contains(AttributeValue.Text(value, buffer));
        }

        foreach (var other in Others)
        {
            if (other.Matches(value))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Less or greater: as numbers where one is wanted, else letter by letter.</summary>
internal sealed record Ordered(string? Text, double? Number, Func<int, bool> Accepts) : ConditionNode
{
    public override bool Matches(JsonElement value)
    {
        // A text that spells a number is compared as one when the attribute is a number: {"$gt": "5"} and 8.
        if (Number is { } wanted && (Text is null || value.ValueKind == JsonValueKind.Number))
        {
            return AttributeValue.TryNumber(value, out var number) && Accepts(number.CompareTo(wanted));
        }

        Span<char> buffer = stackalloc char[AttributeValue.StackChars];
        return Text is not null && value.ValueKind == JsonValueKind.String
            && Accepts(AttributeValue.Text(value, buffer).CompareTo(Text, StringComparison.Ordinal));
    }
}

/// <summary>A pattern, on an engine whose time grows with the text only.</summary>
internal sealed record Pattern(Regex Regex) : ConditionNode
{
    public override bool Matches(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
        {
            return Regex.IsMatch(value.GetRawText());
        }

        Span<char> buffer = stackalloc char[AttributeValue.StackChars];
        return value.ValueKind == JsonValueKind.String && Regex.IsMatch(AttributeValue.Text(value, buffer));
    }
}
