using Loopai.Core.ApiKeys;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Access;

/// <summary>Says why somebody may or may not do something: the grants that decide, and why the others do not.</summary>
public sealed class ExplainService(LoopaiData data, TimeProvider time)
{
    /// <param name="caller">Who asks.</param>
    /// <param name="subject">A member or an API key.</param>
    /// <param name="permission">What they would do.</param>
    /// <param name="on">A task or an environment; null for the whole organization.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Explanation> ExplainAsync(Caller caller, Guid subject, string permission, Guid? on, CancellationToken ct)
    {
        caller.Demand(Permissions.OrganizationRead);
        if (!Permissions.All.Contains(permission))
        {
            throw new InvalidException("access.permission", "permission", $"Known permissions: {string.Join(", ", Permissions.All)}.");
        }

        await using var db = await data.OpenAsync(caller, ct);
        var place = await PlaceAsync(db, on, ct);
        if (await db.Memberships.AsNoTracking().FirstOrDefaultAsync(m => m.UserId == subject, ct) is { } member)
        {
            return await OfMemberAsync(db, member, permission, place, ct);
        }

        var key = await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(k => k.Id == subject, ct) ?? throw AccessErrors.SubjectNotFound(subject);
        var why = await WhyNotAsync(db, key, permission, place, ct);
        return new Explanation(key.Name, permission, place.Name, why is null, why ?? "The key was made with this permission.", []);
    }

    /// <summary>Why a key may not; null when it may.</summary>
    private async Task<string?> WhyNotAsync(LoopaiDbContext db, ApiKey key, string permission, Place place, CancellationToken ct)
    {
        if (!key.IsUsable(time.GetUtcNow()))
        {
            return key.RevokedAt is not null ? "The key is revoked." : "The key has expired.";
        }

        if (!key.Permissions.Split(' ').Contains(permission, StringComparer.Ordinal))
        {
            return "The key was made without this permission.";
        }

        if (place is { EnvironmentId: { } environment } && environment != key.EnvironmentId && Permissions.OnEnvironment.Contains(permission))
        {
            return "The key belongs to another environment.";
        }

        if (key.Tasks is { } tasks && Permissions.OnTask.Contains(permission) && !(place.TaskId is { } task && tasks.Contains(task)))
        {
            return place.TaskId is null ? "The key is for single tasks." : "The key is for other tasks.";
        }

        if (key.OwnerId is not { } owner)
        {
            return null;
        }

        return await db.HeldByAsync(key.OrganizationId, owner, key.EnvironmentId, ct) is not { } held ? "The person it belongs to is no active member."
            : held.Here.Contains(permission) || (place.TaskId is { } on && held.MayOneOf([permission], on)) ? null
            : "The person it belongs to may not do this themselves.";
    }

    private async Task<Explanation> OfMemberAsync(LoopaiDbContext db, Membership member, string permission, Place place, CancellationToken ct)
    {
        var name = (await data.NamesAsync(member.OrganizationId, [member.UserId], ct)).GetValueOrDefault(member.UserId)?.DisplayName ?? "";
        var roles = await db.RolesAsync(member.OrganizationId, ct);
        var teams = await db.Teams.AsNoTracking().ToDictionaryAsync(t => t.Id, t => t.Name, ct);
        var environments = await db.Environments.AsNoTracking().ToDictionaryAsync(e => e.Id, e => e.Name, ct);
        var grants = await db.GrantsOfAsync(member.OrganizationId, member.UserId, ct);
        var reasons = grants.Where(g => roles.ContainsKey(g.RoleId))
            .Select(g => Weigh(g, roles[g.RoleId], g.TeamId is { } team ? teams.GetValueOrDefault(team) : null, permission, place, environments))
            .OrderByDescending(r => r.Gives).ThenBy(r => r.RoleName, StringComparer.Ordinal).ToList();
        var active = member.Status == MembershipStatus.Active;
        var giving = reasons.Count(r => r.Gives);
        return new Explanation(
            name, permission, place.Name, active && giving > 0,
            !active ? "The member is deactivated, so that none of their grants counts."
            : giving > 0 ? $"{(giving == 1 ? "One grant gives" : $"{giving} grants give")} it."
            : reasons.Count == 0 ? "They hold no grant at all, neither themselves nor through a team."
            : "None of their grants gives it.",
            reasons);
    }

    private static GrantReason Weigh(Grant grant, Role role, string? team, string permission, Place place, Dictionary<Guid, string> environments)
    {
        var scope = grant.Scope;
        var (gives, why) = !role.Permissions.Contains(permission, StringComparer.Ordinal) ? (false, $"The role {role.Name} does not have this permission.")
            : !scope.Given(role).Contains(permission) ? (false, $"This permission cannot be held for a single {(scope.TaskId is null ? "environment" : "task")}.")
            : scope == GrantScope.Organization ? (true, "It counts everywhere in the organization.")
            : scope.TaskId is { } task ? (task == place.TaskId, task == place.TaskId ? "It counts for this task." : "It counts for another task.")
            : scope.EnvironmentId == place.EnvironmentId ? (true, "It counts in this environment.")
            : (false, $"It counts in {environments.GetValueOrDefault(scope.EnvironmentId!.Value, "another environment")} only.");
        return new GrantReason(grant.Id, role.Id, role.Name, grant.EnvironmentId, grant.TaskId, grant.TeamId, team, grant.Source, gives, why);
    }

    private static async Task<Place> PlaceAsync(LoopaiDbContext db, Guid? on, CancellationToken ct)
    {
        if (on is not { } id)
        {
            return new Place("the organization", null, null);
        }

        if (await db.Tasks.Where(t => t.Id == id).Select(t => t.Name).FirstOrDefaultAsync(ct) is { } task)
        {
            return new Place(task, null, id);
        }

        return await db.Environments.Where(e => e.Id == id).Select(e => e.Name).FirstOrDefaultAsync(ct) is { } environment
            ? new Place(environment, id, null)
            : throw AccessErrors.PlaceNotFound(id);
    }

    private sealed record Place(string Name, Guid? EnvironmentId, Guid? TaskId);
}

/// <param name="Subject">Who, by name.</param>
/// <param name="Permission">What.</param>
/// <param name="On">Where, by name.</param>
/// <param name="Allowed">Whether they may.</param>
/// <param name="Summary">Why, in a sentence.</param>
/// <param name="Grants">Every grant that the member holds, those that give it first; none for a key.</param>
public sealed record Explanation(string Subject, string Permission, string On, bool Allowed, string Summary, IReadOnlyList<GrantReason> Grants);

/// <param name="GrantId">The grant.</param>
/// <param name="RoleId">Its role.</param>
/// <param name="RoleName">The role's name.</param>
/// <param name="EnvironmentId">The environment it is on.</param>
/// <param name="TaskId">The task it is on.</param>
/// <param name="TeamId">The team that holds it; null when the member does.</param>
/// <param name="TeamName">The team's name.</param>
/// <param name="Source">Who keeps it.</param>
/// <param name="Gives">Whether it gives the permission there.</param>
/// <param name="Why">Why it does or does not.</param>
public sealed record GrantReason(
    Guid GrantId, string RoleId, string RoleName, Guid? EnvironmentId, Guid? TaskId, Guid? TeamId, string? TeamName, AccessSource Source, bool Gives, string Why);
