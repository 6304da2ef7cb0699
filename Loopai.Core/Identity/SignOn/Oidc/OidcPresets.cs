using System.Text.RegularExpressions;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <param name="Preset">Which.</param>
/// <param name="Name">What people read.</param>
/// <param name="IssuerLabel">What the provider calls the field that the issuer is made of.</param>
/// <param name="IssuerExample">What that looks like.</param>
/// <param name="Defaults">What its connections start with.</param>
/// <param name="Guide">The page of docs/sign-on that tells where each field is found.</param>
public sealed record OidcPresetInfo(OidcPreset Preset, string Name, string IssuerLabel, string IssuerExample, OidcSettings Defaults, string Guide);

/// <summary>The providers that people have, and how each writes its issuer.</summary>
public static partial class OidcPresets
{
    public static readonly IReadOnlyList<OidcPresetInfo> All =
    [
        // Entra tells no email_verified. The tenant's own directory is the authority for its addresses, and only verified domains of the organization count.
        new(OidcPreset.EntraId, "Microsoft Entra ID", "Directory (tenant) ID", "5f1c0d9e-3c1b-4b8e-9a51-0e6b0f4d2a77",
            new OidcSettings { Preset = OidcPreset.EntraId, EmailsAreVerified = true }, "entra-id"),
        new(OidcPreset.Google, "Google Workspace", "Issuer", GoogleIssuer,
            new OidcSettings { Preset = OidcPreset.Google, Issuer = GoogleIssuer }, "google-workspace"),
        new(OidcPreset.Okta, "Okta", "Okta domain", "acme.okta.com",
            new OidcSettings { Preset = OidcPreset.Okta, Scopes = "openid email profile groups" }, "okta"),
        new(OidcPreset.Auth0, "Auth0", "Auth0 domain", "acme.eu.auth0.com", new OidcSettings { Preset = OidcPreset.Auth0 }, "auth0"),
        new(OidcPreset.Keycloak, "Keycloak", "Realm address", "https://keycloak.acme.example/realms/staff",
            new OidcSettings { Preset = OidcPreset.Keycloak }, "keycloak"),
        new(OidcPreset.Generic, "Other OpenID Connect provider", "Issuer", "https://login.acme.example",
            new OidcSettings { Preset = OidcPreset.Generic }, "openid-connect"),
    ];

    private const string GoogleIssuer = "https://accounts.google.com";

    public static OidcPresetInfo Of(OidcPreset preset) => All.Single(info => info.Preset == preset);

    /// <summary>The issuer's address from what the provider's own pages show; null with the reason when there is none in it.</summary>
    public static (string? Issuer, string? Fault) IssuerOf(OidcPreset preset, string? text)
    {
        var given = text?.Trim() ?? "";
        return preset switch
        {
            OidcPreset.Google => (GoogleIssuer, null),
            OidcPreset.EntraId => EntraIssuer(given),
            OidcPreset.Okta => Host(given, "https://{0}", "Give the Okta domain, such as acme.okta.com."),
            // Auth0 writes its issuer with a slash at the end, and means it.
            OidcPreset.Auth0 => Host(given, "https://{0}/", "Give the Auth0 domain, such as acme.eu.auth0.com."),
            OidcPreset.Keycloak or OidcPreset.Generic => given.Length > 0 ? (given, null) : (null, "Give the issuer's address, such as https://login.acme.example."),
        };
    }

    /// <summary>
    /// A tenant's own issuer. <c>common</c> and its like would let in everybody who has a Microsoft account, whoever vouches for their address.
    /// </summary>
    private static (string?, string?) EntraIssuer(string given)
    {
        var tenant = EntraAddress().Match(given) is { Success: true } address ? address.Groups["tenant"].Value : given;
        return Guid.TryParseExact(tenant, "D", out var id)
            ? ($"https://login.microsoftonline.com/{id}/v2.0", null)
            : (null, tenant is "common" or "organizations" or "consumers"
                ? $"'{tenant}' lets in people of every tenant. Give your own directory's ID."
                : "Give the Directory (tenant) ID, a GUID that the application's overview in Entra shows.");
    }

    private static (string?, string?) Host(string given, string issuer, string fault)
    {
        // Okta's custom authorization servers and whole addresses are taken as they are.
        if (given.StartsWith("http", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(given, UriKind.Absolute, out _))
        {
            return (given, null);
        }

        return EmailDomain.Normalize(given) is { } host ? (string.Format(System.Globalization.CultureInfo.InvariantCulture, issuer, host), null) : (null, fault);
    }

    [GeneratedRegex("^https://login\\.microsoftonline\\.com/(?<tenant>[^/]+)(?:/v2\\.0)?/?$", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase)]
    private static partial Regex EntraAddress();
}
