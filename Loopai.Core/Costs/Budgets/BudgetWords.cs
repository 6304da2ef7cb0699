using System.Globalization;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Errors;

namespace Loopai.Core.Costs.Budgets;

/// <summary>Why a budget lets something through or not, in words.</summary>
internal static class BudgetWords
{
    /// <summary>Two places, and more where an amount has only those: 1,000.00, 0.0000833.</summary>
    public static string Amount(decimal amount) => amount.ToString("#,0.00##########", CultureInfo.InvariantCulture);

    public static string Of(BudgetPeriod period, int? days) => period switch
    {
        BudgetPeriod.Day => "daily",
        BudgetPeriod.Week => "weekly",
        BudgetPeriod.Month => "monthly",
        BudgetPeriod.Rolling => $"the last {days} days",
    };

    /// <summary><c>task Spam filter, monthly: 998.20 + 3.10 &gt; 1,000.00 USD</c></summary>
    public static string Sum(ScopeKind scope, string name, BudgetPeriod period, int? days, decimal spent, decimal asked, decimal limit, string currency) =>
        $"{scope.ToString().ToLowerInvariant()} {name}, {Of(period, days)}: {Amount(spent)} + {Amount(asked)} {(spent + asked > limit ? ">" : "≤")} {Amount(limit)} {currency}";

    public static LimitExceededException Exceeded(string sum, BudgetSpan span, DateTimeOffset now) => new(
        "budget.exceeded", $"Denied by {sum}. Somebody who may set budgets can raise it.", span.To > now ? span.To - now : TimeSpan.FromMinutes(1));
}
