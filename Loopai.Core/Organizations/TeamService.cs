using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Scim;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Organizations;

/// <summary>Teams and who is in them. Who puts somebody into a team hands on what the team holds, and has to hold it.</summary>
public sealed class TeamService(LoopaiData data, TimeProvider time)
{
    /// <summary>The teams by name, with how many are in each and what each holds.</summary>
    public async Task<IReadOnlyList<TeamEntry>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationRead);
        await using var db = await data.OpenAsync(caller, ct);
        var teams = await db.Teams.AsNoTracking().OrderBy(t => t.Name)
            .Select(t => new { Team = t, Members = db.TeamMembers.Where(m => m.TeamId == t.Id).Select(m => m.UserId).Distinct().Count() }).ToListAsync(ct);
        var grants = (await db.Grants.AsNoTracking().Where(g => g.TeamId != null).ToListAsync(ct)).ToLookup(g => g.TeamId!.Value);
        return [.. teams.Select(t => new TeamEntry(t.Team, t.Members, [.. grants[t.Team.Id]]))];
    }

    public async Task<TeamDetail> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationRead);
        await using var db = await data.OpenAsync(caller, ct);
        var team = await db.RequireTeamAsync(caller.OrganizationId, id, ct);
        return new TeamDetail(team, await db.TeamMembers.AsNoTracking().Where(m => m.TeamId == id).OrderBy(m => m.JoinedAt).ToListAsync(ct));
    }

    public async Task<Team> CreateAsync(Caller caller, string? name, string? description, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        Check(name, description);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        if (await change.Db.Teams.AnyAsync(t => t.Name == name!.Trim(), ct))
        {
            throw OrganizationErrors.TeamNameTaken(name!.Trim());
        }

        return await AddAsync(change, caller, name!.Trim(), description, ct);
    }

    /// <summary>The team of this name; made where there is none.</summary>
    public async Task<Team> EnsureAsync(Caller caller, string name, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        Check(name, null);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        return await change.Db.Teams.FirstOrDefaultAsync(t => t.Name == name.Trim(), ct) ?? await AddAsync(change, caller, name.Trim(), null, ct);
    }

    /// <summary>Changes what is given, and leaves the rest.</summary>
    public async Task<Team> UpdateAsync(Caller caller, Guid id, string? name, string? description, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var team = await change.Db.RequireTeamAsync(change.OrganizationId, id, ct);
        var (newName, newDescription) = (name?.Trim() ?? team.Name, description?.Trim() ?? team.Description);
        Check(newName, newDescription);
        if (newName != team.Name && await change.Db.Teams.AnyAsync(t => t.Name == newName, ct))
        {
            throw OrganizationErrors.TeamNameTaken(newName);
        }

        if (newName != team.Name && await change.Db.ScimResources.AnyAsync(r => r.OrganizationId == change.OrganizationId && r.Id == id, ct))
        {
            throw OrganizationErrors.TeamKeptByDirectory(team.Name);
        }

        change.Db.Record(caller, "team.updated", "team", id,
            new { before = new { team.Name, team.Description }, after = new { name = newName, description = newDescription } });
        (team.Name, team.Description) = (newName, newDescription);
        await change.CommitAsync(ct);
        return team;
    }

    /// <summary>Deletes a team, with its grants. Its people stay members.</summary>
    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        await DeleteAsync(change, caller, id, ct);
        await change.CommitAsync(ct);
    }

    internal static async Task DeleteAsync(AccessChange change, Caller caller, Guid id, CancellationToken ct)
    {
        var (team, grants) = await OpenAsync(change, caller, id, ct);
        var members = await change.Db.TeamMembers.Where(m => m.TeamId == id).ToListAsync(ct);
        change.Db.TeamMembers.RemoveRange(members);
        change.Db.Grants.RemoveRange(grants);
        change.Db.Teams.Remove(team);
        foreach (var task in await change.Db.Tasks.Where(t => t.TeamId == id).ToListAsync(ct))
        {
            task.TeamId = null;
            task.Revision++;
        }

        await change.Db.ForgetProvisionedAsync(change.OrganizationId, id, ct);
        change.Db.Record(caller, "team.deleted", "team", id, new
        {
            before = new { team.Name, members = members.Select(m => m.UserId).Distinct(), grants = grants.Select(g => new { role = g.RoleId, g.EnvironmentId, g.TaskId }) },
        });
    }

    /// <summary>Puts a member into a team. Who is in it already stays in it.</summary>
    public async Task AddMemberAsync(Caller caller, Guid teamId, Guid userId, AccessSource source, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var (team, _) = await OpenAsync(change, caller, teamId, ct);
        await change.Db.RequireMemberAsync(change.OrganizationId, userId, ct);
        if (!await change.Db.TeamMembers.AnyAsync(m => m.TeamId == teamId && m.UserId == userId && m.Source == source, ct))
        {
            Add(change, caller, team, userId, source, time.GetUtcNow());
            await change.CommitAsync(ct);
        }
    }

    /// <summary>Takes a member out of a team, as far as the source keeps them there.</summary>
    public async Task RemoveMemberAsync(Caller caller, Guid teamId, Guid userId, AccessSource source, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        var (team, _) = await OpenAsync(change, caller, teamId, ct);
        var kept = await change.Db.TeamMembers.Where(m => m.TeamId == teamId && m.UserId == userId).ToListAsync(ct);
        if (kept.Count == 0)
        {
            throw OrganizationErrors.MemberNotFound(userId);
        }

        if (kept.Find(m => m.Source == source) is not { } member)
        {
            throw AccessErrors.KeptByDirectory();
        }

        Remove(change, caller, team, member);
        await change.CommitAsync(ct);
    }

    /// <summary>Makes these the teams in which a source keeps a member, and leaves what other sources keep.</summary>
    public async Task SetTeamsAsync(Caller caller, Guid userId, IReadOnlyCollection<Guid> teamIds, AccessSource source, CancellationToken ct)
    {
        caller.Demand(Permissions.MembersManage);
        await using var change = await AccessChange.BeginAsync(data, caller, ct);
        await change.Db.RequireMemberAsync(change.OrganizationId, userId, ct);
        var kept = await change.Db.TeamMembers.Where(m => m.UserId == userId && m.Source == source).ToListAsync(ct);
        foreach (var member in kept.Where(m => !teamIds.Contains(m.TeamId)))
        {
            Remove(change, caller, (await OpenAsync(change, caller, member.TeamId, ct)).Team, member);
        }

        foreach (var teamId in teamIds.Where(id => kept.TrueForAll(m => m.TeamId != id)).Distinct())
        {
            Add(change, caller, (await OpenAsync(change, caller, teamId, ct)).Team, userId, source, time.GetUtcNow());
        }

        await change.CommitAsync(ct);
    }

    private static async Task<(Team Team, List<Grant> Grants)> OpenAsync(AccessChange change, Caller caller, Guid id, CancellationToken ct)
    {
        var team = await change.Db.RequireTeamAsync(change.OrganizationId, id, ct);
        return (team, await OpenAsync(change, caller, team, ct));
    }

    /// <summary>What the team holds, all of which the caller may hand on.</summary>
    internal static async Task<List<Grant>> OpenAsync(AccessChange change, Caller caller, Team team, CancellationToken ct)
    {
        var grants = await change.Db.Grants.Where(g => g.TeamId == team.Id).ToListAsync(ct);
        caller.DemandHandOn(grants, await change.Db.RolesAsync(change.OrganizationId, ct));
        return grants;
    }

    private async Task<Team> AddAsync(AccessChange change, Caller caller, string name, string? description, CancellationToken ct)
    {
        var team = new Team
        {
            Id = Guid.CreateVersion7(), OrganizationId = change.OrganizationId, Name = name, Description = description?.Trim() ?? "", CreatedAt = time.GetUtcNow(),
        };
        change.Db.Teams.Add(team);
        change.Db.Record(caller, "team.created", "team", team.Id, new { team.Name });
        await change.CommitAsync(ct);
        return team;
    }

    internal static void Add(AccessChange change, Caller caller, Team team, Guid userId, AccessSource source, DateTimeOffset now)
    {
        change.Db.TeamMembers.Add(new TeamMember
        {
            OrganizationId = change.OrganizationId, TeamId = team.Id, UserId = userId, Source = source, JoinedAt = now,
        });
        change.Db.Record(caller, "team.member_added", "team", team.Id, new { team.Name, userId, source });
    }

    internal static void Remove(AccessChange change, Caller caller, Team team, TeamMember member)
    {
        change.Db.TeamMembers.Remove(member);
        change.Db.Record(caller, "team.member_removed", "team", team.Id, new { team.Name, member.UserId, member.Source });
    }

    private static void Check(string? name, string? description) => new FieldErrors()
        .AddIf(string.IsNullOrWhiteSpace(name) || name.Trim().Length > Team.MaxNameLength, "name", $"Give the team a name of at most {Team.MaxNameLength} characters.")
        .AddIf(description?.Length > 1000, "description", "A description has at most 1000 characters.")
        .ThrowIfAny("team.invalid", "The team cannot be made like this.");
}

/// <param name="Team">The team.</param>
/// <param name="Members">How many are in it.</param>
/// <param name="Grants">What it holds.</param>
public sealed record TeamEntry(Team Team, int Members, IReadOnlyList<Grant> Grants);

/// <param name="Team">The team.</param>
/// <param name="Members">Who is in it; a member whom two sources keep stands here twice.</param>
public sealed record TeamDetail(Team Team, IReadOnlyList<TeamMember> Members);
