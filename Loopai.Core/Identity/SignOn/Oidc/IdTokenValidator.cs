using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <param name="Issuer">As the discovery document names itself.</param>
/// <param name="ClientId">Who the token has to be for.</param>
/// <param name="Nonce">What the request carried; it is good for one token, as the attempt that kept it is taken once.</param>
/// <param name="AccessToken">What came beside the token, for <c>at_hash</c>.</param>
/// <param name="AcrValues">What was asked of the provider; one of them has to have been done.</param>
/// <param name="HostedDomain">Google's <c>hd</c>.</param>
internal sealed record IdTokenExpectation(
    string Issuer, string ClientId, string Nonce, string? AccessToken = null, IReadOnlyList<string>? AcrValues = null, string? HostedDomain = null);

/// <summary>
/// The ID token's rules, OpenID Connect Core 3.1.3.7. Every rule is looked at and told, so that a test run shows all that is wrong at once; one that fails
/// refuses the sign-in.
/// </summary>
internal static class IdTokenValidator
{
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    /// <summary>The checks of everything but the signature, which needs the provider's keys: <see cref="SignatureCheck"/>.</summary>
    public static IReadOnlyList<SignOnCheck> Check(JsonWebToken token, IdTokenExpectation expected, DateTimeOffset now)
    {
        var audiences = token.Audiences();
        var (issuer, authorizedParty, subject) = (Text(token, "iss"), Text(token, "azp"), Text(token, "sub"));
        var (expires, notBefore, issued) = (token.Time("exp"), token.Time("nbf"), token.Time("iat"));
        var hasNotBefore = token.Payload.TryGetProperty("nbf", out _);
        List<SignOnCheck> checks =
        [
            new("Type", Type(token) is null or "jwt", $"The token's type is '{Type(token) ?? "not told"}'."),
            new("Issuer (iss)", issuer == expected.Issuer, $"'{issuer}', expected '{expected.Issuer}'."),
            new("Audience (aud)", audiences.Contains(expected.ClientId), $"'{string.Join("', '", audiences)}', expected '{expected.ClientId}'."),
            new(
                "Authorized party (azp)",
                token.Payload.TryGetProperty("azp", out _) ? authorizedParty == expected.ClientId : audiences.Count <= 1,
                authorizedParty is null && audiences.Count > 1 ? "The token is for several, and does not say who asked for it." : $"'{authorizedParty ?? "not told"}'."),
            new("Subject (sub)", subject is { Length: > 0 and <= SignOnLink.MaxSubjectLength }, subject is null ? "The token names nobody." : $"'{subject}'."),
            new("Expiry (exp)", expires is not null && now < expires + Skew, $"{Told(expires)}, now {Told(now)}."),
            new("Not before (nbf)", !hasNotBefore || (notBefore is not null && now >= notBefore - Skew), $"{Told(notBefore)}, now {Told(now)}."),
            new(
                "Issued at (iat)", issued is not null && issued - Skew <= now && now - issued.Value <= SignOnAttempts.Lifetime + Skew,
                $"{Told(issued)}, now {Told(now)}."),
            new("Nonce", SameText(Text(token, "nonce"), expected.Nonce), "Ties the token to this browser's request."),
        ];
        if (expected.AccessToken is not null && token.Payload.TryGetProperty("at_hash", out _))
        {
            checks.Add(new(
                "Access token's hash (at_hash)", SameText(Text(token, "at_hash"), HashOf(token.Algorithm, expected.AccessToken)),
                "Ties the access token to the ID token."));
        }

        if (expected.AcrValues is { Count: > 0 } wanted)
        {
            checks.Add(new(
                "Authentication context (acr)", wanted.Contains(Text(token, "acr") ?? ""),
                $"The provider did '{Text(token, "acr") ?? "not told"}', asked for was '{string.Join(' ', wanted)}'."));
        }

        if (expected.HostedDomain is { } domain)
        {
            checks.Add(new("Hosted domain (hd)", Text(token, "hd") == domain, $"'{Text(token, "hd") ?? "not told"}', expected '{domain}'."));
        }

        return checks;
    }

    private static string? HashOf(string? algorithm, string accessToken)
    {
        if (algorithm is null || !SignatureCheck.Algorithms.Contains(algorithm))
        {
            return null;
        }

        var hash = CryptographicOperations.HashData(JsonWebKey.HashOf(algorithm), Encoding.ASCII.GetBytes(accessToken));
        return Base64Url.EncodeToString(hash.AsSpan(0, hash.Length / 2));
    }

    private static string? Type(JsonWebToken token) => JsonWebToken.Text(token.Header, "typ")?.ToLowerInvariant();

    private static string? Text(JsonWebToken token, string name) => JsonWebToken.Text(token.Payload, name);

    private static bool SameText(string? one, string? other) =>
        one is not null && other is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    private static string Told(DateTimeOffset? time) => time?.ToString("u") ?? "not told";
}
