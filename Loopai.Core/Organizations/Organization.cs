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

    public required DateTimeOffset CreatedAt { get; init; }

    public List<OrganizationEnvironment> Environments { get; init; } = [];

    /// <summary>An organization is its own tenant.</summary>
    Guid ITenantOwned.OrganizationId => Id;
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

/// <summary>A person's place in an organization.</summary>
public sealed class Membership : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid UserId { get; init; }

    public required OrganizationRole Role { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What a member may do.</summary>
public enum OrganizationRole
{
    /// <summary>Everything in the organization.</summary>
    Owner,
}
