using Loopai.Core.Access;
using Loopai.Core.Data;

namespace Loopai.Core.Organizations;

/// <summary>A place offered to an e-mail address. Whoever holds the link may take it once; only a hash of the link's secret is kept.</summary>
public sealed class Invitation : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Email { get; init; }

    /// <summary>SHA-256 of the link's secret. Sending the invitation again makes a new one.</summary>
    public required byte[] TokenHash { get; set; }

    /// <summary>What the person will hold.</summary>
    public required IReadOnlyList<WantedGrant> Grants { get; init; }

    /// <summary>The teams the person will join.</summary>
    public required IReadOnlyList<Guid> TeamIds { get; init; }

    public required string InvitedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? AcceptedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    public InvitationStatus StatusAt(DateTimeOffset now) =>
        AcceptedAt is not null ? InvitationStatus.Accepted
        : RevokedAt is not null ? InvitationStatus.Revoked
        : ExpiresAt <= now ? InvitationStatus.Expired
        : InvitationStatus.Open;
}

/// <summary>Where an invitation stands.</summary>
public enum InvitationStatus
{
    Open,
    Accepted,
    Revoked,
    Expired,
}
