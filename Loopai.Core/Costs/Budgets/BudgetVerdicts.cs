using System.Globalization;

namespace Loopai.Core.Costs.Budgets;

/// <summary>What budgets say to an execution, in words.</summary>
internal static class BudgetVerdicts
{
    /// <param name="states">The budgets that cover it, in the order in which they are asked.</param>
    /// <param name="asked">What it may cost at most; null where it has no price.</param>
    /// <param name="timeoutMs">Its time limit.</param>
    /// <param name="currency">ISO 4217.</param>
    public static BudgetExplanation Of(IReadOnlyList<BudgetState> states, decimal? asked, int timeoutMs, string currency)
    {
        var verdicts = states.Select(s => Of(s, asked)).ToList();
        var denied = verdicts.Find(v => !v.Allowed);
        return new BudgetExplanation(denied is null, Sentence(verdicts, denied, asked, timeoutMs, currency), asked, timeoutMs, currency, verdicts);
    }

    private static BudgetVerdict Of(BudgetState state, decimal? asked)
    {
        var (budget, most) = (state.Budget, asked ?? 0);
        var hasRoom = state.Spent + most <= budget.Amount;
        var sum = BudgetWords.Sum(budget.Scope, state.ScopeName, budget.Period, budget.RollingDays, state.Spent, most, budget.Amount, state.Currency);
        return new BudgetVerdict(
            budget.Id, budget.Name, $"{budget.Scope.ToString().ToLowerInvariant()} {state.ScopeName}", budget.Action, state.Spent, state.Reserved, budget.Amount,
            asked is null || hasRoom || budget.Action != BudgetAction.Stop, hasRoom, hasRoom ? sum : sum + Anyway(budget));
    }

    /// <summary>Why what does not fit is let through all the same.</summary>
    private static string Anyway(Budget budget) => budget.Action switch
    {
        BudgetAction.Stop => "",
        BudgetAction.Throttle => string.Create(CultureInfo.InvariantCulture, $", but it throttles, and lets {budget.ThrottlePerMinute} a minute through"),
        BudgetAction.Alert => ", but it only tells people, and stops nothing",
    };

    private static string Sentence(List<BudgetVerdict> verdicts, BudgetVerdict? denied, decimal? asked, int timeoutMs, string currency)
    {
        if (asked is not { } most)
        {
            return "Allowed: it has no price, so that nothing can be held against it.";
        }

        var what = string.Create(CultureInfo.InvariantCulture, $"It may cost {BudgetWords.Amount(most)} {currency} at most, with a time limit of {timeoutMs / 1000.0:0.###}\u00a0s.");
        var full = verdicts.FindAll(v => !v.HasRoom);
        return denied is not null ? $"Denied by {denied.Sentence}. {what}"
            : verdicts.Count == 0 ? $"Allowed: no budget covers it. {what}"
            : full.Count == 0 ? $"Allowed, every budget has room: {Sums(verdicts)}. {what}"
            : $"Allowed, although {(full.Count == 1 ? "a budget is" : "budgets are")} used up: {Sums(full)}. {what}";

        static string Sums(List<BudgetVerdict> those) => string.Join("; ", those.Select(v => v.Sentence));
    }
}
