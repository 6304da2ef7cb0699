using System.Text.Json;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>From the claims of a verified ID token, and of the userinfo that belongs to it, to an identity.</summary>
internal static class OidcClaims
{
    private const int MaxClaims = 2000;
    private const int MaxValueLength = 2000;

    public static ExternalIdentity Read(OidcSettings settings, JsonElement token, JsonElement? userInfo, string idToken)
    {
        var claims = Flatten(token);
        var names = claims.Select(claim => claim.Name).ToHashSet(StringComparer.Ordinal);

        // Where both tell the same, the signed one counts.
        claims.AddRange(userInfo is { } more ? Flatten(more).Where(claim => !names.Contains(claim.Name)) : []);
        string? One(string name) => claims.FirstOrDefault(claim => claim.Name == name)?.Value;

        return new ExternalIdentity(
            JsonWebToken.Text(token, "sub")!,
            One(settings.EmailClaim)?.Trim(),
            IsVerified(settings, One("email_verified") ?? One("xms_edov")),
            One("name") ?? One("preferred_username"),
            [.. claims.Where(claim => claim.Name == settings.GroupsClaim).Select(claim => claim.Value).Distinct(StringComparer.Ordinal)],
            claims,
            JsonWebToken.Text(token, "sid"),
            idToken);
    }

    /// <summary>Whether something is missing that the userinfo endpoint may know.</summary>
    public static bool NeedsUserInfo(OidcSettings settings, JsonElement token, bool groupsMatter) =>
        !token.TryGetProperty(settings.EmailClaim, out _)
        || (!settings.EmailsAreVerified && !token.TryGetProperty("email_verified", out _))
        || (groupsMatter && !token.TryGetProperty(settings.GroupsClaim, out _));

    /// <summary>Entra's way to say that a person has more groups than fit (its "overage" claim): the rules would see none, and take roles away.</summary>
    public static bool GroupsWereLeftOut(OidcSettings settings, JsonElement token) =>
        token.TryGetProperty("_claim_names", out var elsewhere) && elsewhere.ValueKind == JsonValueKind.Object && elsewhere.TryGetProperty(settings.GroupsClaim, out _);

    /// <summary>What the token says counts; where it says nothing, the setting. Some providers write a boolean as text, Entra as 1.</summary>
    private static bool IsVerified(OidcSettings settings, string? told) => told is null ? settings.EmailsAreVerified : told is "true" or "True" or "1";

    private static List<ExternalClaim> Flatten(JsonElement claims)
    {
        List<ExternalClaim> flat = [];
        foreach (var claim in claims.EnumerateObject())
        {
            Flatten(claim.Name, claim.Value, flat);
        }

        return flat;
    }

    /// <summary>A list's values stand under its name, an object's under <c>name.member</c>.</summary>
    private static void Flatten(string name, JsonElement value, List<ExternalClaim> flat)
    {
        if (flat.Count >= MaxClaims)
        {
            return;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Flatten($"{name}.{member.Name}", member.Value, flat);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Flatten(name, item, flat);
                }

                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                break;
            case JsonValueKind.True or JsonValueKind.False:
                flat.Add(new ExternalClaim(name, value.ValueKind == JsonValueKind.True ? "true" : "false"));
                break;
            default:
                var text = value.ToString();
                flat.Add(new ExternalClaim(name, text.Length <= MaxValueLength ? text : text[..MaxValueLength]));
                break;
        }
    }
}
