using Loopai.Core.Data;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Access;

/// <summary>What several services read of the rules of an organization. The organization is named, so that the system's context serves too.</summary>
internal static class AccessQueries
{
    /// <summary>All roles of the organization by id, the built-in ones among them.</summary>
    public static async Task<Dictionary<string, Role>> RolesAsync(this LoopaiDbContext db, Guid organizationId, CancellationToken ct)
    {
        var custom = await db.CustomRoles.AsNoTracking().Where(r => r.OrganizationId == organizationId).OrderBy(r => r.Name).ToListAsync(ct);
        return BuiltInRoles.All.Concat(custom.Select(r => r.ToRole())).ToDictionary(r => r.Id, StringComparer.Ordinal);
    }

    /// <summary>What a person holds, directly and through teams.</summary>
    public static async Task<List<Grant>> GrantsOfAsync(this LoopaiDbContext db, Guid organizationId, Guid userId, CancellationToken ct) =>
        await db.Grants.AsNoTracking()
            .Where(g => g.OrganizationId == organizationId
                && (g.UserId == userId || db.TeamMembers.Any(m => m.OrganizationId == organizationId && m.TeamId == g.TeamId && m.UserId == userId)))
            .ToListAsync(ct);

    /// <summary>What an active member may do in an environment; null for anybody else.</summary>
    public static async Task<HeldPermissions?> HeldByAsync(this LoopaiDbContext db, Guid organizationId, Guid userId, Guid environmentId, CancellationToken ct)
    {
        if (!await db.Memberships.AnyAsync(m => m.OrganizationId == organizationId && m.UserId == userId && m.Status == MembershipStatus.Active, ct))
        {
            return null;
        }

        var roles = await db.RolesAsync(organizationId, ct);
        return HeldPermissions.Of(
            (await db.GrantsOfAsync(organizationId, userId, ct)).Where(g => roles.ContainsKey(g.RoleId)).Select(g => (g.Scope, roles[g.RoleId])), environmentId);
    }

    /// <summary>The active members who hold the owner's role on the organization, directly or through a team.</summary>
    public static IQueryable<Membership> Owners(this LoopaiDbContext db, Guid organizationId) =>
        db.Memberships.Where(m => m.OrganizationId == organizationId && m.Status == MembershipStatus.Active
            && db.Grants.Any(g => g.OrganizationId == organizationId && g.RoleId == BuiltInRoles.OwnerId && g.EnvironmentId == null && g.TaskId == null
                && (g.UserId == m.UserId
                    || db.TeamMembers.Any(t => t.OrganizationId == organizationId && t.TeamId == g.TeamId && t.UserId == m.UserId))));
}
