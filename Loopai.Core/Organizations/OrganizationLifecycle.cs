using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Identity.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Organizations;

/// <summary>The end of an organization, the way back from it, and a change of hands.</summary>
public sealed class OrganizationLifecycle(LoopaiData data, TimeProvider time)
{
    /// <summary>For how long a deletion can be taken back.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(14);

    /// <summary>
    /// Hides the organization from everybody and stops its keys, within a second and on every instance. Nothing of it goes before the grace period is over.
    /// </summary>
    /// <returns>Until when it can be restored.</returns>
    public async Task<DateTimeOffset> DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationDelete);
        caller.DemandOwn(id);
        await data.DemandConfirmedAsync(caller, time.GetUtcNow(), ct);
        await using var db = await data.OpenAsync(caller, ct);
        var organization = await db.Organizations.SingleAsync(ct);
        organization.DeletedAt ??= time.GetUtcNow();
        organization.Revision++;
        db.Record(caller, "organization.deleted", "organization", organization.Id, new { organization.Name, goneAt = organization.DeletedAt + Grace });
        await db.SaveChangesAsync(ct);
        return organization.DeletedAt.Value + Grace;
    }

    /// <summary>Brings an organization back with all it had. Only who owned it can, and to everybody else it does not exist.</summary>
    public async Task<Organization> RestoreAsync(Person person, Guid organizationId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var organization = await Restorable(db, person.Id).FirstOrDefaultAsync(o => o.Id == organizationId, ct) ?? throw OrganizationErrors.NotFound(organizationId);
        organization.DeletedAt = null;
        organization.Revision++;
        db.Record(person.In(organizationId), "organization.restored", "organization", organizationId, new { organization.Name });
        await db.SaveChangesAsync(ct);
        return organization;
    }

    /// <summary>The deleted organizations that the person can bring back, the last deleted first.</summary>
    public async Task<IReadOnlyList<Organization>> RestorableAsync(Guid personId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await Restorable(db, personId).AsNoTracking().OrderByDescending(o => o.DeletedAt).ToListAsync(ct);
    }

    /// <summary>Makes another active member an owner, and the caller an administrator.</summary>
    public async Task TransferAsync(Caller caller, Guid id, Guid userId, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationDelete);
        caller.DemandHandOn(BuiltInRoles.Owner, GrantScope.Organization);
        caller.DemandOwn(id);
        await data.DemandConfirmedAsync(caller, time.GetUtcNow(), ct);
        var from = caller.PersonId ?? throw OrganizationErrors.NobodyBehind();
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        await change.Db.RequireMemberAsync(change.OrganizationId, from, ct);
        var member = await change.Db.RequireMemberAsync(change.OrganizationId, userId, ct);
        if (member.Status != MembershipStatus.Active || userId == from)
        {
            throw OrganizationErrors.CannotTake();
        }

        var owned = await change.Db.Grants
            .Where(g => g.UserId == from && g.RoleId == BuiltInRoles.OwnerId && g.EnvironmentId == null && g.TaskId == null && g.Source == AccessSource.Manual)
            .ToListAsync(ct);
        if (owned.Count == 0)
        {
            throw OrganizationErrors.NotYoursToTransfer();
        }

        foreach (var grant in owned)
        {
            change.Remove(caller, grant);
        }

        await GiveAsync(change, caller, userId, BuiltInRoles.OwnerId, ct);
        await GiveAsync(change, caller, from, BuiltInRoles.Admin.Id, ct);
        change.Db.Record(caller, "organization.transferred", "organization", change.OrganizationId, new { from, to = userId });
        await change.CommitAsync(ct);
    }

    private async Task GiveAsync(AccessChange change, Caller caller, Guid userId, string role, CancellationToken ct)
    {
        if (!await change.Db.Grants.AnyAsync(
            g => g.UserId == userId && g.RoleId == role && g.EnvironmentId == null && g.TaskId == null && g.Source == AccessSource.Manual, ct))
        {
            change.Add(caller, new Grant
            {
                Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, UserId = userId, RoleId = role, Source = AccessSource.Manual,
                GrantedBy = caller.Name, CreatedAt = time.GetUtcNow(),
            });
        }
    }

    private IQueryable<Organization> Restorable(LoopaiDbContext db, Guid personId)
    {
        var since = time.GetUtcNow() - Grace;
        return db.Organizations.Where(o => o.DeletedAt > since
            && db.Memberships.Any(m => m.OrganizationId == o.Id && m.UserId == personId && m.Status == MembershipStatus.Active
                && db.Grants.Any(g => g.OrganizationId == o.Id && g.RoleId == BuiltInRoles.OwnerId && g.EnvironmentId == null && g.TaskId == null
                    && (g.UserId == personId || db.TeamMembers.Any(t => t.TeamId == g.TeamId && t.UserId == personId)))));
    }
}
