using Loopai.Core.Data;

namespace Loopai.Core.ApiKeys;

/// <summary>A key for programs. The secret is shown once and stored as a hash.</summary>
public sealed class ApiKey : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    public required string Name { get; set; }

    /// <summary>The public part, by which a key is found: 16 characters of base 62.</summary>
    public required string Selector { get; init; }

    /// <summary>SHA-256 of the whole key. The secret carries 190 random bits, so a slow hash would add nothing.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Space-separated permissions.</summary>
    public required string Permissions { get; set; }

    public required string CreatedBy { get; init; }

    /// <summary>The person it belongs to; null for a key that Loopai made.</summary>
    public Guid? OwnerId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Written at most once a minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > now);
}
