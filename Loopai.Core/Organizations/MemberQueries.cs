using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Organizations;

internal static class MemberQueries
{
    public static async Task<Membership> RequireMemberAsync(this LoopaiDbContext db, Guid organizationId, Guid userId, CancellationToken ct) =>
        await db.Memberships.FirstOrDefaultAsync(m => m.OrganizationId == organizationId && m.UserId == userId, ct) ?? throw OrganizationErrors.MemberNotFound(userId);

    public static async Task<Team> RequireTeamAsync(this LoopaiDbContext db, Guid organizationId, Guid teamId, CancellationToken ct) =>
        await db.Teams.FirstOrDefaultAsync(t => t.OrganizationId == organizationId && t.Id == teamId, ct) ?? throw OrganizationErrors.TeamNotFound(teamId);
}
