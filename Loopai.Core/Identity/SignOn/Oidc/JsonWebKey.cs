using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Loopai.Core.Errors;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>A public key of a provider that signatures may be checked with. Symmetric keys never become one.</summary>
internal sealed class JsonWebKey
{
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;

    private readonly RSAParameters? _rsa;
    private readonly ECParameters? _ec;

    private JsonWebKey(string? id, string? algorithm, RSAParameters? rsa, ECParameters? ec) => (Id, Algorithm, _rsa, _ec) = (id, algorithm, rsa, ec);

    public string? Id { get; }

    /// <summary>The one algorithm that the key says it is for.</summary>
    public string? Algorithm { get; }

    /// <summary>Whether the key is of the kind that an algorithm uses. RS and PS share RSA keys; each ES has its curve (RFC 7518, 3.4).</summary>
    public bool Fits(string algorithm) => (Algorithm is null || Algorithm == algorithm) && algorithm switch
    {
        "RS256" or "RS384" or "RS512" or "PS256" or "PS384" or "PS512" => _rsa is not null,
        "ES256" => IsCurve(ECCurve.NamedCurves.nistP256),
        "ES384" => IsCurve(ECCurve.NamedCurves.nistP384),
        "ES512" => IsCurve(ECCurve.NamedCurves.nistP521),
        _ => false,
    };

    /// <summary>Whether the signature is the key's, by an algorithm that it fits.</summary>
    public bool Verify(string algorithm, byte[] signed, byte[] signature)
    {
        var hash = HashOf(algorithm);
        if (_rsa is { } parameters)
        {
            using var rsa = RSA.Create(parameters);
            return rsa.VerifyData(signed, signature, hash, algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        }

        using var ecdsa = ECDsa.Create(_ec!.Value);
        return ecdsa.VerifyData(signed, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public static HashAlgorithmName HashOf(string algorithm) => algorithm[2..] switch
    {
        "384" => HashAlgorithmName.SHA384,
        "512" => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA256,
    };

    /// <summary>The keys of a JWK Set that can check signatures; what is for something else, broken or weak is left out.</summary>
    /// <exception cref="UnavailableException">This is no key set.</exception>
    public static IReadOnlyList<JsonWebKey> ParseSet(JsonElement set) =>
        set.ValueKind == JsonValueKind.Object && set.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray().Take(100).Select(TryParse).OfType<JsonWebKey>()]
            : throw OidcErrors.BadKeySet();

    private static JsonWebKey? TryParse(JsonElement key)
    {
        try
        {
            if (key.ValueKind != JsonValueKind.Object
                || JsonWebToken.Text(key, "use") is not (null or "sig")
                || (key.TryGetProperty("key_ops", out var uses) && !uses.EnumerateArray().Any(use => use.GetString() == "verify")))
            {
                return null;
            }

            var (id, algorithm) = (JsonWebToken.Text(key, "kid"), JsonWebToken.Text(key, "alg"));
            return JsonWebToken.Text(key, "kty") switch
            {
                "RSA" => Rsa(id, algorithm, Bytes(key, "n"), Bytes(key, "e")),
                "EC" => Ec(id, algorithm, JsonWebToken.Text(key, "crv"), Bytes(key, "x"), Bytes(key, "y")),
                _ => null,
            };
        }
        catch (Exception e) when (e is FormatException or CryptographicException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static JsonWebKey? Rsa(string? id, string? algorithm, byte[] modulus, byte[] exponent)
    {
        var parameters = new RSAParameters { Modulus = modulus.AsSpan().TrimStart((byte)0).ToArray(), Exponent = exponent };
        return parameters.Modulus.Length * 8 is >= MinRsaBits and <= MaxRsaBits && exponent.Length is > 0 and <= 8 && (exponent[^1] & 1) == 1 && exponent is not [1]
            ? new JsonWebKey(id, algorithm, parameters, null)
            : null;
    }

    private static JsonWebKey? Ec(string? id, string? algorithm, string? curve, byte[] x, byte[] y)
    {
        var parameters = new ECParameters
        {
            Curve = curve switch
            {
                "P-256" => ECCurve.NamedCurves.nistP256,
                "P-384" => ECCurve.NamedCurves.nistP384,
                "P-521" => ECCurve.NamedCurves.nistP521,
                _ => throw new FormatException(),
            },
            Q = new ECPoint { X = x, Y = y },
        };

        // Refuses a point that is not on the curve.
        using var checkedKey = ECDsa.Create(parameters);
        return new JsonWebKey(id, algorithm, null, parameters);
    }

    private bool IsCurve(ECCurve curve) => _ec?.Curve.Oid.Value == curve.Oid.Value;

    private static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(JsonWebToken.Text(key, name) ?? throw new FormatException());
}
