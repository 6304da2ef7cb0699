using Loopai.Core.Data;

namespace Loopai.Core.Organizations;

/// <summary>The tenant: it owns everything below it.</summary>
public sealed class Organization : ITenantOwned
{
    public required Guid Id { get; init; }

    /// <summary>The name in URLs: lower-case letters, digits and hyphens.</summary>
    public required string Slug { get; set; }

    public required string Name { get; set; }

    /// <summary>IANA name; reports and days are cut in it.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>ISO 4217; costs are shown in it.</summary>
    public string Currency { get; set; } = "USD";

    /// <summary>Days that executions are kept; null for the installation's own.</summary>
    public int? ExecutionRetentionDays { get; set; }

    /// <summary>Days that verdicts are kept; null for ever.</summary>
    public int? ValidationRetentionDays { get; set; }

    /// <summary>Days that the audit log is kept; null for ever.</summary>
    public int? AuditRetentionDays { get; set; }

    /// <summary>Space-separated domains; only addresses of theirs may be invited. Empty for any.</summary>
    public string AllowedEmailDomains { get; set; } = "";

    /// <summary>Hours after which members have to prove again who they are; null for as long as their session lasts.</summary>
    public int? SessionHours { get; set; }

    /// <summary>Whether members need a second factor.</summary>
    public bool RequireMfa { get; set; }

    /// <summary>Whether members have to come through the organization's own sign-on.</summary>
    public bool RequireSso { get; set; }

    /// <summary>Days that a new API key may live; null for as long as it likes.</summary>
    public int? LongestKeyAgeDays { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its deletion was asked for: from then on it is invisible and its keys are dead, until it is restored or the grace period ends.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>Counts changes of the settings, so that of two who edit at once one is told.</summary>
    public int Revision { get; set; } = 1;

    public List<OrganizationEnvironment> Environments { get; init; } = [];

    /// <summary>An organization is its own tenant.</summary>
    Guid ITenantOwned.OrganizationId => Id;
}

/// <summary>The picture that stands for an organization, beside its row because it is rarely read.</summary>
public sealed class OrganizationLogo : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required string ContentType { get; set; }

    public required byte[] Data { get; set; }

    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>One of an organization's stages. Keys and executions belong to exactly one.</summary>
public sealed class OrganizationEnvironment : ITenantOwned
{
    /// <summary>The stages that every organization starts with, in the order they are shown.</summary>
    public static readonly IReadOnlyList<(string Key, string Name)> Defaults = [("production", "Production"), ("staging", "Staging"), ("dev", "Development")];

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Short name, as in keys and URLs: <c>production</c>.</summary>
    public required string Key { get; init; }

    public required string Name { get; set; }

    /// <summary>Place in lists, from 0.</summary>
    public int Position { get; set; }
}
