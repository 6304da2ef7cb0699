using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Loopai.Core.Tasks.Import;

/// <summary>Turns the text of a cell into the value that the schema asks for.</summary>
internal static class CsvCell
{
    /// <summary>The value. A cell that does not read as the asked type stays text, so that the schema's own message names the fault.</summary>
    public static JsonNode? Read(string text, ValueShape shape)
    {
        if (shape.Types.Count == 0)
        {
            return shape.IsObject ? Json(text) ?? JsonValue.Create(text) : JsonValue.Create(text);
        }

        var trimmed = text.Trim();
        if (trimmed.Length == 0 && shape.MayBe("null"))
        {
            return null;
        }

        if (shape.MayBe("boolean") && Boolean(trimmed) is { } flag)
        {
            return JsonValue.Create(flag);
        }

        if ((shape.MayBe("number") || shape.MayBe("integer")) && Number(trimmed) is { } number)
        {
            return number;
        }

        var isStructure = (shape.MayBe("object") && trimmed.StartsWith('{')) || (shape.MayBe("array") && trimmed.StartsWith('['));
        return isStructure && Json(trimmed) is { } structure ? structure : JsonValue.Create(text);
    }

    private static bool? Boolean(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "1" => true,
        "false" or "no" or "0" => false,
        _ => null,
    };

    /// <summary>Numbers keep all their digits; a decimal comma is not guessed at.</summary>
    private static JsonNode? Number(string text)
    {
        if (text is not ([>= '0' and <= '9', ..] or ['-' or '+' or '.', ..]))
        {
            return null;
        }

        return Json(text) is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? JsonValue.Create(number)
            : null;
    }

    private static JsonNode? Json(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
