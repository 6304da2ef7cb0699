using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Ledger;

namespace Loopai.Core.Reports.Building.Sections;

/// <summary>How far budgets are used at the time the report is made, and what is foreseen of them.</summary>
public sealed class BudgetSection(BudgetService budgets) : ISectionSource
{
    public SectionKind Kind => SectionKind.Budgets;

    public string Title => "Budgets";

    public async Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct)
    {
        var states = (await budgets.ListAsync(context.Caller, ct)).Where(s => s.Budget.Scope != ScopeKind.Task || context.Covers(s.Budget.ScopeId)).ToList();
        var title = section.Title.Length > 0 ? section.Title : Title;
        return states.Count == 0
            ? new SectionContent(title, Kind, [], "No budget is set.")
            : new SectionContent(
                title, Kind,
                [
                    new TableBlock(
                        [
                            new("Budget"), new("For", IsMinor: true), new("Period", IsMinor: true), new("Ends", ValueKind.Day, IsMinor: true), new("Limit", ValueKind.Money), new("Spent", ValueKind.Money), new("Over", ValueKind.Money), new("Used", ValueKind.Share),
                            new("State"), new("Foreseen", ValueKind.Money),
                        ],
                        [.. states.Select(Row)]),
                ],
                "As it was when the report was made; what is foreseen is for the end of each budget's own period.");
    }

    private static IReadOnlyList<object?> Row(BudgetState state) =>
    [
        state.Budget.Name, state.Budget.Scope == ScopeKind.Organization ? "the organization" : $"{state.Budget.Scope.ToString().ToLowerInvariant()} {state.ScopeName}",
        BudgetWords.Of(state.Budget.Period, state.Budget.RollingDays), state.Budget.Period == BudgetPeriod.Rolling ? null : state.Last, state.Budget.Amount, state.Spent, state.Over > 0 ? state.Over : null, state.Share,
        Words(state), state.Outlook?.Expected,
    ];

    private static string Words(BudgetState state) => state switch
    {
        { Over: > 0 } => "overspent",
        { Share: >= 1 } => "used up",
        { Exhausted.Day: not null } => "will be used up",
        { Alerts.Count: > 0 } => "past a threshold",
        _ => "within",
    };
}
