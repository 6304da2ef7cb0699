using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>A signed token in its compact form, taken apart and not yet trusted (RFC 7515, 3.1).</summary>
internal sealed record JsonWebToken(JsonElement Header, JsonElement Payload, byte[] SignedBytes, byte[] Signature)
{
    private const int MaxLength = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public string? Algorithm => Text(Header, "alg");

    public string? KeyId => Text(Header, "kid");

    /// <summary>The token's parts, or null for what is no such token: not three parts of base64url, not JSON objects, a name twice, or too long.</summary>
    public static JsonWebToken? TryParse(string? compact)
    {
        if (compact is null || compact.Length > MaxLength || compact.Split('.') is not [var header, var payload, var signature])
        {
            return null;
        }

        try
        {
            var (head, body) = (Parse(header), Parse(payload));
            return head.ValueKind == JsonValueKind.Object && body.ValueKind == JsonValueKind.Object
                ? new JsonWebToken(head, body, Encoding.ASCII.GetBytes($"{header}.{payload}"), Base64Url.DecodeFromChars(signature))
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    public static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A NumericDate; null when it is missing or none.</summary>
    public DateTimeOffset? Time(string name) =>
        Payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds)
        && seconds is > 0 and < 253402300799
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    /// <summary>The audiences: one string, or a list of them.</summary>
    public IReadOnlyList<string> Audiences() => !Payload.TryGetProperty("aud", out var audience) ? [] : audience.ValueKind switch
    {
        JsonValueKind.String => [audience.GetString()!],
        JsonValueKind.Array when audience.EnumerateArray().All(a => a.ValueKind == JsonValueKind.String) => [.. audience.EnumerateArray().Select(a => a.GetString()!)],
        _ => [],
    };

    private static JsonElement Parse(string part)
    {
        using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(part), Strict);
        return document.RootElement.Clone();
    }
}
