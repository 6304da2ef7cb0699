using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loopai.Core.Errors;

namespace Loopai.Core.Data;

/// <summary>One window of a list.</summary>
/// <param name="Items">The rows, in the order asked for.</param>
/// <param name="NextCursor">What to ask with for the rows that follow; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    public Page<TOut> Select<TOut>(Func<T, TOut> selector) => new([.. Items.Select(selector)], NextCursor);
}

/// <summary>Which window of a list is wanted.</summary>
/// <param name="Limit">1 to 200 rows.</param>
/// <param name="Cursor">The last answer's <c>nextCursor</c>, or null for the first window.</param>
public sealed record PageRequest(int Limit = 50, string? Cursor = null)
{
    public const int MaxLimit = 200;

    /// <exception cref="InvalidException">The limit is out of range.</exception>
    public PageRequest Validated() => Limit is >= 1 and <= MaxLimit
        ? this
        : throw new InvalidException("list.limit", "limit", $"limit is a whole number from 1 to {MaxLimit}; got {Limit}.");
}

/// <summary>The place where a window of a list ended: the values of the sort key of its last row. Opaque to callers.</summary>
public static class Cursor
{
    private static readonly JsonSerializerOptions Reading = new() { Converters = { new UtcConverter() } };

    public static string Encode<T>(T key) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(key));

    /// <exception cref="InvalidException">The cursor is not one of ours.</exception>
    public static T? Decode<T>(string? cursor)
        where T : class
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return null;
        }

        try
        {
            var key = Base64Url.DecodeFromChars(cursor);
            return key.AsSpan().IndexOf("\\u0000"u8) < 0 ? JsonSerializer.Deserialize<T>(key, Reading) : throw new FormatException();
        }
        catch (Exception e) when (e is FormatException or JsonException or DecoderFallbackException)
        {
            throw new InvalidException("list.cursor", "cursor", "This cursor is not one that a list answered. Leave it out to start from the beginning.");
        }
    }

    /// <summary>A cursor made by hand may carry an offset, which the database does not take.</summary>
    private sealed class UtcConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}
