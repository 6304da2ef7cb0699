using Loopai.Core.Data;

namespace Loopai.Core.ApiKeys;

/// <summary>A key for programs: what it may do, where, and from where. What proves it are its secrets, of which there are two while it is rotated.</summary>
public sealed class ApiKey : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    public required string Name { get; set; }

    /// <summary>The public part, by which a key is found: 16 characters of base 62. All of its secrets share it.</summary>
    public required string Selector { get; init; }

    /// <summary>Space-separated permissions.</summary>
    public required string Permissions { get; set; }

    /// <summary>Space-separated ids of the only tasks that it may touch; null for all.</summary>
    public string? TaskIds { get; init; }

    /// <summary>Space-separated networks that it may come from, such as <c>203.0.113.0/24</c>; null for anywhere.</summary>
    public string? AddressRanges { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>The person who made it, and who is written to before it expires; null for a key that Loopai made.</summary>
    public Guid? CreatedById { get; init; }

    /// <summary>The person it belongs to: it ends with their membership, and may never do more than they may. Null for a service account's.</summary>
    public Guid? OwnerId { get; init; }

    /// <summary>The service account it belongs to.</summary>
    public Guid? ServiceAccountId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>How many days before its end the last warning was sent.</summary>
    public int? WarnedDays { get; set; }

    public List<ApiKeySecret> Secrets { get; init; } = [];

    /// <summary>The last use of any of its secrets.</summary>
    public DateTimeOffset? LastUsedAt => Secrets.Max(s => s.LastUsedAt);

    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > now);

    public IReadOnlyCollection<Guid>? Tasks => TaskIds?.Split(' ').Select(Guid.Parse).ToList();

    /// <summary>Whether it is older than its organization wants keys to be.</summary>
    public bool IsOverAge(int? longestDays, DateTimeOffset now) => longestDays is { } days && now - CreatedAt > TimeSpan.FromDays(days);
}

/// <summary>One of a key's secrets. It is shown once and stored as a hash.</summary>
public sealed class ApiKeySecret : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid KeyId { get; init; }

    /// <summary>SHA-256 of the whole key. The secret carries 190 random bits, so a slow hash would add nothing.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The last characters of the key, which belong to its checksum, to tell two secrets apart; empty for those made before it was kept.</summary>
    public required string Hint { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the overlap of a rotation ends; null for the newest secret.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>The address of that use.</summary>
    public string? LastUsedFrom { get; set; }

    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || ExpiresAt > now);
}
