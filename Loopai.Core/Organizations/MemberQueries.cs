using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Organizations;

internal static class MemberQueries
{
    /// <summary>Whoever names another organization than their own names one that does not exist.</summary>
    public static void DemandOwn(this Caller caller, Guid organizationId)
    {
        if (organizationId != caller.OrganizationId)
        {
            throw OrganizationErrors.NotFound(organizationId);
        }
    }

    public static async Task<Membership> RequireMemberAsync(this LoopaiDbContext db, Guid organizationId, Guid userId, CancellationToken ct) =>
        await db.Memberships.FirstOrDefaultAsync(m => m.OrganizationId == organizationId && m.UserId == userId, ct) ?? throw OrganizationErrors.MemberNotFound(userId);

    public static async Task<Team> RequireTeamAsync(this LoopaiDbContext db, Guid organizationId, Guid teamId, CancellationToken ct) =>
        await db.Teams.FirstOrDefaultAsync(t => t.OrganizationId == organizationId && t.Id == teamId, ct) ?? throw OrganizationErrors.TeamNotFound(teamId);
}
