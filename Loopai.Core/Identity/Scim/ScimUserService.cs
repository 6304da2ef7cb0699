using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Identity.Scim.Filters;
using Loopai.Core.Identity.Scim.Resources;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.Scim;

/// <summary>
/// Members as a directory provisions them. It sees those that it made or claimed, not those that were invited by hand. Who leaves the directory is
/// shut out, not removed: grants and history stay for the day of return.
/// </summary>
public sealed class ScimUserService(LoopaiData data, TimeProvider time)
{
    private const string Kind = "member";
    private static readonly ScimSchema Schema = ScimSchemas.User;

    public async Task<ScimView> GetAsync(Caller caller, string id, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var db = await data.OpenAsync(caller, ct);
        return (await ViewAsync(db, [await db.RequireProvisionedAsync(caller.OrganizationId, ScimKind.User, id, ct)], withGroups: true, ct))[0];
    }

    public async Task<ScimList> ListAsync(Caller caller, ScimListRequest request, ScimProjection projection, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var db = await data.OpenAsync(caller, ct);
        var (total, rows) = await ScimPage.ReadAsync(db, ScimKind.User, request, ct);
        return new ScimList(await ViewAsync(db, rows, projection.Wants("groups"), ct), total, request.StartIndex);
    }

    /// <summary>Makes a member, or claims the one with this address. Whom the organization does not know yet has to be of a domain that it verified.</summary>
    public async Task<ScimView> CreateAsync(Caller caller, JsonElement body, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        var document = ScimReader.Read(Schema, body);
        var person = ScimPerson.Of(document);
        var (name, now) = ((string)document["userName"]!, time.GetUtcNow());
        await using var change = await AccessChange.BeginWithAccountsAsync(data, caller, ct);
        var (db, organizationId) = (change.Db, change.OrganizationId);
        await db.DemandFreeAsync(organizationId, ScimKind.User, null, name, ct);
        var accounts = new ScimAccounts(db, organizationId);
        var user = await accounts.EnsureAsync(person, now, ct);
        if (await db.ScimResources.AnyAsync(r => r.OrganizationId == organizationId && r.Id == user.Id, ct))
        {
            throw ScimErrors.AlreadyProvisioned(person.Email);
        }

        var active = (bool?)document["active"] ?? true;
        await JoinAsync(change, caller, user.Id, active, now, ct);
        await accounts.ChangeAsync(user, person, person, ct);
        var resource = new ScimResource
        {
            Id = user.Id, OrganizationId = organizationId, Kind = ScimKind.User, Name = name, NameKey = "", Document = "{}", CreatedAt = now, ChangedAt = now,
        };
        db.ScimResources.Add(resource);
        await ScimDocument.StoreAsync(db, resource, document, name, now, ct);
        db.Record(caller, "member.provisioned", Kind, user.Id, new { name, after = document });
        await change.CommitAsync(ct);
        return (await ViewAsync(db, [resource], withGroups: true, ct))[0];
    }

    /// <summary>Puts what the directory says in the place of what it said; who is active stays so when it does not tell.</summary>
    public Task<ScimView> ReplaceAsync(Caller caller, string id, JsonElement body, string? ifMatch, CancellationToken ct) =>
        ChangeAsync(caller, id, ifMatch, _ => ScimReader.Read(Schema, body), ct);

    public Task<ScimView> PatchAsync(Caller caller, string id, JsonElement body, string? ifMatch, CancellationToken ct) =>
        ChangeAsync(caller, id, ifMatch, document => ScimPatch.Apply(Schema, document, body), ct);

    /// <summary>Shuts the member out, and forgets what the directory said of them.</summary>
    public async Task DeleteAsync(Caller caller, string id, string? ifMatch, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginWithAccountsAsync(data, caller, ct);
        var (db, organizationId) = (change.Db, change.OrganizationId);
        var resource = await db.RequireProvisionedAsync(organizationId, ScimKind.User, id, ct);
        var membership = await MemberService.DemandOverAsync(change, caller, resource.Id, ct);
        ScimDocument.DemandVersion(ifMatch, VersionOf(resource, membership.Status == MembershipStatus.Active));
        await ShutOutAsync(change, caller, membership, ct);
        db.TeamMembers.RemoveRange(await db.TeamMembers.Where(
            m => m.OrganizationId == organizationId && m.UserId == resource.Id && m.Source == AccessSource.Scim).ToListAsync(ct));
        await db.ForgetProvisionedAsync(organizationId, resource.Id, ct);
        db.Record(caller, "member.deprovisioned", Kind, resource.Id, new { name = resource.Name });
        await change.CommitAsync(ct);
    }

    private async Task<ScimView> ChangeAsync(Caller caller, string id, string? ifMatch, Func<JsonObject, JsonObject> edit, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginWithAccountsAsync(data, caller, ct);
        var (db, organizationId) = (change.Db, change.OrganizationId);
        var resource = await db.RequireProvisionedAsync(organizationId, ScimKind.User, id, ct);
        var membership = await MemberService.DemandOverAsync(change, caller, resource.Id, ct);
        var wasActive = membership.Status == MembershipStatus.Active;
        ScimDocument.DemandVersion(ifMatch, VersionOf(resource, wasActive));
        var before = ScimDocument.Open(resource, wasActive);
        var after = edit(before);
        var (name, now) = ((string)after["userName"]!, time.GetUtcNow());
        await db.DemandFreeAsync(organizationId, ScimKind.User, resource.Id, name, ct);
        var user = await db.Users.SingleAsync(u => u.Id == resource.Id, ct);
        await new ScimAccounts(db, organizationId).ChangeAsync(user, ScimPerson.Of(before), ScimPerson.Of(after), ct);
        var isActive = (bool?)after["active"] ?? wasActive;
        if (isActive != wasActive)
        {
            if (isActive)
            {
                MemberService.SetStatus(change, caller, membership, MembershipStatus.Active, now);
            }
            else
            {
                await ShutOutAsync(change, caller, membership, ct);
            }

            ScimDocument.Touch(resource, now);
        }

        if (await ScimDocument.StoreAsync(db, resource, after, name, now, ct))
        {
            db.Record(caller, "member.profile_changed", Kind, resource.Id, new { name, before, after });
        }

        await change.CommitAsync(ct);
        return (await ViewAsync(db, [resource], withGroups: true, ct))[0];
    }

    private static async Task JoinAsync(AccessChange change, Caller caller, Guid userId, bool active, DateTimeOffset now, CancellationToken ct)
    {
        var status = active ? MembershipStatus.Active : MembershipStatus.Deactivated;
        var membership = await change.Db.Memberships.FirstOrDefaultAsync(m => m.OrganizationId == change.OrganizationId && m.UserId == userId, ct);
        if (membership is null)
        {
            change.Db.Memberships.Add(new Membership
            {
                OrganizationId = change.OrganizationId, UserId = userId, JoinedAt = now, Status = status, DeactivatedAt = active ? null : now,
            });
        }
        else
        {
            MemberService.SetStatus(change, caller, await MemberService.DemandOverAsync(change, caller, userId, ct), status, now);
        }
    }

    /// <summary>The member gets in no more, and sessions that lead nowhere end: those of this organization's provider, or all where it was the only one.</summary>
    private async Task ShutOutAsync(AccessChange change, Caller caller, Membership membership, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        MemberService.SetStatus(change, caller, membership, MembershipStatus.Deactivated, now);
        var isElsewhere = await change.Db.Memberships.AnyAsync(
            m => m.UserId == membership.UserId && m.OrganizationId != change.OrganizationId && m.Status == MembershipStatus.Active, ct);
        var organizationId = change.OrganizationId;
        await change.Db.UserSessions
            .Where(s => s.UserId == membership.UserId && s.EndedAt == null && (!isElsewhere || s.SsoOrganizationId == organizationId))
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now).SetProperty(s => s.EndReason, SessionEnd.ByDirectory), ct);
    }

    private static async Task<List<ScimView>> ViewAsync(LoopaiDbContext db, IReadOnlyList<ScimResource> resources, bool withGroups, CancellationToken ct)
    {
        if (resources.Count == 0)
        {
            return [];
        }

        var (organizationId, ids) = (resources[0].OrganizationId, resources.Select(r => r.Id).ToList());
        var active = (await db.Memberships.Where(m => m.OrganizationId == organizationId && ids.Contains(m.UserId) && m.Status == MembershipStatus.Active)
            .Select(m => m.UserId).ToListAsync(ct)).ToHashSet();
        var groups = withGroups ? await GroupsAsync(db, organizationId, ids, ct) : null;
        return [.. resources.Select(resource =>
        {
            var document = ScimDocument.Open(resource, active.Contains(resource.Id));
            if (groups is not null && groups[resource.Id].Any())
            {
                document["groups"] = new JsonArray([.. groups[resource.Id].Select(g => (JsonNode)new JsonObject { ["value"] = $"{g.Id}", ["display"] = g.Name })]);
            }

            return new ScimView(resource, document, VersionOf(resource, active.Contains(resource.Id)));
        })];
    }

    private static async Task<ILookup<Guid, ScimResource>> GroupsAsync(LoopaiDbContext db, Guid organizationId, List<Guid> userIds, CancellationToken ct)
    {
        var found = await db.TeamMembers.AsNoTracking()
            .Where(m => m.OrganizationId == organizationId && userIds.Contains(m.UserId) && m.Source == AccessSource.Scim)
            .Join(db.ScimResources.Where(r => r.OrganizationId == organizationId), m => m.TeamId, r => r.Id, (m, r) => new { m.UserId, Group = r })
            .ToListAsync(ct);
        return found.OrderBy(g => g.Group.NameKey, StringComparer.Ordinal).ToLookup(g => g.UserId, g => g.Group);
    }

    /// <summary>Whether somebody gets in can change here too, so it is part of the version.</summary>
    private static string VersionOf(ScimResource resource, bool active) => $"W/\"{resource.Version}{(active ? "" : "-off")}\"";
}
