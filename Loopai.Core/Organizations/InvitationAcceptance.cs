using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Organizations;

/// <summary>The other side of an invitation: whoever holds the link reads it, and the person it is for accepts it, once.</summary>
public sealed class InvitationAcceptance(LoopaiData data, TimeProvider time)
{
    /// <summary>What the link offers. One that is unknown, used, taken back or expired is not told apart.</summary>
    public async Task<InvitationOffer> ReadAsync(string token, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var (invitation, organization) = await FindAsync(db, token, ct);
        await DemandInviterAsync(db, invitation, ct);
        var normalized = invitation.Email.ToUpperInvariant();
        return new InvitationOffer(
            invitation.Email, organization.Name, organization.Slug, invitation.InvitedBy, invitation.ExpiresAt,
            await db.Users.AnyAsync(u => u.NormalizedEmail == normalized, ct));
    }

    /// <summary>Makes the person a member with what was offered. A grant or team that is gone by now is left out.</summary>
    /// <exception cref="Errors.ConflictException">The invitation is for somebody else.</exception>
    public async Task<Organization> AcceptAsync(string token, Person person, CancellationToken ct)
    {
        var userId = person.Id;
        Guid organizationId;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            var (found, _) = await FindAsync(db, token, ct);
            await DemandInviterAsync(db, found, ct);
            var email = await db.Users.Where(u => u.Id == userId).Select(u => u.Email).SingleAsync(ct) ?? "";
            if (!email.Equals(found.Email, StringComparison.OrdinalIgnoreCase))
            {
                throw OrganizationErrors.InvitationForOther(found.Email);
            }

            organizationId = found.OrganizationId;
        }

        // In turn with every other change of the organization, so that one link makes one member.
        await using var change = await AccessChange.BeginAsync(data, Caller.System(organizationId), ct);
        var (invitation, organization) = await FindAsync(change.Db, token, ct);
        var now = time.GetUtcNow();
        invitation.AcceptedAt = now;
        if (await change.Db.Memberships.FirstOrDefaultAsync(m => m.UserId == userId, ct) is { } member)
        {
            // Somebody who was shut out stays so: an old link is no way back in.
            if (member.Status != MembershipStatus.Active)
            {
                throw OrganizationErrors.InvitationUnknown();
            }
        }
        else
        {
            change.Db.Memberships.Add(new Membership { OrganizationId = organizationId, UserId = userId, JoinedAt = now });
        }

        var roles = await change.Db.RolesAsync(organizationId, ct);
        var environments = await change.Db.Environments.Select(e => e.Id).ToListAsync(ct);
        var tasks = invitation.Grants.Select(g => g.TaskId).OfType<Guid>().ToList();
        var known = await change.Db.Tasks.Where(t => tasks.Contains(t.Id)).Select(t => t.Id).ToListAsync(ct);
        var held = await change.Db.Grants.Where(g => g.UserId == userId && g.Source == AccessSource.Manual)
            .Select(g => new WantedGrant(g.RoleId, g.EnvironmentId, g.TaskId)).ToListAsync(ct);
        foreach (var grant in invitation.Grants.Where(g => roles.ContainsKey(g.RoleId) && !held.Contains(g)
            && (g.EnvironmentId is not { } e || environments.Contains(e)) && (g.TaskId is not { } t || known.Contains(t))))
        {
            change.Db.Grants.Add(new Grant
            {
                Id = Guid.CreateVersion7(), OrganizationId = organizationId, UserId = userId, RoleId = grant.RoleId, EnvironmentId = grant.EnvironmentId,
                TaskId = grant.TaskId, Source = AccessSource.Manual, GrantedBy = invitation.InvitedBy, CreatedAt = now,
            });
        }

        var wanted = invitation.TeamIds;
        var already = await change.Db.TeamMembers.Where(m => m.UserId == userId && m.Source == AccessSource.Manual).Select(m => m.TeamId).ToListAsync(ct);
        foreach (var team in await change.Db.Teams.Where(t => wanted.Contains(t.Id) && !already.Contains(t.Id)).Select(t => t.Id).ToListAsync(ct))
        {
            change.Db.TeamMembers.Add(new TeamMember { OrganizationId = organizationId, TeamId = team, UserId = userId, Source = AccessSource.Manual, JoinedAt = now });
        }

        change.Db.Record(person.In(organizationId), "invitation.accepted", "invitation", invitation.Id, new { invitation.Email, grants = invitation.Grants, teams = wanted });
        await change.CommitAsync(ct);
        return organization;
    }

    /// <summary>Whoever was shut out meanwhile brings nobody in any more, themselves under another address least of all.</summary>
    private static async Task DemandInviterAsync(LoopaiDbContext db, Invitation invitation, CancellationToken ct)
    {
        var isShutOut = await db.Users.AnyAsync(
            u => u.Email == invitation.InvitedBy
                && !db.Memberships.Any(m => m.OrganizationId == invitation.OrganizationId && m.UserId == u.Id && m.Status == MembershipStatus.Active), ct);
        if (isShutOut)
        {
            throw OrganizationErrors.InvitationUnknown();
        }
    }

    private async Task<(Invitation Invitation, Organization Organization)> FindAsync(LoopaiDbContext db, string token, CancellationToken ct)
    {
        var hash = InvitationService.HashOf(token);
        var now = time.GetUtcNow();
        var invitation = await db.Invitations.FirstOrDefaultAsync(i => i.TokenHash == hash, ct);
        return invitation is not null && invitation.StatusAt(now) == InvitationStatus.Open
            && await db.Organizations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == invitation.OrganizationId && o.DeletedAt == null, ct) is { } organization
            ? (invitation, organization)
            : throw OrganizationErrors.InvitationUnknown();
    }
}

/// <param name="Email">Whom it is for.</param>
/// <param name="OrganizationName">What they are invited to.</param>
/// <param name="OrganizationSlug">Its name in URLs.</param>
/// <param name="InvitedBy">Who invites.</param>
/// <param name="ExpiresAt">Until when.</param>
/// <param name="HasAccount">Whether the address has an account, which then has to sign in.</param>
public sealed record InvitationOffer(string Email, string OrganizationName, string OrganizationSlug, string InvitedBy, DateTimeOffset ExpiresAt, bool HasAccount);
