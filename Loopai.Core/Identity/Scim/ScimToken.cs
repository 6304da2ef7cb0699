using Loopai.Core.Data;

namespace Loopai.Core.Identity.Scim;

/// <summary>What a directory shows to provision an organization's people. Two are valid at a time at most, so that one can follow the other without a gap.</summary>
public sealed class ScimToken : ITenantOwned
{
    public const int MaxValid = 2;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; init; }

    /// <summary>The public part, by which it is found.</summary>
    public required string Selector { get; init; }

    /// <summary>SHA-256 of the whole token.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Space-separated: what whoever made it could hand on. A directory changes nobody who may more than that.</summary>
    public required string Permissions { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Written at most once a minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && ExpiresAt > now;
}
