using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Loopai.Core.Schemas.Values;

/// <summary>Equality as JSON Schema means it: numbers by value (1 is 1.0), objects whatever the order of their names.</summary>
internal sealed class JsonEquality : IEqualityComparer<JsonElement>
{
    public static readonly JsonEquality Instance = new();

    // Up to here looking names up one after the other is cheaper than a dictionary.
    private const int SmallObject = 8;

    /// <exception cref="InsufficientExecutionStackException">The value is nested deeper than the stack allows.</exception>
    public bool Equals(JsonElement x, JsonElement y)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (x.ValueKind != y.ValueKind)
        {
            return false;
        }

        return x.ValueKind switch
        {
            JsonValueKind.String => TextEquals(JsonText.Raw(x), JsonText.Raw(y)),
            JsonValueKind.Number => JsonNumber.Compare(JsonNumber.Of(x), JsonNumber.Of(y)) == 0,
            JsonValueKind.Array => ArrayEquals(x, y),
            JsonValueKind.Object => ObjectEquals(x, y),
            _ => true,
        };
    }

    public int GetHashCode(JsonElement value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return TextHash(JsonText.Raw(value));
            case JsonValueKind.Number:
                return JsonNumber.Of(value).GetHashCode();
            case JsonValueKind.Array:
                var items = new HashCode();
                foreach (var item in value.EnumerateArray())
                {
                    items.Add(GetHashCode(item));
                }

                return items.ToHashCode();
            case JsonValueKind.Object:
                // A sum does not depend on the order of the names.
                var sum = 0;
                foreach (var property in value.EnumerateObject())
                {
                    sum += HashCode.Combine(TextHash(JsonText.RawName(property)), GetHashCode(property.Value));
                }

                return sum;
            default:
                return (int)value.ValueKind;
        }
    }

    public static bool TextEquals(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (!JsonText.HasEscapes(left) && !JsonText.HasEscapes(right))
        {
            return left.SequenceEqual(right);
        }

        using var leftBuffer = new TextBuffer<byte>(stackalloc byte[TextBuffer<byte>.StackLength], left.Length);
        using var rightBuffer = new TextBuffer<byte>(stackalloc byte[TextBuffer<byte>.StackLength], right.Length);
        var leftText = leftBuffer.Span[..JsonText.Unescape(left, leftBuffer.Span)];
        return leftText.SequenceEqual(rightBuffer.Span[..JsonText.Unescape(right, rightBuffer.Span)]);
    }

    private static int TextHash(ReadOnlySpan<byte> raw)
    {
        using var buffer = new TextBuffer<byte>(stackalloc byte[TextBuffer<byte>.StackLength], raw.Length);
        return Utf8Comparer.Instance.GetHashCode(buffer.Span[..JsonText.Unescape(raw, buffer.Span)]);
    }

    private bool ArrayEquals(JsonElement left, JsonElement right)
    {
        if (left.GetArrayLength() != right.GetArrayLength())
        {
            return false;
        }

        using var others = right.EnumerateArray();
        foreach (var item in left.EnumerateArray())
        {
            if (!others.MoveNext() || !Equals(item, others.Current))
            {
                return false;
            }
        }

        return true;
    }

    private bool ObjectEquals(JsonElement left, JsonElement right)
    {
        if (left.GetPropertyCount() != right.GetPropertyCount())
        {
            return false;
        }

        if (left.GetPropertyCount() > SmallObject)
        {
            return LargeObjectEquals(left, right);
        }

        foreach (var property in left.EnumerateObject())
        {
            if (!TryFind(right, JsonText.RawName(property), out var other) || !Equals(property.Value, other))
            {
                return false;
            }
        }

        // Where a name comes twice on the left, as many names need not be the same names.
        foreach (var property in right.EnumerateObject())
        {
            if (!TryFind(left, JsonText.RawName(property), out _))
            {
                return false;
            }
        }

        return true;
    }

    private bool LargeObjectEquals(JsonElement left, JsonElement right)
    {
        var others = new Dictionary<byte[], JsonElement>(Utf8Comparer.Instance);
        foreach (var property in right.EnumerateObject())
        {
            others[JsonText.Unescape(JsonText.RawName(property))] = property.Value;
        }

        var seen = new HashSet<byte[]>(Utf8Comparer.Instance);
        foreach (var property in left.EnumerateObject())
        {
            var name = JsonText.Unescape(JsonText.RawName(property));
            if (!others.TryGetValue(name, out var other) || !Equals(property.Value, other))
            {
                return false;
            }

            seen.Add(name);
        }

        return seen.Count == others.Count;
    }

    private static bool TryFind(JsonElement instance, ReadOnlySpan<byte> rawName, out JsonElement value)
    {
        foreach (var property in instance.EnumerateObject())
        {
            if (TextEquals(JsonText.RawName(property), rawName))
            {
                value = property.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
