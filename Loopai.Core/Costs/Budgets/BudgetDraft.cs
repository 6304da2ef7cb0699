using System.Net.Mail;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Errors;

namespace Loopai.Core.Costs.Budgets;

/// <summary>A budget as somebody asks for it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Scope">What kind of thing it is for; fixed once it is made.</param>
/// <param name="ScopeId">Which one; may be left out for the organization.</param>
/// <param name="Period">When it begins anew.</param>
/// <param name="RollingDays">Of a rolling period: how many days.</param>
/// <param name="Amount">How much, in the organization's currency.</param>
/// <param name="Action">What happens when it is used up; nothing but telling, where nothing is said.</param>
/// <param name="ThrottlePerMinute">Of a throttle: executions a minute that go on.</param>
/// <param name="Thresholds">When to tell; 80 % and 100 % of what is spent, where nothing is said.</param>
/// <param name="Emails">Addresses of members that are told.</param>
/// <param name="Webhook">What stood there before webhooks told of budgets; nothing else can.</param>
public sealed record BudgetDraft(
    string? Name = null, ScopeKind? Scope = null, Guid? ScopeId = null, BudgetPeriod? Period = null, int? RollingDays = null, decimal? Amount = null, BudgetAction? Action = null,
    int? ThrottlePerMinute = null, IReadOnlyList<BudgetThreshold>? Thresholds = null, IReadOnlyList<string>? Emails = null, string? Webhook = null)
{
    private const int MostThresholds = 20;
    private const int MostEmails = 20;
    private const decimal MostMoney = 1_000_000_000;

    internal static readonly IReadOnlyList<BudgetThreshold> Usual = [new(80, ThresholdBasis.Actual), new(100, ThresholdBasis.Actual)];

    /// <param name="members">The addresses that may be told.</param>
    /// <param name="former">The address that the budget once told by itself.</param>
    internal void Check(IReadOnlySet<string> members, string? former)
    {
        var errors = new FieldErrors()
            .AddIf(string.IsNullOrWhiteSpace(Name) || Name.Length > 100, "name", "Name the budget in 1 to 100 characters.")
            .AddIf(Scope is null, "scope", "scope is one of organization, environment, team, task, key.")
            .AddIf(Scope is not null and not ScopeKind.Organization && ScopeId is null, "scopeId", "Say which one the budget is for.")
            .AddIf(Period is null, "period", "period is one of day, week, month, rolling.")
            .AddIf(Period == BudgetPeriod.Rolling && RollingDays is not (>= 2 and <= 84), "rollingDays", "A rolling budget looks back over 2 to 84 days.")
            .AddIf(Period is not null and not BudgetPeriod.Rolling && RollingDays is not null, "rollingDays", "Only a rolling budget has a number of days.")
            .AddIf(Amount is null or <= 0 or > MostMoney || (Amount is { } amount && Money.Round(amount) != amount), "amount", $"The amount is more than 0 and {MostMoney:#,0} at most.")
            .AddIf(Action == BudgetAction.Throttle && ThrottlePerMinute is not (>= 1 and <= 100_000), "throttlePerMinute", "A throttle lets 1 to 100,000 executions a minute through.")
            .AddIf(Action != BudgetAction.Throttle && ThrottlePerMinute is not null, "throttlePerMinute", "Only a throttle has a pace.")
            .AddIf(Thresholds?.Count > MostThresholds, "thresholds", $"A budget has {MostThresholds} thresholds at most.")
            .AddIf(Thresholds?.Any(t => t.Percent is < 1 or > 1000) == true, "thresholds", "A threshold is 1 to 1,000 percent of the amount.")
            .AddIf(Thresholds is not null && Thresholds.Distinct().Count() != Thresholds.Count, "thresholds", "Each threshold is there once.")
            .AddIf(Emails?.Count > MostEmails, "emails", $"A budget tells {MostEmails} people at most.")
            .AddIf(!string.IsNullOrEmpty(Webhook) && Webhook != former, "webhook", "A budget tells no address by itself. Make a webhook of budget.threshold, which is signed, tried again and on record.");
        foreach (var email in Emails ?? [])
        {
            errors.AddIf(!MailAddress.TryCreate(email, out _) || !members.Contains(email), "emails", $"{email} is no address of an active member of this organization.");
        }

        errors.ThrowIfAny("budget.invalid", "The budget cannot be set like this.");
    }

    internal void Apply(Budget budget)
    {
        (budget.Name, budget.Period, budget.RollingDays, budget.Amount) = (Name!.Trim(), Period!.Value, RollingDays, Amount!.Value);
        (budget.Action, budget.ThrottlePerMinute, budget.Thresholds) = (Action ?? BudgetAction.Alert, ThrottlePerMinute, Thresholds ?? Usual);
        (budget.Emails, budget.Webhook) = (Emails ?? [], string.IsNullOrEmpty(Webhook) ? null : Webhook);
    }
}
