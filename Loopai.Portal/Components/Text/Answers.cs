using System.Text.Json;

namespace Loopai.Portal.Components.Text;

/// <summary>JSON answers and inputs in the words that people read.</summary>
public static class Answers
{
    /// <summary>"spam" for <c>"spam"</c> and for <c>{"label":"spam"}</c>; the JSON itself for what has more to it.</summary>
    public static string Short(string? json)
    {
        if (string.IsNullOrEmpty(json))
        {
            return "no answer";
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return Short(document.RootElement);
        }
        catch (JsonException)
        {
            return json;
        }
    }

    /// <summary>What an input says, in one line: its texts one after the other.</summary>
    public static string Excerpt(string? json, int length = 160)
    {
        if (string.IsNullOrEmpty(json))
        {
            return "";
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var line = string.Join(' ', Texts(document.RootElement).Take(8)).ReplaceLineEndings(" ");
            return Cut(line.Length > 0 ? line : json, length);
        }
        catch (JsonException)
        {
            return Cut(json, length);
        }
    }

    private static string Short(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Object when value.GetPropertyCount() == 1 => Short(value.EnumerateObject().Single().Value),
        _ => value.GetRawText(),
    };

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!.Trim()],
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Texts(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Number => [value.GetRawText()],
        _ => [],
    };

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return text[..end].TrimEnd() + "…";
    }
}
