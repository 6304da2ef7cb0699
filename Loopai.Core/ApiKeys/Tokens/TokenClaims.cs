using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Loopai.Core.ApiKeys.Tokens;

/// <summary>What an access token says.</summary>
/// <param name="Issuer">iss.</param>
/// <param name="Audience">aud.</param>
/// <param name="KeyId">sub: the key.</param>
/// <param name="Selector">client_id: the key's selector.</param>
/// <param name="SecretId">Which secret it was asked for with, so that it ends with that one.</param>
/// <param name="Scope">Space-separated permissions.</param>
/// <param name="IssuedAt">iat, in seconds since 1970.</param>
/// <param name="ExpiresAt">exp, in seconds since 1970.</param>
internal sealed record TokenClaims(
    string Issuer, string Audience, Guid KeyId, string Selector, Guid SecretId, string Scope, long IssuedAt, long ExpiresAt)
{
    private const string Algorithm = "ES256";

    /// <summary>RFC 9068, 2.1: so that no other token of ours passes for an access token.</summary>
    private const string Type = "at+jwt";

    /// <summary>The token in its compact form.</summary>
    public string Sign(string keyId, Func<ReadOnlyMemory<byte>, byte[]> sign)
    {
        var head = Encoded(json =>
        {
            json.WriteString("alg", Algorithm);
            json.WriteString("typ", Type);
            json.WriteString("kid", keyId);
        });
        var body = Encoded(json =>
        {
            json.WriteString("iss", Issuer);
            json.WriteString("sub", KeyId);
            json.WriteString("aud", Audience);
            json.WriteNumber("iat", IssuedAt);
            json.WriteNumber("exp", ExpiresAt);
            json.WriteString("jti", Guid.CreateVersion7());
            json.WriteString("client_id", Selector);
            json.WriteString("scope", Scope);
            json.WriteString("key_secret", SecretId);
        });
        var content = $"{head}.{body}";
        return $"{content}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(content)))}";
    }

    /// <summary>The parts of a token that has the right form; whether it is signed, or ours, is not said by that. Null for anything else.</summary>
    public static (TokenClaims Claims, string KeyId, byte[] Content, byte[] Signature)? Read(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || token.Length > 4096 || !parts.All(part => Base64Url.IsValid(part)))
        {
            return null;
        }

        try
        {
            using var head = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            using var body = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            var (h, b) = (head.RootElement, body.RootElement);

            // The algorithm is ours to name, not the token's.
            return Text(h, "alg") == Algorithm && Text(h, "typ") == Type && Text(h, "kid") is { } keyId && !h.TryGetProperty("crit", out _)
                ? (
                    new TokenClaims(
                        Text(b, "iss") ?? "", Text(b, "aud") ?? "", b.GetProperty("sub").GetGuid(), Text(b, "client_id") ?? "", b.GetProperty("key_secret").GetGuid(),
                        Text(b, "scope") ?? "", b.GetProperty("iat").GetInt64(), b.GetProperty("exp").GetInt64()),
                    keyId, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]))
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Encoded(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
