using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Ldap;

/// <summary>How the way to a directory is protected. Without protection there is none: passwords go over it.</summary>
public enum LdapSecurity
{
    /// <summary>TLS from the first byte, usually on port 636.</summary>
    Ldaps,

    /// <summary>TLS begun on the plain port, usually 389, before anything else is said.</summary>
    StartTls,
}

/// <summary>How groups within groups count.</summary>
public enum LdapNesting
{
    /// <summary>Only groups that hold the person themselves.</summary>
    None,

    /// <summary>Active Directory follows the chain itself (LDAP_MATCHING_RULE_IN_CHAIN).</summary>
    ActiveDirectory,

    /// <summary>Loopai asks for the groups of the groups, step by step.</summary>
    Steps,
}

/// <summary>How a directory is asked. The bind account's password lies with the connection's secrets.</summary>
public sealed record LdapSettings
{
    public const string BindPassword = "bindPassword";
    public const string LoginPlace = "{login}";
    public const string DnPlace = "{dn}";

    /// <summary>Hosts with their ports, <c>dc1.acme.example:636</c>; the first that answers is asked.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    public LdapSecurity Security { get; init; }

    /// <summary>The organization's own certificate authorities as PEM; null to trust those that the system trusts.</summary>
    public string? CaCertificates { get; init; }

    /// <summary>Who searches; null for a directory that lets anybody search.</summary>
    public string? BindDn { get; init; }

    public string UserBase { get; init; } = "";

    /// <summary>Finds the one person who signs in, with <c>{login}</c> for what they typed.</summary>
    public string UserFilter { get; init; } = $"(&(objectClass=person)(|(mail={LoginPlace})(uid={LoginPlace})))";

    /// <summary>What names a person for good, through every change of name.</summary>
    public string SubjectAttribute { get; init; } = "entryUUID";

    public string EmailAttribute { get; init; } = "mail";

    public string NameAttribute { get; init; } = "cn";

    /// <summary>Where groups are; null where groups do not matter.</summary>
    public string? GroupBase { get; init; }

    /// <summary>Finds the groups that hold somebody, with <c>{dn}</c> for their name in the directory.</summary>
    public string GroupFilter { get; init; } = $"(member={DnPlace})";

    public string GroupNameAttribute { get; init; } = "cn";

    public LdapNesting Nesting { get; init; }

    /// <summary>The attributes that are read of a person.</summary>
    public IReadOnlyList<string> PersonAttributes() => [.. new[] { SubjectAttribute, EmailAttribute, NameAttribute }.Distinct(StringComparer.OrdinalIgnoreCase)];
}

/// <summary>What came of asking a directory about somebody.</summary>
/// <param name="Checks">What was done, in its order.</param>
/// <param name="Identity">Who it is; null when a check failed.</param>
/// <param name="Refusal">Why nobody comes in; null when all is well.</param>
public sealed record LdapResult(IReadOnlyList<SignOnCheck> Checks, ExternalIdentity? Identity, SignOnRefusal? Refusal);
