using System.Text.Json;
using Loopai.Core.Flags;
using Loopai.Portal.Api;

namespace Loopai.Portal.Ofrep;

/// <summary>The evaluation context of a request, or what is wrong with it.</summary>
/// <param name="Context">The context.</param>
/// <param name="ErrorCode">In OFREP's words; null where the context is fine.</param>
/// <param name="ErrorDetails">For people.</param>
public readonly record struct OfrepContext(JsonElement Context, string? ErrorCode, string? ErrorDetails)
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = ApiJson.MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads the body.</summary>
    public static async Task<OfrepContext> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct);
        if (!CleanText.IsClean(body.GetBuffer().AsSpan(0, (int)body.Length)))
        {
            return new OfrepContext(default, "PARSE_ERROR", $"The body cannot be taken: {CleanText.Rule}.");
        }

        try
        {
            return Of(JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), Reading).RootElement);
        }
        catch (JsonException e)
        {
            return new OfrepContext(default, "PARSE_ERROR", $"The body is not the JSON object {{\"context\": {{…}}}}: line {(e.LineNumber ?? 0) + 1}, position {(e.BytePositionInLine ?? 0) + 1}.");
        }
    }

    private static OfrepContext Of(JsonElement body) =>
        body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("context", out var context) || context.ValueKind != JsonValueKind.Object
            ? new OfrepContext(default, "INVALID_CONTEXT", "The body has a member 'context', which is a JSON object.")
        : !context.TryGetProperty(FlagRules.TargetingKey, out var key) || (key.ValueKind == JsonValueKind.String && key.ValueEquals(""))
            ? new OfrepContext(default, "TARGETING_KEY_MISSING", "The context has no 'targetingKey'. Set it to the user or session that the flag is evaluated for.")
        : key.ValueKind != JsonValueKind.String
            ? new OfrepContext(default, "INVALID_CONTEXT", "The 'targetingKey' of the context is a text.")
        : new OfrepContext(context, null, null);
}
