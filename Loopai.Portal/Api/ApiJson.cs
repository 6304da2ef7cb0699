using System.Buffers;
using System.Collections;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Loopai.Core.Errors;

namespace Loopai.Portal.Api;

/// <summary>
/// The API's JSON: camelCase out, camelCase and snake_case in. Request types are records whose members are nullable and settable, so that a
/// missing field is the service's to name; a field that no endpoint knows is refused, not ignored.
/// </summary>
public static class ApiJson
{
    /// <summary>Deeper bodies are refused before they cost anything.</summary>
    public const int MaxDepth = 64;

    public static readonly JsonSerializerOptions Options = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.MaxDepth = MaxDepth;
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        options.Converters.Add(new CleanStringConverter());
        options.Converters.Add(new CleanElementConverter());
        options.Converters.Add(new UtcTimeConverter());
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { AcceptSnakeCase, RefuseNullItems } };
        return options;
    }

    /// <summary>A null in a list of records is nothing that a service could check: it is named where it comes in, unless the list says that it takes them.</summary>
    private static void RefuseNullItems(JsonTypeInfo type)
    {
        if (!IsOurs(type) || type.Type.GetProperties().Where(HoldsRecords).ToArray() is not { Length: > 0 } lists)
        {
            return;
        }

        type.OnDeserialized = read =>
        {
            foreach (var list in lists)
            {
                if (list.GetValue(read) is IEnumerable items && items.Cast<object?>().Index().FirstOrDefault(i => i.Item is null, (-1, null)) is { Index: >= 0 and var at })
                {
                    throw new InvalidException("request.null", $"{JsonNamingPolicy.CamelCase.ConvertName(list.Name)}[{at}]", "This is null. Say what it is, or leave it out of the list.");
                }
            }
        };
    }

    private static bool HoldsRecords(PropertyInfo property) =>
        property is { CanWrite: true, PropertyType: { IsGenericType: true } list } && list.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)
        && list.GenericTypeArguments[0] is { IsClass: true } item && IsOurs(item)
        && new NullabilityInfoContext().Create(property).GenericTypeArguments[0].ReadState == NullabilityState.NotNull;

    private static bool IsOurs(JsonTypeInfo type) => type.Kind == JsonTypeInfoKind.Object && IsOurs(type.Type);

    private static bool IsOurs(Type type) => type.Namespace?.StartsWith("Loopai", StringComparison.Ordinal) == true;

    private static void AcceptSnakeCase(JsonTypeInfo type)
    {
        if (!IsOurs(type))
        {
            return;
        }

        foreach (var property in type.Properties.ToArray())
        {
            var alias = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            if (property.Set is not null && alias != property.Name)
            {
                var twin = type.CreateJsonPropertyInfo(property.PropertyType, alias);
                twin.Set = property.Set;
                twin.CustomConverter = property.CustomConverter;
                type.Properties.Add(twin);
            }
        }
    }
}

/// <summary>Text that no database column and no terminal can hold is refused where it comes in.</summary>
public static class CleanText
{
    public const string Rule = "it is not UTF-8, or a string in it holds the character U+0000 or half of a surrogate pair; remove that";

    /// <summary>Whether JSON text is UTF-8 and escapes no NUL and no lone surrogate in any of its strings or names.</summary>
    public static bool IsClean(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        for (var at = json.IndexOf("\\u"u8); at >= 0 && at + 6 <= json.Length; at = NextEscape(json, at))
        {
            if (IsEscapedBackslash(json, at))
            {
                continue;
            }

            var unit = UnitAt(json, at);
            if (unit == 0 || char.IsLowSurrogate((char)unit))
            {
                return false;
            }

            if (char.IsHighSurrogate((char)unit))
            {
                var low = at + 6;
                if (low + 6 > json.Length || json[low] != '\\' || json[low + 1] != 'u' || !char.IsLowSurrogate((char)UnitAt(json, low)))
                {
                    return false;
                }

                at = low;
            }
        }

        return true;
    }

    private static int NextEscape(ReadOnlySpan<byte> json, int at)
    {
        var next = json[(at + 2)..].IndexOf("\\u"u8);
        return next < 0 ? -1 : at + 2 + next;
    }

    private static bool IsEscapedBackslash(ReadOnlySpan<byte> json, int at)
    {
        var backslashes = 0;
        while (at - 1 - backslashes >= 0 && json[at - 1 - backslashes] == '\\')
        {
            backslashes++;
        }

        return backslashes % 2 == 1;
    }

    private static int UnitAt(ReadOnlySpan<byte> json, int escape) =>
        System.Buffers.Text.Utf8Parser.TryParse(json.Slice(escape + 2, 4), out ushort unit, out _, 'x') ? unit : 0xFFFD;
}

internal sealed class CleanStringConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            throw new JsonException($"expected a string, found {reader.TokenType.ToString().ToLowerInvariant()}");
        }

        var raw = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return !CleanText.IsClean(raw) ? throw new JsonException(CleanText.Rule) : reader.GetString();
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

internal sealed class CleanElementConverter : JsonConverter<JsonElement>
{
    private static readonly JsonConverter<JsonElement> Inner = (JsonConverter<JsonElement>)JsonSerializerOptions.Default.GetConverter(typeof(JsonElement));

    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = Inner.Read(ref reader, typeToConvert, options);
        return CleanText.IsClean(JsonMarshal.GetRawUtf8Value(element)) ? element : throw new JsonException(CleanText.Rule);
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);
}

/// <summary>A time is a moment: the offset it was written with does not matter, and the database takes none.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset().ToUniversalTime();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
}
