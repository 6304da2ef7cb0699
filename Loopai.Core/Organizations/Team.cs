using Loopai.Core.Access;
using Loopai.Core.Data;

namespace Loopai.Core.Organizations;

/// <summary>A group of members that holds grants together.</summary>
public sealed class Team : ITenantOwned
{
    public const int MaxNameLength = 100;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required string Name { get; set; }

    public string Description { get; set; } = "";

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A member of a team. Two sources may each keep the same one.</summary>
public sealed class TeamMember : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid TeamId { get; init; }

    public required Guid UserId { get; init; }

    public required AccessSource Source { get; init; }

    public required DateTimeOffset JoinedAt { get; init; }
}
