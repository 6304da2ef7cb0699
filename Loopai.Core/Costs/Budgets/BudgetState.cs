using Loopai.Core.Costs.Forecasting;

namespace Loopai.Core.Costs.Budgets;

/// <summary>A budget and how far it is used.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="ScopeName">What it is for.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="First">The first day of the period that counts now.</param>
/// <param name="Last">Its last.</param>
/// <param name="Spent">Spent in it.</param>
/// <param name="Reserved">Held for executions that run or will soon.</param>
/// <param name="Outlook">What will be spent when it ends; null for a rolling period, which never does.</param>
/// <param name="Exhausted">When the amount will be reached within the period.</param>
/// <param name="Alerts">Thresholds that were passed in it.</param>
public sealed record BudgetState(
    Budget Budget, string ScopeName, string Currency, DateOnly First, DateOnly Last, decimal Spent, decimal Reserved, Outlook? Outlook, Exhaustion? Exhausted,
    IReadOnlyList<BudgetAlert> Alerts)
{
    /// <summary>The part that is spent, 0 for none, 1 for all.</summary>
    public double Share => (double)(Spent / Budget.Amount);

    /// <summary>What is spent beyond the amount.</summary>
    public decimal Over => Math.Max(0, Spent - Budget.Amount);
}

/// <summary>Why something would be let through or not.</summary>
/// <param name="Allowed">Whether it would be.</param>
/// <param name="Sentence">Which budget decides, with its sum.</param>
/// <param name="Asked">What it may cost at most, which is the price of its time limit; null where it has no price.</param>
/// <param name="TimeoutMs">The time limit that was asked about.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Budgets">Every budget that covers it, in the order in which they are asked.</param>
public sealed record BudgetExplanation(bool Allowed, string Sentence, decimal? Asked, int TimeoutMs, string Currency, IReadOnlyList<BudgetVerdict> Budgets);

/// <param name="BudgetId">The budget.</param>
/// <param name="Name">Its name.</param>
/// <param name="Scope">What it is for.</param>
/// <param name="Action">What it does when it is used up.</param>
/// <param name="Spent">What is spent.</param>
/// <param name="Reserved">What is held.</param>
/// <param name="Amount">The limit.</param>
/// <param name="Allowed">Whether it has room, or stops nothing.</param>
/// <param name="HasRoom">Whether the sum fits; a budget that is used up and only tells people has none, and allows it all the same.</param>
/// <param name="Sentence">The sum, in words, and what the budget does where it does not fit.</param>
public sealed record BudgetVerdict(
    Guid BudgetId, string Name, string Scope, BudgetAction Action, decimal Spent, decimal Reserved, decimal Amount, bool Allowed, bool HasRoom, string Sentence);
