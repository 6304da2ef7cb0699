using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Schemas.Formats;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Inference;

/// <summary>What the texts at one place have in common.</summary>
internal static class TextExamples
{
    // A list of values is a strong claim: it takes enough examples, few values, and each seen again and again.
    private const int EnoughForEnum = 10;
    private const int MostInEnum = 10;
    private const int SightingsEach = 3;

    // The most telling first.
    private static readonly string[] Formats = ["uuid", "date-time", "date", "time", "email", "ipv4", "ipv6", "uri"];

    public static void Describe(JsonObject schema, IReadOnlyList<JsonElement> texts, bool allowsNull)
    {
        var decoded = texts.Select(text => JsonText.Decode(JsonText.Raw(text))).ToList();
        var format = Formats.FirstOrDefault(candidate => decoded.TrueForAll(text => IsInFormat(text, candidate)));
        if (format is not null)
        {
            schema["format"] = format;
            return;
        }

        var distinct = decoded.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (decoded.Count >= EnoughForEnum && distinct.Count <= MostInEnum && decoded.Count >= distinct.Count * SightingsEach)
        {
            var values = new JsonArray([.. distinct.Select(text => (JsonNode)text)]);
            if (allowsNull)
            {
                values.Add(null);
            }

            schema["enum"] = values;
        }
    }

    // An address of the web has slashes; without them any word before a colon would pass for a scheme.
    private static bool IsInFormat(string text, string format) =>
        FormatChecks.Find(format)!(text) && (format != "uri" || text.Contains("://", StringComparison.Ordinal));
}
