using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Identity.SignOn.Oidc;

namespace Loopai.Portal.Tests.Identity.SignOn.Oidc;

/// <summary>A token as a good provider signs it, for tests that make one thing wrong.</summary>
internal sealed class GivenToken : IDisposable
{
    public const string Issuer = "https://login.corp.example";
    public const string ClientId = "loopai";
    public const string Nonce = "nonce-1";

    public static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _ec256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _ec384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public JsonObject Header { get; } = new() { ["alg"] = "RS256", ["kid"] = "rsa", ["typ"] = "JWT" };

    public JsonObject Payload { get; } = new()
    {
        ["iss"] = Issuer, ["aud"] = ClientId, ["sub"] = "subject-1", ["nonce"] = Nonce, ["iat"] = Now.ToUnixTimeSeconds(),
        ["exp"] = Now.AddMinutes(5).ToUnixTimeSeconds(),
    };

    public RSA Rsa => _rsa;

    /// <summary>The provider's key set: one RSA and two EC keys.</summary>
    public JsonArray KeySet => new(Jwk("rsa", _rsa), Jwk("ec256", _ec256, "P-256"), Jwk("ec384", _ec384, "P-384"));

    public IReadOnlyList<JsonWebKey> Keys => JsonWebKey.ParseSet(JsonSerializer.SerializeToElement(new JsonObject { ["keys"] = KeySet }));

    /// <summary>Signs with the key that the header names.</summary>
    public string Sign()
    {
        var signed = $"{Encode(Header)}.{Encode(Payload)}";
        var (bytes, algorithm) = (Encoding.ASCII.GetBytes(signed), Header["alg"]!.GetValue<string>());
        var hash = JsonWebKey.HashOf(algorithm);
        var signature = algorithm[..2] switch
        {
            "RS" => _rsa.SignData(bytes, hash, RSASignaturePadding.Pkcs1),
            "PS" => _rsa.SignData(bytes, hash, RSASignaturePadding.Pss),
            _ => (Header["kid"]!.GetValue<string>() == "ec384" ? _ec384 : _ec256).SignData(bytes, hash),
        };
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public static string Encode(JsonNode json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    public static JsonObject Jwk(string id, RSA rsa)
    {
        var key = rsa.ExportParameters(false);
        return new JsonObject { ["kty"] = "RSA", ["kid"] = id, ["n"] = Base64Url.EncodeToString(key.Modulus), ["e"] = Base64Url.EncodeToString(key.Exponent) };
    }

    public static JsonObject Jwk(string id, ECDsa ec, string curve)
    {
        var key = ec.ExportParameters(false);
        return new JsonObject { ["kty"] = "EC", ["kid"] = id, ["crv"] = curve, ["x"] = Base64Url.EncodeToString(key.Q.X), ["y"] = Base64Url.EncodeToString(key.Q.Y) };
    }

    public void Dispose()
    {
        _rsa.Dispose();
        _ec256.Dispose();
        _ec384.Dispose();
    }
}
