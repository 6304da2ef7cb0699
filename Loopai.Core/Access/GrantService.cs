using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Access;

/// <summary>Gives roles to people and teams, and takes them back.</summary>
public sealed class GrantService(LoopaiData data, TimeProvider time)
{
    /// <summary>One window of the organization's grants, oldest first.</summary>
    public async Task<Page<Grant>> ListAsync(Caller caller, Holder? holder, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var grants = db.Grants.AsNoTracking();
        if (holder is { } one)
        {
            grants = grants.Where(g => g.UserId == one.UserId && g.TeamId == one.TeamId);
        }

        if (Cursor.Decode<After>(page.Cursor) is { } after)
        {
            grants = grants.Where(g => g.Id.CompareTo(after.Id) > 0);
        }

        var rows = await grants.OrderBy(g => g.Id).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<Grant>([.. rows.Take(page.Limit)], rows.Count > page.Limit ? Cursor.Encode(new After(rows[page.Limit - 1].Id)) : null);
    }

    /// <summary>Gives a role. What is there already is answered as it is.</summary>
    public async Task<Grant> CreateAsync(Caller caller, Holder holder, WantedGrant wanted, CancellationToken ct)
    {
        caller.Demand(Permissions.RolesManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        await RequireHolderAsync(change, holder, ct);
        var roles = await change.Db.RolesAsync(change.OrganizationId, ct);
        await change.Db.CheckAsync(change.OrganizationId, [wanted], roles, ct);
        caller.DemandHandOn(roles[wanted.RoleId], wanted.Scope);
        await DemandConfirmedAsync(caller, [roles[wanted.RoleId]], ct);
        var existing = await HeldBy(change.Db, change.OrganizationId, holder).FirstOrDefaultAsync(
            g => g.Source == AccessSource.Manual && g.RoleId == wanted.RoleId && g.EnvironmentId == wanted.EnvironmentId && g.TaskId == wanted.TaskId, ct);
        if (existing is not null)
        {
            return existing;
        }

        var grant = Add(change, caller, holder, wanted, AccessSource.Manual);
        await change.CommitAsync(ct);
        return grant;
    }

    /// <summary>Takes a role back.</summary>
    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.RolesManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var grant = await change.Db.Grants.FirstOrDefaultAsync(g => g.Id == id, ct) ?? throw AccessErrors.GrantNotFound(id);
        if (grant.Source != AccessSource.Manual)
        {
            throw AccessErrors.KeptByDirectory();
        }

        caller.DemandHandOn([grant], await change.Db.RolesAsync(change.OrganizationId, ct));
        change.Remove(caller, grant);
        await change.CommitAsync(ct);
    }

    /// <summary>
    /// Makes these the holder's grants of one source, and leaves those of other sources alone: what an administrator gave by hand survives every sign-in,
    /// and what a directory keeps survives the administrator. What the caller may not hand on is refused, unless it stays as it is.
    /// </summary>
    public async Task SetAsync(Caller caller, Holder holder, IReadOnlyList<WantedGrant> wanted, AccessSource source, CancellationToken ct)
    {
        caller.Demand(Permissions.RolesManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        await RequireHolderAsync(change, holder, ct);
        var roles = await change.Db.RolesAsync(change.OrganizationId, ct);
        await change.Db.CheckAsync(change.OrganizationId, wanted, roles, ct);
        var held = await HeldBy(change.Db, change.OrganizationId, holder).Where(g => g.Source == source).ToListAsync(ct);
        var gone = held.Where(g => !wanted.Contains(new WantedGrant(g.RoleId, g.EnvironmentId, g.TaskId))).ToList();
        var added = wanted.Distinct().Where(w => !held.Any(g => new WantedGrant(g.RoleId, g.EnvironmentId, g.TaskId) == w)).ToList();
        caller.DemandHandOn(gone, roles);
        foreach (var grant in added)
        {
            caller.DemandHandOn(roles[grant.RoleId], grant.Scope);
        }

        await DemandConfirmedAsync(caller, added.Select(grant => roles[grant.RoleId]), ct);
        gone.ForEach(grant => change.Remove(caller, grant));
        added.ForEach(grant => Add(change, caller, holder, grant, source));
        if (gone.Count + added.Count > 0)
        {
            await change.CommitAsync(ct);
        }
    }

    /// <summary>Roles that make others powerful are given by somebody who proved lately who they are.</summary>
    private Task DemandConfirmedAsync(Caller caller, IEnumerable<Role> added, CancellationToken ct) =>
        added.Any(role => role.Permissions.Contains(Permissions.RolesManage) || role.Permissions.Contains(Permissions.OrganizationDelete))
            ? data.DemandConfirmedAsync(caller, time.GetUtcNow(), ct)
            : Task.CompletedTask;

    private Grant Add(AccessChange change, Caller caller, Holder holder, WantedGrant wanted, AccessSource source)
    {
        var grant = new Grant
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = change.OrganizationId,
            UserId = holder.UserId,
            TeamId = holder.TeamId,
            RoleId = wanted.RoleId,
            EnvironmentId = wanted.EnvironmentId,
            TaskId = wanted.TaskId,
            Source = source,
            GrantedBy = caller.Name,
            CreatedAt = time.GetUtcNow(),
        };
        change.Add(caller, grant);
        return grant;
    }

    private static IQueryable<Grant> HeldBy(LoopaiDbContext db, Guid organizationId, Holder holder) =>
        db.Grants.Where(g => g.OrganizationId == organizationId && g.UserId == holder.UserId && g.TeamId == holder.TeamId);

    private static async Task RequireHolderAsync(AccessChange change, Holder holder, CancellationToken ct)
    {
        switch (holder)
        {
            case { UserId: { } user, TeamId: null }:
                await change.Db.RequireMemberAsync(change.OrganizationId, user, ct);
                break;
            case { TeamId: { } team, UserId: null }:
                await change.Db.RequireTeamAsync(change.OrganizationId, team, ct);
                break;
            default:
                throw new InvalidException("grant.holder", "userId", "A grant has one holder: give userId or teamId.");
        }
    }

    private sealed record After(Guid Id);
}
