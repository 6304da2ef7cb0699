using Loopai.Core.Costs.Ledger;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Budgets;

/// <summary>What a budget can be set for.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Id">Which.</param>
/// <param name="Name">What people call it.</param>
public sealed record BudgetScope(ScopeKind Kind, Guid Id, string Name);

internal static class BudgetScopes
{
    /// <summary>Everything that a budget can be set for, the organization first.</summary>
    public static async Task<IReadOnlyList<BudgetScope>> ScopesAsync(this LoopaiDbContext db, Guid organization, CancellationToken ct)
    {
        var name = await db.Organizations.Where(o => o.Id == organization).Select(o => o.Name).SingleAsync(ct);
        var environments = await db.Environments.OrderBy(e => e.Position).Select(e => new { e.Id, e.Name }).ToListAsync(ct);
        var teams = await db.Teams.OrderBy(t => t.Name).Select(t => new { t.Id, t.Name }).ToListAsync(ct);
        var tasks = await db.Tasks.Where(t => t.ArchivedAt == null).OrderBy(t => t.Name).Select(t => new { t.Id, t.Name }).ToListAsync(ct);
        var keys = await db.ApiKeys.Where(k => k.RevokedAt == null).OrderBy(k => k.Name).Select(k => new { k.Id, k.Name }).ToListAsync(ct);
        return
        [
            new BudgetScope(ScopeKind.Organization, organization, name),
            .. environments.Select(e => new BudgetScope(ScopeKind.Environment, e.Id, e.Name)),
            .. teams.Select(t => new BudgetScope(ScopeKind.Team, t.Id, t.Name)),
            .. tasks.Select(t => new BudgetScope(ScopeKind.Task, t.Id, t.Name)),
            .. keys.Select(k => new BudgetScope(ScopeKind.Key, k.Id, k.Name)),
        ];
    }

    public static async Task<Dictionary<(ScopeKind, Guid), string>> NamesAsync(LoopaiDbContext db, Guid organization, CancellationToken ct) =>
        (await db.ScopesAsync(organization, ct)).ToDictionary(s => (s.Kind, s.Id), s => s.Name);

    /// <summary>Whether what happens there counts in the budget.</summary>
    public static bool Covers(Budget budget, Guid? keyId, Guid taskId, Guid? teamId, Guid? environmentId) => budget.Scope switch
    {
        ScopeKind.Key => budget.ScopeId == keyId,
        ScopeKind.Task => budget.ScopeId == taskId,
        ScopeKind.Team => budget.ScopeId == teamId,
        ScopeKind.Environment => budget.ScopeId == environmentId,
        ScopeKind.Organization => true,
    };
}
