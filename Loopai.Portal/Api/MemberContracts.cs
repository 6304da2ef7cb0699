using Loopai.Core.Access;
using Loopai.Core.Organizations;

namespace Loopai.Portal.Api;

/// <summary>A role to be held, and where: with neither an environment nor a task, in the whole organization.</summary>
public sealed record GrantRequest
{
    /// <summary>A built-in role's name or a custom role's id.</summary>
    public string? Role { get; init; }

    public Guid? EnvironmentId { get; init; }

    public Guid? TaskId { get; init; }

    public WantedGrant ToWanted() => new(Role ?? "", EnvironmentId, TaskId);
}

/// <summary>A grant and who is to hold it: a member or a team.</summary>
public sealed record NewGrantRequest
{
    public Guid? UserId { get; init; }

    public Guid? TeamId { get; init; }

    /// <summary>A built-in role's name or a custom role's id.</summary>
    public string? Role { get; init; }

    public Guid? EnvironmentId { get; init; }

    public Guid? TaskId { get; init; }
}

/// <summary>All that somebody is to hold by hand.</summary>
public sealed record GrantsRequest
{
    public IReadOnlyList<GrantRequest>? Grants { get; init; }
}

/// <summary>A grant as the API shows it.</summary>
public sealed record GrantResponse(
    Guid Id, Guid? UserId, Guid? TeamId, string Role, Guid? EnvironmentId, Guid? TaskId, AccessSource Source, string GrantedBy, DateTimeOffset CreatedAt)
{
    public static GrantResponse Of(Grant g) => new(g.Id, g.UserId, g.TeamId, g.RoleId, g.EnvironmentId, g.TaskId, g.Source, g.GrantedBy, g.CreatedAt);
}

/// <param name="Id">The team.</param>
/// <param name="Name">Its name.</param>
/// <param name="Source">Who keeps the member in it.</param>
public sealed record MemberTeamResponse(Guid Id, string Name, AccessSource Source);

/// <summary>A member as the API shows them.</summary>
public sealed record MemberResponse(
    Guid UserId, string Name, string Email, MembershipStatus Status, DateTimeOffset JoinedAt, DateTimeOffset? DeactivatedAt,
    IReadOnlyList<GrantResponse> Grants, IReadOnlyList<MemberTeamResponse> Teams)
{
    public static MemberResponse Of(MemberEntry m) => new(
        m.UserId, m.Name, m.Email, m.Status, m.JoinedAt, m.DeactivatedAt, [.. m.Grants.Select(GrantResponse.Of)],
        [.. m.Teams.Select(t => new MemberTeamResponse(t.Id, t.Name, t.Source))]);
}

/// <summary>Whom to invite, and with what.</summary>
public sealed record InvitationRequest
{
    public string? Email { get; init; }

    /// <summary>What the person will hold.</summary>
    public IReadOnlyList<GrantRequest>? Grants { get; init; }

    /// <summary>The teams the person will join.</summary>
    public IReadOnlyList<Guid>? TeamIds { get; init; }
}

/// <summary>The secret at the end of an invitation's link.</summary>
public sealed record AcceptRequest
{
    public string? Token { get; init; }
}

/// <summary>An invitation as the API shows it; <c>link</c> stands only in the answer to its sending, and only where no mail carries it.</summary>
public sealed record InvitationResponse(
    Guid Id, string Email, InvitationStatus Status, IReadOnlyList<WantedGrantResponse> Grants, IReadOnlyList<Guid> TeamIds, string InvitedBy,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? AcceptedAt, DateTimeOffset? RevokedAt, bool? Sent, string? Link)
{
    public static InvitationResponse Of(Invitation i, DateTimeOffset now) => new(
        i.Id, i.Email, i.StatusAt(now), [.. i.Grants.Select(g => new WantedGrantResponse(g.RoleId, g.EnvironmentId, g.TaskId))], i.TeamIds, i.InvitedBy,
        i.CreatedAt, i.ExpiresAt, i.AcceptedAt, i.RevokedAt, null, null);

    public static InvitationResponse Of(SentInvitation sent, DateTimeOffset now) => Of(sent.Invitation, now) with { Sent = sent.Sent, Link = sent.Link };
}

/// <param name="Role">A built-in role's name or a custom role's id.</param>
/// <param name="EnvironmentId">In this environment only.</param>
/// <param name="TaskId">For this task only.</param>
public sealed record WantedGrantResponse(string Role, Guid? EnvironmentId, Guid? TaskId);

/// <summary>What is asked of a team; what is left out stays.</summary>
public sealed record TeamRequest
{
    public string? Name { get; init; }

    public string? Description { get; init; }
}

/// <summary>A team as the API shows it; who is in it stands only where one team is read.</summary>
public sealed record TeamResponse(Guid Id, string Name, string Description, DateTimeOffset CreatedAt, int Members, IReadOnlyList<TeamMemberResponse>? People)
{
    public static TeamResponse Of(Team t, int members, IReadOnlyList<TeamMember>? people = null) => new(
        t.Id, t.Name, t.Description, t.CreatedAt, members, people is null ? null : [.. people.Select(m => new TeamMemberResponse(m.UserId, m.Source, m.JoinedAt))]);
}

/// <param name="UserId">The member.</param>
/// <param name="Source">Who keeps them in the team.</param>
/// <param name="JoinedAt">Since when.</param>
public sealed record TeamMemberResponse(Guid UserId, AccessSource Source, DateTimeOffset JoinedAt);

/// <summary>All teams of an organization; there are few, so they come in one window.</summary>
public sealed record TeamList(IReadOnlyList<TeamResponse> Items, string? NextCursor);
