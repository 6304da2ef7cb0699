using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Identity.Scim.Resources;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.Scim;

/// <summary>Groups as a directory provisions them: teams that it alone names and fills. What a team may do is granted in Loopai.</summary>
public sealed class ScimGroupService(LoopaiData data, TimeProvider time)
{
    private const string Kind = "team";
    private static readonly ScimSchema Schema = ScimSchemas.Group;

    public async Task<ScimView> GetAsync(Caller caller, string id, ScimProjection projection, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var db = await data.OpenAsync(caller, ct);
        return (await ViewAsync(db, [await db.RequireProvisionedAsync(caller.OrganizationId, ScimKind.Group, id, ct)], projection.Wants("members"), ct))[0];
    }

    public async Task<ScimList> ListAsync(Caller caller, ScimListRequest request, ScimProjection projection, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var db = await data.OpenAsync(caller, ct);
        var (total, rows) = await ScimPage.ReadAsync(db, ScimKind.Group, request, ct);
        return new ScimList(await ViewAsync(db, rows, projection.Wants("members"), ct), total, request.StartIndex);
    }

    public async Task<ScimView> CreateAsync(Caller caller, JsonElement body, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        var document = ScimReader.Read(Schema, body);
        var (name, now) = (NameOf(document), time.GetUtcNow());
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var db = change.Db;
        await DemandFreeAsync(change, null, name, ct);
        var team = new Team { Id = Guid.CreateVersion7(), OrganizationId = change.OrganizationId, Name = name, CreatedAt = now };
        var resource = new ScimResource
        {
            Id = team.Id, OrganizationId = change.OrganizationId, Kind = ScimKind.Group, Name = name, NameKey = "", Document = "{}", CreatedAt = now, ChangedAt = now,
        };
        db.Teams.Add(team);
        db.ScimResources.Add(resource);
        await ScimDocument.StoreAsync(db, resource, document, name, now, ct);
        db.Record(caller, "team.created", Kind, team.Id, new { team.Name, externalId = resource.ExternalId });
        await SetMembersAsync(change, caller, team, [], MembersOf(document), now, ct);
        await change.CommitAsync(ct);
        return (await ViewAsync(db, [resource], withMembers: true, ct))[0];
    }

    public Task<ScimView> ReplaceAsync(Caller caller, string id, JsonElement body, string? ifMatch, CancellationToken ct) =>
        ChangeAsync(caller, id, ifMatch, _ => ScimReader.Read(Schema, body), ct);

    public Task<ScimView> PatchAsync(Caller caller, string id, JsonElement body, string? ifMatch, CancellationToken ct) =>
        ChangeAsync(caller, id, ifMatch, document => ScimPatch.Apply(Schema, document, body), ct);

    /// <summary>Deletes the team with its grants. Its people stay members.</summary>
    public async Task DeleteAsync(Caller caller, string id, string? ifMatch, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var resource = await change.Db.RequireProvisionedAsync(change.OrganizationId, ScimKind.Group, id, ct);
        ScimDocument.DemandVersion(ifMatch, VersionOf(resource));
        await TeamService.DeleteAsync(change, caller, resource.Id, ct);
        await change.CommitAsync(ct);
    }

    private async Task<ScimView> ChangeAsync(Caller caller, string id, string? ifMatch, Func<JsonObject, JsonObject> edit, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var db = change.Db;
        var resource = await db.RequireProvisionedAsync(change.OrganizationId, ScimKind.Group, id, ct);
        ScimDocument.DemandVersion(ifMatch, VersionOf(resource));
        var team = await db.RequireTeamAsync(change.OrganizationId, resource.Id, ct);
        var members = await db.TeamMembers.Where(m => m.TeamId == team.Id && m.Source == AccessSource.Scim).ToListAsync(ct);
        var before = ScimDocument.Open(resource);
        before["members"] = new JsonArray([.. members.Select(m => (JsonNode)new JsonObject { ["value"] = $"{m.UserId}" })]);
        var after = edit(before);
        var (name, now) = (NameOf(after), time.GetUtcNow());
        if (name != team.Name)
        {
            await DemandFreeAsync(change, team.Id, name, ct);
            db.Record(caller, "team.updated", Kind, team.Id, new { before = new { team.Name }, after = new { name } });
            team.Name = name;
        }

        var isFilledAnew = await SetMembersAsync(change, caller, team, members, MembersOf(after), now, ct);
        if (!await ScimDocument.StoreAsync(db, resource, after, name, now, ct) && isFilledAnew)
        {
            ScimDocument.Touch(resource, now);
        }

        await change.CommitAsync(ct);
        return (await ViewAsync(db, [resource], withMembers: true, ct))[0];
    }

    /// <summary>Makes these the people whom the directory keeps in the team; false when they are already. Who fills a team hands on what it holds.</summary>
    private static async Task<bool> SetMembersAsync(
        AccessChange change, Caller caller, Team team, List<TeamMember> members, HashSet<Guid> wanted, DateTimeOffset now, CancellationToken ct)
    {
        var gone = members.Where(m => !wanted.Contains(m.UserId)).ToList();
        var added = wanted.Except(members.Select(m => m.UserId)).ToList();
        if (gone.Count + added.Count == 0)
        {
            return false;
        }

        await TeamService.OpenAsync(change, caller, team, ct);
        var known = await change.Db.ScimResources.Where(r => r.Kind == ScimKind.User && added.Contains(r.Id)).Select(r => r.Id).ToListAsync(ct);
        if (added.Except(known).Select(id => (Guid?)id).FirstOrDefault() is { } unknown)
        {
            throw ScimErrors.Value("members", $"'{unknown}' is no user that this directory provisions. Provision people before their groups.");
        }

        gone.ForEach(member => TeamService.Remove(change, caller, team, member));
        added.ForEach(userId => TeamService.Add(change, caller, team, userId, AccessSource.Scim, now));
        return true;
    }

    private static async Task DemandFreeAsync(AccessChange change, Guid? id, string name, CancellationToken ct)
    {
        await change.Db.DemandFreeAsync(change.OrganizationId, ScimKind.Group, id, name, ct);
        if (await change.Db.Teams.AnyAsync(t => t.Name == name && t.Id != id, ct))
        {
            throw ScimErrors.TeamKeptByHand(name);
        }
    }

    private static string NameOf(JsonObject document)
    {
        var name = ((string)document["displayName"]!).Trim();
        return name.Length <= Team.MaxNameLength ? name : throw ScimErrors.Value("displayName", $"A group's name has at most {Team.MaxNameLength} characters.");
    }

    private static HashSet<Guid> MembersOf(JsonObject document) =>
    [
        .. (document["members"] as JsonArray ?? []).Select(item => (string?)item!["value"]).Select(value =>
            Guid.TryParse(value, out var id) ? id : throw ScimErrors.Value("members", $"'{value}' is no user's id.")),
    ];

    private static async Task<List<ScimView>> ViewAsync(LoopaiDbContext db, IReadOnlyList<ScimResource> resources, bool withMembers, CancellationToken ct)
    {
        var ids = resources.Select(r => r.Id).ToList();
        var members = withMembers
            ? (await db.TeamMembers.AsNoTracking().Where(m => ids.Contains(m.TeamId) && m.Source == AccessSource.Scim)
                .Join(db.ScimResources, m => m.UserId, r => r.Id, (m, r) => new { m.TeamId, r.Id, r.Name, m.JoinedAt })
                .OrderBy(m => m.JoinedAt).ThenBy(m => m.Id).ToListAsync(ct)).ToLookup(m => m.TeamId)
            : null;
        return [.. resources.Select(resource =>
        {
            var document = ScimDocument.Open(resource);
            document["displayName"] = resource.Name;
            if (members is not null && members[resource.Id].Any())
            {
                document["members"] = new JsonArray([.. members[resource.Id].Select(m =>
                    (JsonNode)new JsonObject { ["value"] = $"{m.Id}", ["display"] = m.Name, ["type"] = "User" })]);
            }

            return new ScimView(resource, document, VersionOf(resource));
        })];
    }

    private static string VersionOf(ScimResource resource) => $"W/\"{resource.Version}\"";
}
