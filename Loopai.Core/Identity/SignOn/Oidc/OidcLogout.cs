using Microsoft.AspNetCore.WebUtilities;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>Signing out at the provider (RP-Initiated Logout 1.0), and what a provider says when its session ended (Back-Channel and Front-Channel Logout 1.0).</summary>
public sealed class OidcLogout(OidcProviders providers, SignOnAttempts attempts, TimeProvider time)
{
    /// <summary>Where to send the browser so that the provider ends its session too; null when it has no such place.</summary>
    public async Task<string?> EndSessionAddressAsync(SignOnConnection connection, string? idToken, string returnAddress, CancellationToken ct)
    {
        var settings = connection.ReadSettings<OidcSettings>();
        var metadata = await providers.Of(connection, settings).MetadataAsync(ct);
        return metadata.EndSession is not { } address ? null : QueryHelpers.AddQueryString(
            address.ToString(),
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["client_id"] = settings.ClientId, ["id_token_hint"] = idToken, ["post_logout_redirect_uri"] = returnAddress,
            }.Where(p => p.Value is not null)!);
    }

    /// <summary>Whose sessions a logout token ends; null with the checks that failed when it is none to be believed.</summary>
    public async Task<(LogoutSubject? Subject, IReadOnlyList<SignOnCheck> Failed)> ReadTokenAsync(SignOnConnection connection, string? compact, CancellationToken ct)
    {
        if (JsonWebToken.TryParse(compact) is not { } token)
        {
            return (null, [new SignOnCheck("Logout token", false, "It is no signed token.")]);
        }

        var settings = connection.ReadSettings<OidcSettings>();
        var provider = providers.Of(connection, settings);
        var metadata = await provider.MetadataAsync(ct);
        var failed = LogoutTokenValidator.Check(token, metadata.Issuer, settings.ClientId, time.GetUtcNow())
            .Append(await provider.CheckSignatureAsync(token, ct))
            .Where(check => !check.Passed)
            .ToList();
        if (failed.Count == 0 && !await attempts.TryUseTokenAsync(
            connection, "logout:" + JsonWebToken.Text(token.Payload, "jti"), time.GetUtcNow() + LogoutTokenValidator.MaxAge + IdTokenValidator.Skew, ct))
        {
            failed.Add(new SignOnCheck("First use", false, "No logout token is taken twice."));
        }

        return failed.Count > 0
            ? (null, failed)
            : (new LogoutSubject(JsonWebToken.Text(token.Payload, "sub"), JsonWebToken.Text(token.Payload, "sid")), []);
    }

    /// <summary>Whether a front-channel logout names this connection's provider: it carries no signature, so it ends nothing but the session of the browser at hand.</summary>
    public async Task<bool> IsIssuerAsync(SignOnConnection connection, string? issuer, CancellationToken ct) =>
        issuer is null || issuer == (await providers.Of(connection, connection.ReadSettings<OidcSettings>()).MetadataAsync(ct)).Issuer;
}

/// <param name="Subject">All sessions of this person.</param>
/// <param name="Session">Only this session.</param>
public sealed record LogoutSubject(string? Subject, string? Session);
