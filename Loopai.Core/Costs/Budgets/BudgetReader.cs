using Loopai.Core.Costs.Forecasting;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Costs.Budgets;

/// <summary>Finds how far budgets are used.</summary>
internal static class BudgetReader
{
    /// <summary>The state of every budget of an organization, in the order in which they are asked.</summary>
    public static async Task<IReadOnlyList<BudgetState>> StatesAsync(this LoopaiDbContext db, Guid organization, DateTimeOffset now, CancellationToken ct)
    {
        var budgets = await db.Budgets.AsNoTracking().Where(b => b.OrganizationId == organization).ToListAsync(ct);
        if (budgets.Count == 0)
        {
            return [];
        }

        var settings = await db.Organizations.AsNoTracking().Where(o => o.Id == organization).Select(o => new { o.TimeZone, o.Currency }).SingleAsync(ct);
        var days = LocalDays.Of(settings.TimeZone);
        var names = await BudgetScopes.NamesAsync(db, organization, ct);
        var states = new List<BudgetState>();
        foreach (var budget in budgets.OrderBy(b => b.Scope).ThenBy(b => b.Name, StringComparer.OrdinalIgnoreCase))
        {
            var name = names.GetValueOrDefault((budget.Scope, budget.ScopeId), "no longer there");
            states.Add(await db.StateAsync(budget, name, settings.Currency, days, now, ct));
        }

        return states;
    }

    /// <summary>Budgets with the last threshold that they have passed in the period that counts now.</summary>
    public static async Task<IReadOnlyList<(Budget Budget, BudgetAlert Alert)>> PassedAsync(this LoopaiDbContext db, DateTimeOffset now, CancellationToken ct)
    {
        var budgets = await db.Budgets.AsNoTracking().ToListAsync(ct);
        if (budgets.Count == 0)
        {
            return [];
        }

        var days = LocalDays.Of(await db.Organizations.Select(o => o.TimeZone).SingleAsync(ct));
        var keys = budgets.ToDictionary(b => b.Id, b => BudgetSpan.Of(b.Period, b.RollingDays, days, now).AlertKey);
        var periods = keys.Values.Distinct().ToArray();
        var alerts = await db.BudgetAlerts.AsNoTracking().Where(a => periods.Contains(a.Period)).ToListAsync(ct);
        return
        [
            .. budgets.Select(b => (Budget: b, Alert: alerts.Where(a => a.BudgetId == b.Id && a.Period == keys[b.Id]).MaxBy(a => (a.At, a.Percent))))
                .Where(p => p.Alert is not null).Select(p => (p.Budget, p.Alert!)),
        ];
    }

    private static async Task<BudgetState> StateAsync(
        this LoopaiDbContext db, Budget budget, string name, string currency, LocalDays days, DateTimeOffset now, CancellationToken ct)
    {
        var span = BudgetSpan.Of(budget.Period, budget.RollingDays, days, now);
        var spent = (await db.SpentAsync(budget.Part, new LedgerRange(budget.OrganizationId, currency, span.From, span.To, now), ct)).Total;
        var alerts = await db.BudgetAlerts.AsNoTracking().Where(a => a.OrganizationId == budget.OrganizationId && a.BudgetId == budget.Id && a.Period == span.AlertKey)
            .OrderBy(a => a.At).ToListAsync(ct);
        var reserved = budget.Enforces
            ? await db.LeasesOf(budget, span.Key).Where(l => l.Until > now).SumAsync(l => (decimal?)l.Held, ct) ?? 0
            : 0;
        if (budget.Period is BudgetPeriod.Rolling or BudgetPeriod.Day)
        {
            return new BudgetState(budget, name, currency, span.First, span.Last, spent, reserved, null, null, alerts);
        }

        var foreseen = await CostService.ForecastAsync(db, budget.OrganizationId, budget.Part, now, ct);
        var (today, left) = (days.DayOf(now), days.LeftOf(now));
        var exhausted = Outlook.Exhausted(spent, budget.Amount, foreseen.Forecast, today, left);
        return new BudgetState(
            budget, name, currency, span.First, span.Last, spent, reserved, Outlook.Of(spent, foreseen.Forecast, today, left, span.Last),
            new Exhaustion(Within(exhausted.Day), Within(exhausted.Earliest), Within(exhausted.Latest)), alerts);

        DateOnly? Within(DateOnly? day) => day <= span.Last ? day : null;
    }
}
