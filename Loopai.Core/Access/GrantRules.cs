using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Access;

/// <summary>Who may hand on what.</summary>
internal static class GrantRules
{
    /// <summary>Nobody gives or takes what they do not hold themselves on all that the grant covers, and only an owner makes or unmakes an owner.</summary>
    public static void DemandHandOn(this Caller caller, Role role, GrantScope scope)
    {
        if (role.Id == BuiltInRoles.OwnerId && !caller.MayHandOn(Permissions.OrganizationDelete, GrantScope.Organization))
        {
            throw AccessErrors.OwnersOnly();
        }

        foreach (var permission in scope.Given(role))
        {
            if (!caller.MayHandOn(permission, scope))
            {
                throw AccessErrors.BeyondOwn(permission);
            }
        }
    }

    /// <summary>As <see cref="DemandHandOn(Caller, Role, GrantScope)"/>, for all that a person or a team holds: who changes somebody changes their rights.</summary>
    public static void DemandHandOn(this Caller caller, IEnumerable<Grant> grants, IReadOnlyDictionary<string, Role> roles)
    {
        foreach (var grant in grants)
        {
            if (roles.TryGetValue(grant.RoleId, out var role))
            {
                caller.DemandHandOn(role, grant.Scope);
            }
        }
    }

    /// <summary>Tells every wanted grant that names nothing of this organization, or that would give nothing.</summary>
    public static async Task CheckAsync(
        this LoopaiDbContext db, Guid organizationId, IReadOnlyList<WantedGrant> wanted, IReadOnlyDictionary<string, Role> roles, CancellationToken ct)
    {
        var environments = wanted.Select(g => g.EnvironmentId).OfType<Guid>().ToHashSet();
        var tasks = wanted.Select(g => g.TaskId).OfType<Guid>().ToHashSet();
        var knownEnvironments = environments.Count == 0 ? []
            : await db.Environments.Where(e => e.OrganizationId == organizationId && environments.Contains(e.Id)).Select(e => e.Id).ToListAsync(ct);
        var knownTasks = tasks.Count == 0 ? [] : await db.Tasks.Where(t => t.OrganizationId == organizationId && tasks.Contains(t.Id)).Select(t => t.Id).ToListAsync(ct);
        var errors = new FieldErrors();
        for (var i = 0; i < wanted.Count; i++)
        {
            var (grant, field) = (wanted[i], $"grants[{i}]");
            var role = roles.GetValueOrDefault(grant.RoleId ?? "");
            errors
                .AddIf(role is null, $"{field}.role", $"There is no role '{grant.RoleId}'. GET /api/v1/roles lists them.")
                .AddIf(grant is { EnvironmentId: not null, TaskId: not null }, field, "A grant is on an environment or on a task, not on both.")
                .AddIf(grant.EnvironmentId is { } e && !knownEnvironments.Contains(e), $"{field}.environmentId", $"There is no environment {grant.EnvironmentId}.")
                .AddIf(grant.TaskId is { } t && !knownTasks.Contains(t), $"{field}.taskId", $"There is no task {grant.TaskId}.")
                .AddIf(
                    role is not null && grant.Scope != GrantScope.Organization && !grant.Scope.Given(role).Any(), $"{field}.role",
                    $"'{role?.Name}' holds nothing that concerns a single {(grant.TaskId is null ? "environment" : "task")}. Grant it on the organization.")
                .AddIf(
                    role?.Id == BuiltInRoles.OwnerId && grant.Scope != GrantScope.Organization, $"{field}.role",
                    "Owners own the whole organization. Choose Developer for a single environment or task.");
        }

        errors.ThrowIfAny("grant.invalid", "These grants cannot be given.");
    }
}
