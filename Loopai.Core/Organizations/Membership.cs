using Loopai.Core.Data;

namespace Loopai.Core.Organizations;

/// <summary>A person's place in an organization. What they may do there, their grants say.</summary>
public sealed class Membership : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid UserId { get; init; }

    public MembershipStatus Status { get; set; } = MembershipStatus.Active;

    public required DateTimeOffset JoinedAt { get; init; }

    public DateTimeOffset? DeactivatedAt { get; set; }
}

/// <summary>Whether a member gets in.</summary>
public enum MembershipStatus
{
    Active,

    /// <summary>Shut out; grants and teams are kept for the day of return.</summary>
    Deactivated,
}
