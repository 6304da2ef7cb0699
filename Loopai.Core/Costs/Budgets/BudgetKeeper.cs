using Loopai.Core.Access;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Data;
using Loopai.Core.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Costs.Budgets;

/// <summary>Looks after budgets: brings in what was charged beside executions, frees what dead instances held, and tells of thresholds.</summary>
public sealed class BudgetKeeper(LoopaiData data, BudgetNotices notices, TimeProvider time, ILogger<BudgetKeeper> log)
{
    /// <summary>A dead instance's executions are in the ledger by then, or never will be.</summary>
    private static readonly TimeSpan DeadFor = TimeSpan.FromMinutes(1);

    /// <summary>Looks at every organization that has budgets.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        List<Guid> organizations;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            organizations = await db.Budgets.Select(b => b.OrganizationId).Distinct().ToListAsync(ct);
        }

        foreach (var organization in organizations)
        {
            try
            {
                await LookAsync(organization, ct);
            }
            catch (Exception e) when (e is DbUpdateException or InvalidOperationException && !ct.IsCancellationRequested)
            {
                log.LogWarning(e, "The budgets of organization {Organization} could not be looked after; it is tried again", organization);
            }
        }
    }

    internal async Task LookAsync(Guid organization, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var db = await data.OpenCountedAsync(Caller.System(organization), ct);
        var zone = await db.Organizations.Where(o => o.Id == organization).Select(o => o.TimeZone).SingleAsync(ct);
        foreach (var state in await db.StatesAsync(organization, now, ct))
        {
            var span = BudgetSpan.Of(state.Budget.Period, state.Budget.RollingDays, LocalDays.Of(zone), now);
            if (state.Budget.Enforces)
            {
                await KeepMeterAsync(db, state, span, now, ct);
            }

            foreach (var alert in Passed(state, span, now))
            {
                if (await IsFirstAsync(db, state, alert, ct))
                {
                    await notices.TellAsync(state, alert, ct);
                }
            }
        }
    }

    /// <summary>Thresholds that are passed and have not been told of.</summary>
    private static IEnumerable<BudgetAlert> Passed(BudgetState state, BudgetSpan span, DateTimeOffset now) =>
        from threshold in state.Budget.Thresholds
        let reached = threshold.Basis == ThresholdBasis.Actual ? state.Spent : state.Outlook?.Expected
        where reached >= state.Budget.Amount * threshold.Percent / 100
            && !state.Alerts.Any(a => a.Percent == threshold.Percent && a.Basis == threshold.Basis)
        select new BudgetAlert
        {
            OrganizationId = state.Budget.OrganizationId, BudgetId = state.Budget.Id, Period = span.AlertKey, Percent = threshold.Percent, Basis = threshold.Basis,
            Spent = state.Spent, Expected = state.Outlook?.Expected, Amount = state.Budget.Amount, At = now,
        };

    private static async Task KeepMeterAsync(LoopaiDbContext db, BudgetState state, BudgetSpan span, DateTimeOffset now, CancellationToken ct)
    {
        var others = (await db.SpentAsync(state.Budget.Part, new LedgerRange(state.Budget.OrganizationId, state.Currency, span.From, span.To, now), ct)).Others;
        await db.MeterOf(state.Budget, span.Key).ExecuteUpdateAsync(set => set.SetProperty(m => m.Others, others), ct);
        if (await db.LeasesOf(state.Budget, span.Key).AnyAsync(l => l.Until < now - DeadFor, ct))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await BudgetMeters.LockAsync(db, state.Budget, span.Key, ct);
            await BudgetMeters.RebaseAsync(db, state.Budget, state.Currency, span, now, ct);
            await transaction.CommitAsync(ct);
        }
    }

    private static void PublishNews(LoopaiDbContext db, BudgetState state, BudgetAlert alert)
    {
        var budget = state.Budget;
        var news = new
        {
            budgetId = budget.Id, budget.Name, alert.Percent, alert.Basis, alert.Spent, alert.Expected, alert.Amount, state.Currency, budget.Action, alert.Period,
        };
        Guid? environment = budget.Scope == ScopeKind.Environment ? budget.ScopeId : null, task = budget.Scope == ScopeKind.Task ? budget.ScopeId : null;
        db.Publish(budget.OrganizationId, WebhookTypes.BudgetThreshold, news, environment, task);
        if (budget.Enforces && alert is { Basis: ThresholdBasis.Actual, Percent: >= 100 })
        {
            db.Publish(budget.OrganizationId, WebhookTypes.BudgetStopped, news, environment, task);
        }
    }

    /// <summary>The row decides: of several instances one writes it.</summary>
    private static async Task<bool> IsFirstAsync(LoopaiDbContext db, BudgetState state, BudgetAlert alert, CancellationToken ct)
    {
        db.BudgetAlerts.Add(alert);
        PublishNews(db, state, alert);
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            db.ChangeTracker.Clear();
        }
    }
}
