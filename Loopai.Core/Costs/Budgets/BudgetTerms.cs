namespace Loopai.Core.Costs.Budgets;

/// <summary>By what a budget is kept.</summary>
/// <param name="Budget">The budget.</param>
/// <param name="ScopeName">The name of what it is for.</param>
/// <param name="Currency">The organization's.</param>
/// <param name="Days">How the organization's time zone cuts days.</param>
internal sealed record BudgetTerms(Budget Budget, string ScopeName, string Currency, LocalDays Days);
