using System.Runtime.InteropServices;
using System.Text.Json;

namespace Loopai.Core.Validation;

/// <summary>Whether two outputs are the same answer.</summary>
public static class OutputMatch
{
    /// <summary>Two sums of the same numbers in another order differ by less than this share of them; an answer is not wrong for that.</summary>
    public const double RelativeTolerance = 1e-9;

    /// <summary>
    /// Numbers by value (1 is 1.0; fractions within <see cref="RelativeTolerance"/>, whole numbers exactly), objects whatever the order of their
    /// members, arrays item by item, everything else as it is.
    /// </summary>
    public static bool Same(JsonElement left, JsonElement right)
    {
        if (left.ValueKind != right.ValueKind)
        {
            return false;
        }

        return left.ValueKind switch
        {
            JsonValueKind.Number => JsonElement.DeepEquals(left, right) || SameFraction(left, right),
            JsonValueKind.Array => SameItems(left, right),
            JsonValueKind.Object => SameMembers(left, right),
            _ => JsonElement.DeepEquals(left, right),
        };
    }

    /// <summary>The same of JSON texts. No output is the same as no output only.</summary>
    public static bool Same(string? left, string? right)
    {
        if (left is null || right is null || string.Equals(left, right, StringComparison.Ordinal))
        {
            return string.Equals(left, right, StringComparison.Ordinal);
        }

        using var leftDocument = JsonDocument.Parse(left);
        using var rightDocument = JsonDocument.Parse(right);
        return Same(leftDocument.RootElement, rightDocument.RootElement);
    }

    private static bool SameFraction(JsonElement left, JsonElement right)
    {
        if (!HasFraction(left) && !HasFraction(right))
        {
            return false;
        }

        var (a, b) = (left.GetDouble(), right.GetDouble());
        return double.IsFinite(a) && double.IsFinite(b) && Math.Abs(a - b) <= RelativeTolerance * Math.Max(Math.Abs(a), Math.Abs(b));
    }

    private static bool HasFraction(JsonElement number) => JsonMarshal.GetRawUtf8Value(number).IndexOfAny(".eE"u8) >= 0;

    private static bool SameItems(JsonElement left, JsonElement right) =>
        left.GetArrayLength() == right.GetArrayLength() && left.EnumerateArray().Zip(right.EnumerateArray()).All(pair => Same(pair.First, pair.Second));

    private static bool SameMembers(JsonElement left, JsonElement right)
    {
        // The last of members with the same name counts, as everywhere in .NET.
        var others = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in right.EnumerateObject())
        {
            others[member.Name] = member.Value;
        }

        var own = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in left.EnumerateObject())
        {
            own[member.Name] = member.Value;
        }

        return own.Count == others.Count && own.All(member => others.TryGetValue(member.Key, out var other) && Same(member.Value, other));
    }
}
