using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Gives a person what the rules say at every sign-in, and takes what they no longer say; what somebody gave by hand stays.</summary>
public sealed class SignOnAccess(LoopaiData data, MemberService members, GrantService grants, TeamService teams)
{
    public async Task ApplyAsync(SignOnConnection connection, Guid userId, bool joins, MappedAccess mapped, CancellationToken ct)
    {
        var caller = Caller.System(connection.OrganizationId);
        if (joins)
        {
            await members.ProvisionAsync(caller, userId, ct);
        }

        var (wanted, wantedTeams, isAsWanted) = await CompareAsync(caller, userId, mapped, ct);
        if (isAsWanted)
        {
            // Almost every sign-in: a change of rights would make the organization's other changes wait.
            return;
        }

        try
        {
            await grants.SetAsync(caller, Holder.User(userId), wanted, AccessSource.Sso, ct);
            await teams.SetTeamsAsync(caller, userId, wantedTeams, AccessSource.Sso, ct);
        }
        catch (ConflictException)
        {
            // The organization would lose its last owner: they keep what they have, until there is another.
        }
    }

    /// <summary>What the rules give that still exists. A role or team that was deleted since the rule was made must not keep people out.</summary>
    private async Task<(List<WantedGrant> Grants, List<Guid> Teams, bool IsAsWanted)> CompareAsync(Caller caller, Guid userId, MappedAccess mapped, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        var roles = await db.RolesAsync(caller.OrganizationId, ct);
        var environments = await db.Environments.Select(e => e.Id).ToListAsync(ct);
        var tasks = mapped.Grants.Select(g => g.TaskId).OfType<Guid>().ToList();
        var knownTasks = tasks.Count == 0 ? [] : await db.Tasks.Where(t => tasks.Contains(t.Id)).Select(t => t.Id).ToListAsync(ct);
        var knownTeams = mapped.Teams.Count == 0 ? [] : await db.Teams.Where(t => mapped.Teams.Contains(t.Id)).Select(t => t.Id).ToListAsync(ct);
        var wanted = mapped.Grants.Select(g => new WantedGrant(g.Role, g.EnvironmentId, g.TaskId))
            .Where(g => roles.TryGetValue(g.RoleId, out var role) && g.Scope.Given(role).Any()
                && (g.EnvironmentId is not { } environment || environments.Contains(environment)) && (g.TaskId is not { } task || knownTasks.Contains(task)))
            .Distinct().ToList();
        var held = await db.Grants.Where(g => g.UserId == userId && g.Source == AccessSource.Sso)
            .Select(g => new WantedGrant(g.RoleId, g.EnvironmentId, g.TaskId)).ToListAsync(ct);
        var heldTeams = await db.TeamMembers.Where(m => m.UserId == userId && m.Source == AccessSource.Sso).Select(m => m.TeamId).ToListAsync(ct);
        return (wanted, knownTeams, held.ToHashSet().SetEquals(wanted) && heldTeams.ToHashSet().SetEquals(knownTeams));
    }
}
