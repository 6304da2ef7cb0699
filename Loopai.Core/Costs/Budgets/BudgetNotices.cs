using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Costs.Budgets;

/// <summary>Tells people that a threshold was passed. Programs are told by the organization's webhooks; the portal's bell reads the alert itself.</summary>
public sealed class BudgetNotices(LoopaiData data, IMailSender mail, PortalSettings portal, ILogger<BudgetNotices> log)
{
    internal async Task TellAsync(BudgetState state, BudgetAlert alert, CancellationToken ct)
    {
        var budget = state.Budget;
        string slug;
        await using (var db = await data.OpenAsync(Caller.System(budget.OrganizationId), ct))
        {
            slug = await db.Organizations.Where(o => o.Id == budget.OrganizationId).Select(o => o.Slug).SingleAsync(ct);
            db.Record(
                Caller.System(budget.OrganizationId), "budget.threshold_passed", "budget", budget.Id,
                new { budget.Name, alert.Percent, alert.Basis, alert.Spent, alert.Expected, alert.Amount, alert.Period });
            await db.SaveChangesAsync(ct);
        }

        var link = $"{portal.LinkBase()}/o/{slug}/costs/budgets";
        foreach (var email in mail.IsConfigured ? budget.Emails : [])
        {
            try
            {
                await mail.SendAsync(new MailDraft(email, Subject(state, alert), $"{Text(state, alert)}\n\n{link}"), ct);
            }
            catch (UnavailableException e)
            {
                log.LogWarning(e, "Nobody could be told of budget {Budget}", budget.Id);
            }
        }
    }

    private static string Subject(BudgetState state, BudgetAlert alert) =>
        $"{state.Budget.Name}: {alert.Percent:0.##} % {(alert.Basis == ThresholdBasis.Actual ? "spent" : "foreseen")}"
        + (alert.Spent > alert.Amount ? $", {MoneyText.Of(alert.Spent - alert.Amount, state.Currency)} over" : "");

    /// <summary>The words of the mail: what may be spent, what is, and how much that is beyond it.</summary>
    internal static string Text(BudgetState state, BudgetAlert alert)
    {
        var over = alert.Spent - alert.Amount;
        return $"The budget {state.Budget.Name} of {state.Budget.Scope.ToString().ToLowerInvariant()} {state.ScopeName} allows {Money(alert.Amount)} ({BudgetWords.Of(state.Budget.Period, state.Budget.RollingDays)}). "
            + $"{Money(alert.Spent)} are spent, {alert.Spent / alert.Amount * 100:0.#} %"
            + (over > 0 ? $": {Money(over)} over" : "")
            + (alert.Expected is { } expected ? $". {Money(expected)} are foreseen for the end of the period on {state.Last:yyyy-MM-dd}" : "")
            + (alert.Expected > alert.Amount ? $", {Money(alert.Expected.Value - alert.Amount)} over." : ".");

        string Money(decimal amount) => MoneyText.Of(amount, state.Currency);
    }
}
