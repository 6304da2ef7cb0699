using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Identity.Scim;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Organizations;

/// <summary>Who belongs to an organization: let in, shut out for a while, and removed. Nobody does this to somebody who may more than they.</summary>
public sealed class MemberService(LoopaiData data, TimeProvider time)
{
    /// <summary>Makes a person a member, without any grant. Who is one already stays as they are, shut out or not.</summary>
    public async Task<Membership> ProvisionAsync(Caller caller, Guid userId, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var existing = await change.Db.Memberships.FirstOrDefaultAsync(m => m.UserId == userId, ct);
        if (existing is not null)
        {
            return existing;
        }

        var membership = new Membership { OrganizationId = caller.OrganizationId, UserId = userId, JoinedAt = time.GetUtcNow() };
        change.Db.Memberships.Add(membership);
        change.Db.Record(caller, "member.added", "member", userId);
        await change.CommitAsync(ct);
        return membership;
    }

    /// <summary>Shuts a member out at once, and keeps what they hold. Doing it twice changes nothing.</summary>
    public Task DeactivateAsync(Caller caller, Guid userId, CancellationToken ct) =>
        SetStatusAsync(caller, userId, MembershipStatus.Deactivated, ct);

    /// <summary>Lets a member in again, with all they held.</summary>
    public Task ReactivateAsync(Caller caller, Guid userId, CancellationToken ct) =>
        SetStatusAsync(caller, userId, MembershipStatus.Active, ct);

    /// <summary>Ends a membership, with its grants and its places in teams.</summary>
    public async Task RemoveAsync(Caller caller, Guid userId, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        await DemandOverAsync(change, caller, userId, ct);
        await RemoveAsync(change, caller, userId, "member.removed", ct);
    }

    /// <summary>Ends the caller's own membership. Everybody may, but the last owner.</summary>
    public async Task LeaveAsync(Caller caller, CancellationToken ct)
    {
        var userId = caller.PersonId ?? throw OrganizationErrors.NobodyBehind();
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        await RemoveAsync(change, caller, userId, "member.left", ct);
    }

    private async Task SetStatusAsync(Caller caller, Guid userId, MembershipStatus status, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var member = await DemandOverAsync(change, caller, userId, ct);
        if (SetStatus(change, caller, member, status, time.GetUtcNow()))
        {
            await change.CommitAsync(ct);
        }
    }

    /// <summary>Lets a member in or shuts them out, within a change; false when they stand there already.</summary>
    internal static bool SetStatus(AccessChange change, Caller caller, Membership member, MembershipStatus status, DateTimeOffset now)
    {
        if (member.Status == status)
        {
            return false;
        }

        member.Status = status;
        member.DeactivatedAt = status == MembershipStatus.Active ? null : now;
        change.Db.Record(caller, status == MembershipStatus.Active ? "member.reactivated" : "member.deactivated", "member", member.UserId);
        return true;
    }

    /// <summary>The member, whom the caller may change: nobody changes somebody who may more than they.</summary>
    internal static async Task<Membership> DemandOverAsync(AccessChange change, Caller caller, Guid userId, CancellationToken ct)
    {
        var member = await change.Db.RequireMemberAsync(change.OrganizationId, userId, ct);
        caller.DemandHandOn(
            await change.Db.GrantsOfAsync(change.OrganizationId, userId, ct), await change.Db.RolesAsync(change.OrganizationId, ct));
        return member;
    }

    private static async Task RemoveAsync(AccessChange change, Caller caller, Guid userId, string action, CancellationToken ct)
    {
        var db = change.Db;
        var member = await db.RequireMemberAsync(change.OrganizationId, userId, ct);
        var grants = await db.Grants.Where(g => g.UserId == userId).ToListAsync(ct);
        var places = await db.TeamMembers.Where(m => m.UserId == userId).ToListAsync(ct);
        db.Grants.RemoveRange(grants);
        db.TeamMembers.RemoveRange(places);
        db.Memberships.Remove(member);
        await db.ForgetProvisionedAsync(change.OrganizationId, userId, ct);
        db.Record(caller, action, "member", userId, new
        {
            before = new { grants = grants.Select(g => new { role = g.RoleId, g.EnvironmentId, g.TaskId }), teams = places.Select(p => p.TeamId).Distinct() },
        });
        await change.CommitAsync(ct);
    }
}
