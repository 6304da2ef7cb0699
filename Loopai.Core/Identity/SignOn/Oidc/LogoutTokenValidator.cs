using System.Text.Json;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>The logout token's rules, OpenID Connect Back-Channel Logout 1.0, 2.6.</summary>
internal static class LogoutTokenValidator
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";

    /// <summary>Older ones are refused; their names need not be remembered for longer.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<SignOnCheck> Check(JsonWebToken token, string issuer, string clientId, DateTimeOffset now)
    {
        var payload = token.Payload;
        var issued = token.Time("iat");
        return
        [
            new("Type", JsonWebToken.Text(token.Header, "typ")?.ToLowerInvariant() is null or "logout+jwt" or "jwt", "A logout token, by its type."),
            new("Issuer (iss)", JsonWebToken.Text(payload, "iss") == issuer, "From this connection's provider."),
            new("Audience (aud)", token.Audiences().Contains(clientId), "For this connection's client."),
            new("Issued at (iat)", issued is not null && issued - IdTokenValidator.Skew <= now && now - issued <= MaxAge, "Issued just now."),
            new("Expiry (exp)", !payload.TryGetProperty("exp", out _) || token.Time("exp") + IdTokenValidator.Skew > now, "Not expired."),
            new("Identifier (jti)", !string.IsNullOrEmpty(JsonWebToken.Text(payload, "jti")), "Has a name, so that it is taken once."),
            new("Events", IsLogout(payload), "Is about a logout."),
            new("Nonce", !payload.TryGetProperty("nonce", out _), "Carries none, so that it cannot be an ID token."),
            new("Whom", JsonWebToken.Text(payload, "sub") is not null || JsonWebToken.Text(payload, "sid") is not null, "Names a subject or a session."),
        ];
    }

    private static bool IsLogout(JsonElement payload) =>
        payload.TryGetProperty("events", out var events) && events.ValueKind == JsonValueKind.Object
        && events.TryGetProperty(Event, out var logout) && logout.ValueKind == JsonValueKind.Object;
}
