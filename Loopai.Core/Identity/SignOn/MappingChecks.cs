using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Whether mapping rules say something, and nothing that whoever makes them could not give by hand.</summary>
internal static class MappingChecks
{
    private const int MaxRules = 200;

    public static void Check(IReadOnlyList<MappingRule>? rules, FieldErrors errors)
    {
        errors.AddIf(rules?.Count > MaxRules, "mapping", $"A connection has at most {MaxRules} rules. Map a group of groups instead.");
        for (var place = 0; place < Math.Min(rules?.Count ?? 0, MaxRules); place++)
        {
            var (rule, field) = (rules![place], $"mapping[{place}]");
            errors
                .AddIf(string.IsNullOrWhiteSpace(rule.Claim) || rule.Claim.Length > 200, $"{field}.claim", "Name the claim or attribute; 'groups' stands for the person's groups.")
                .AddIf(string.IsNullOrWhiteSpace(rule.Value) || rule.Value.Length > 2000, $"{field}.value", "Give the value as the provider writes it, or * for anybody who has the claim.")
                .AddIf(rule.Role is null && rule.TeamId is null, field, "Say which role the person gets, or which team they join.")
                .AddIf(rule is { EnvironmentId: not null, TaskId: not null }, field, "A role is given on an environment or on a task, not on both.")
                .AddIf(rule.Role is null && (rule.EnvironmentId ?? rule.TaskId) is not null, field, "Only a role is given on an environment or a task.");
        }
    }

    /// <summary>A rule gives roles to people, so it takes the same right as giving them: nobody hands on what they do not hold.</summary>
    public static async Task DemandHandOnAsync(this LoopaiDbContext db, Caller caller, IReadOnlyList<MappingRule> rules, CancellationToken ct)
    {
        if (rules.Count == 0)
        {
            return;
        }

        var roles = await db.RolesAsync(caller.OrganizationId, ct);
        await CheckGrantsAsync(db, caller, rules, roles, ct);
        foreach (var rule in rules.Where(rule => rule.Role is not null))
        {
            caller.DemandHandOn(roles[rule.Role!], new GrantScope(rule.EnvironmentId, rule.TaskId));
        }

        var teams = rules.Select(rule => rule.TeamId).OfType<Guid>().ToHashSet();
        caller.DemandHandOn(await db.Grants.AsNoTracking().Where(g => g.TeamId != null && teams.Contains(g.TeamId.Value)).ToListAsync(ct), roles);
    }

    private static async Task CheckGrantsAsync(
        LoopaiDbContext db, Caller caller, IReadOnlyList<MappingRule> rules, IReadOnlyDictionary<string, Role> roles, CancellationToken ct)
    {
        var environments = await db.Environments.Select(e => e.Id).ToListAsync(ct);
        var taskIds = rules.Select(rule => rule.TaskId).OfType<Guid>().ToList();
        var tasks = taskIds.Count == 0 ? [] : await db.Tasks.Where(t => taskIds.Contains(t.Id)).Select(t => t.Id).ToListAsync(ct);
        var teams = await db.Teams.Select(t => t.Id).ToListAsync(ct);
        var errors = new FieldErrors();
        for (var place = 0; place < rules.Count; place++)
        {
            var (rule, field) = (rules[place], $"mapping[{place}]");
            errors
                .AddIf(rule.Role is not null && !roles.ContainsKey(rule.Role), $"{field}.role", $"There is no role '{rule.Role}'. GET /api/v1/roles lists them.")
                .AddIf(rule.EnvironmentId is { } e && !environments.Contains(e), $"{field}.environmentId", $"There is no environment {rule.EnvironmentId}.")
                .AddIf(rule.TaskId is { } t && !tasks.Contains(t), $"{field}.taskId", $"There is no task {rule.TaskId}.")
                .AddIf(rule.TeamId is { } team && !teams.Contains(team), $"{field}.teamId", $"There is no team {rule.TeamId}.");
        }

        errors.ThrowIfAny("sign_on.invalid", "The rules cannot be kept like this.");
    }
}
