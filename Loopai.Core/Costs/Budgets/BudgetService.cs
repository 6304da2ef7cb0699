using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Configuration;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Costs.Budgets;

/// <summary>Sets budgets, says how far they are used, and why one stops something.</summary>
public sealed class BudgetService(LoopaiData data, IOptions<ExecutionSettings> settings, TimeProvider time)
{
    /// <summary>Every budget with how far it is used.</summary>
    public async Task<IReadOnlyList<BudgetState>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        await using var db = await data.OpenCountedAsync(caller, ct);
        return await db.StatesAsync(caller.OrganizationId, time.GetUtcNow(), ct);
    }

    /// <summary>Everything that a budget can be set for.</summary>
    public async Task<IReadOnlyList<BudgetScope>> ScopesAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.ScopesAsync(caller.OrganizationId, ct);
    }

    /// <summary>Sets a budget.</summary>
    public async Task<Budget> CreateAsync(Caller caller, BudgetDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.BudgetsManage);
        await using var db = await data.OpenAsync(caller, ct);
        draft.Check(await MembersAsync(db, draft, ct), former: null);
        var scopeId = draft.Scope == ScopeKind.Organization ? caller.OrganizationId : draft.ScopeId!.Value;
        if (!(await db.ScopesAsync(caller.OrganizationId, ct)).Any(s => s.Kind == draft.Scope && s.Id == scopeId))
        {
            throw CostErrors.ScopeNotFound();
        }

        var budget = new Budget
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Name = "", Scope = draft.Scope!.Value, ScopeId = scopeId, Period = draft.Period!.Value,
            Amount = draft.Amount!.Value, CreatedBy = caller.Name, CreatedAt = time.GetUtcNow(),
        };
        draft.Apply(budget);
        db.Budgets.Add(budget);
        db.Record(caller, "budget.created", "budget", budget.Id, new { after = Figures(budget) });
        await db.SaveChangesAsync(ct);
        return budget;
    }

    /// <summary>Changes a budget as a whole. What it is for stays.</summary>
    /// <param name="caller">Who acts.</param>
    /// <param name="id">The budget.</param>
    /// <param name="draft">What it is to be.</param>
    /// <param name="expectedRevision">The revision the caller has read; null to change whatever is there.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<Budget> UpdateAsync(Caller caller, Guid id, BudgetDraft draft, int? expectedRevision, CancellationToken ct)
    {
        caller.Demand(Permissions.BudgetsManage);
        await using var db = await data.OpenAsync(caller, ct);
        var budget = await db.Budgets.FirstOrDefaultAsync(b => b.Id == id, ct) ?? throw CostErrors.BudgetNotFound(id);
        if (expectedRevision is { } expected && expected != budget.Revision)
        {
            throw CostErrors.BudgetChanged();
        }

        (draft with { Scope = budget.Scope, ScopeId = budget.ScopeId }).Check(await MembersAsync(db, draft, ct), budget.Webhook);
        var before = Figures(budget);
        draft.Apply(budget);
        budget.Revision++;
        db.Record(caller, "budget.updated", "budget", id, new { before, after = Figures(budget) });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw CostErrors.BudgetChanged();
        }

        return budget;
    }

    /// <summary>Takes a budget away. What it told stays in the audit log.</summary>
    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.BudgetsManage);
        await using var db = await data.OpenAsync(caller, ct);
        var budget = await db.Budgets.FirstOrDefaultAsync(b => b.Id == id, ct) ?? throw CostErrors.BudgetNotFound(id);
        db.Budgets.Remove(budget);
        db.Record(caller, "budget.deleted", "budget", id, new { before = Figures(budget) });
        await db.SaveChangesAsync(ct);
        await db.BudgetMeters.Where(m => m.BudgetId == id).ExecuteDeleteAsync(ct);
        await db.BudgetLeases.Where(l => l.BudgetId == id).ExecuteDeleteAsync(ct);
    }

    /// <summary>Whether an execution of a task would be let through now, and by which sum it is decided.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="taskId">The task.</param>
    /// <param name="keyId">By which key; null for the portal.</param>
    /// <param name="environmentId">Where; null for the caller's environment.</param>
    /// <param name="timeoutMs">The time limit that the execution would ask for; null for the one of executions that ask for none.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<BudgetExplanation> ExplainAsync(Caller caller, Guid taskId, Guid? keyId, Guid? environmentId, int? timeoutMs, CancellationToken ct)
    {
        caller.Demand(Permissions.CostsRead);
        var limit = timeoutMs ?? settings.Value.DefaultTimeoutMs;
        new FieldErrors().AddIf(limit < 1 || limit > settings.Value.MaxTimeoutMs, "timeoutMs", $"timeoutMs is 1 to {settings.Value.MaxTimeoutMs}.")
            .ThrowIfAny("budget.explain", "The time limit is none that an execution can have.");
        var now = time.GetUtcNow();
        await using var db = await data.OpenCountedAsync(caller, ct);
        var task = await db.FindTaskAsync(taskId, ct);
        var book = await db.PriceBookAsync(caller.OrganizationId, ct);
        var language = await db.Programs.Where(p => p.TaskId == task.Id && p.Version == task.ActiveVersion).Select(p => (Programs.ProgramLanguage?)p.Language).FirstOrDefaultAsync(ct);
        var asked = BudgetLimits.Most(book, language ?? Programs.ProgramLanguage.Model, limit, now);
        var states = (await db.StatesAsync(caller.OrganizationId, now, ct))
            .Where(s => BudgetScopes.Covers(s.Budget, keyId, task.Id, task.TeamId, environmentId ?? caller.EnvironmentIdOrNull)).ToList();
        return BudgetVerdicts.Of(states, asked, limit, book.Currency);
    }

    /// <summary>The addresses of active members; only the system may read them.</summary>
    private async Task<IReadOnlySet<string>> MembersAsync(LoopaiDbContext db, BudgetDraft draft, CancellationToken ct)
    {
        if (draft.Emails is not { Count: > 0 })
        {
            return new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        }

        var members = await db.Memberships.Where(m => m.Status == MembershipStatus.Active).Select(m => m.UserId).ToArrayAsync(ct);
        await using var system = await data.OpenAsync(Caller.Installation, ct);
        return (await system.Users.Where(u => members.Contains(u.Id)).Select(u => u.Email).ToListAsync(ct)).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    private static object Figures(Budget b) => new { b.Name, b.Scope, b.ScopeId, b.Period, b.RollingDays, b.Amount, b.Action, b.ThrottlePerMinute, b.Thresholds, b.Emails, b.Webhook };
}
