using System.Text.Json;
using Loopai.Core.Data;

namespace Loopai.Core.Identity.SignOn;

/// <summary>How a provider is spoken to.</summary>
public enum SignOnKind
{
    /// <summary>OpenID Connect.</summary>
    Oidc,

    /// <summary>SAML 2.0.</summary>
    Saml,

    /// <summary>LDAP or Active Directory.</summary>
    Ldap,
}

/// <summary>An organization's identity provider: how to reach it, whom to let in, and what their groups mean here.</summary>
public sealed class SignOnConnection : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required SignOnKind Kind { get; init; }

    /// <summary>What people read on the sign-in page.</summary>
    public required string Name { get; set; }

    /// <summary>Whether people may come in through it; a test works before that.</summary>
    public bool Enabled { get; set; }

    /// <summary>The protocol's settings as JSON, without its secrets.</summary>
    public required string Settings { get; set; }

    /// <summary>The protocol's secrets, encrypted; see <see cref="SignOnSecrets"/>.</summary>
    public string? Secrets { get; set; }

    /// <summary>Whether a person of a verified domain who has no account, or is no member yet, becomes one by signing in.</summary>
    public bool AllowJustInTime { get; set; }

    /// <summary>What the provider's claims and groups mean here: <see cref="MappingRule"/>s as JSON.</summary>
    public string Mapping { get; set; } = "[]";

    /// <summary>When the last test ended, and whether it passed.</summary>
    public DateTimeOffset? TestedAt { get; set; }

    public bool? TestPassed { get; set; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; set; }

    /// <summary>Counts changes, so that two people do not overwrite each other.</summary>
    public int Revision { get; set; } = 1;

    public IReadOnlyList<MappingRule> MappingRules() => JsonSerializer.Deserialize<MappingRule[]>(Mapping, JsonSerializerOptions.Web) ?? [];

    /// <summary>The settings as the protocol's own type.</summary>
    public T ReadSettings<T>() => JsonSerializer.Deserialize<T>(Settings, SignOnJson.Options)!;
}
