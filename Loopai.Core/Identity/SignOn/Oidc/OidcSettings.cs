namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>Whose provider it is, which decides how its issuer is written and what its tokens lack.</summary>
public enum OidcPreset
{
    /// <summary>Any provider with a discovery document.</summary>
    Generic,
    EntraId,
    Google,
    Okta,
    Auth0,
    Keycloak,
}

/// <summary>How an OpenID Connect provider is spoken to. The client's secret lies with the connection's secrets.</summary>
public sealed record OidcSettings
{
    public const string ClientSecret = "clientSecret";

    public OidcPreset Preset { get; init; }

    /// <summary>The issuer's address; <c>/.well-known/openid-configuration</c> lies beneath it.</summary>
    public string Issuer { get; init; } = "";

    public string ClientId { get; init; } = "";

    /// <summary>Space-separated; <c>openid</c> is always among them.</summary>
    public string Scopes { get; init; } = "openid email profile";

    /// <summary>Space-separated authentication contexts to ask for. The provider has to have done one of them.</summary>
    public string? AcrValues { get; init; }

    /// <summary>Google Workspace's domain: only its people come in, not every Google account.</summary>
    public string? HostedDomain { get; init; }

    public string EmailClaim { get; init; } = "email";

    public string GroupsClaim { get; init; } = "groups";

    /// <summary>Whether the provider vouches for its people's addresses without saying so in each token, as a company's own directory does.</summary>
    public bool EmailsAreVerified { get; init; }

    public IReadOnlyList<string> AcrList() => AcrValues?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
