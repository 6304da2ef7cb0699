using Loopai.Core.Errors;

namespace Loopai.Core.Costs.Budgets;

/// <summary>What came of asking a budget for an execution.</summary>
/// <param name="Taken">What was taken; nothing where a throttle let it through beyond the budget.</param>
/// <param name="Refusal">Why nothing was.</param>
internal readonly record struct BudgetTake(decimal Taken, LimitExceededException? Refusal);
