namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>Whether a token was signed by a provider, whatever it says.</summary>
internal static class SignatureCheck
{
    /// <summary>RFC 7518's asymmetric algorithms. Neither <c>none</c> nor HMAC, whose "secret" would be a public key.</summary>
    public static readonly IReadOnlyList<string> Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>Finds the key that the token names and checks with it. <see cref="SignatureVerdict.UnknownKey"/> is worth asking the provider again for.</summary>
    public static SignatureVerdict Check(JsonWebToken token, IReadOnlyList<JsonWebKey> keys, out string detail)
    {
        if (token.Algorithm is not { } algorithm || !Algorithms.Contains(algorithm))
        {
            detail = $"The algorithm is '{token.Algorithm ?? "missing"}'; a provider has to sign with one of {string.Join(", ", Algorithms)}.";
            return SignatureVerdict.Bad;
        }

        if (token.Header.TryGetProperty("crit", out _))
        {
            detail = "The token's header demands extensions ('crit') that are not understood here.";
            return SignatureVerdict.Bad;
        }

        var candidates = keys.Where(key => key.Fits(algorithm) && (token.KeyId is null || key.Id == token.KeyId)).ToList();
        if (candidates is not [var only])
        {
            detail = candidates.Count > 1 ? "The token names no key ('kid'), and the provider has several." : $"The provider's key set has no {algorithm} key '{token.KeyId}'.";
            return candidates.Count > 1 ? SignatureVerdict.Bad : SignatureVerdict.UnknownKey;
        }

        var good = only.Verify(algorithm, token.SignedBytes, token.Signature);
        detail = good ? $"{algorithm}, key '{only.Id ?? "unnamed"}'." : "The signature is not the provider's.";
        return good ? SignatureVerdict.Good : SignatureVerdict.Bad;
    }
}

internal enum SignatureVerdict
{
    Good,
    Bad,
    UnknownKey,
}
