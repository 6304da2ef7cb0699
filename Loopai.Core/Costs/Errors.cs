using Loopai.Core.Errors;

namespace Loopai.Core.Costs;

internal static class CostErrors
{
    public static NotFoundException PriceNotFound(Guid id) => new("price.not_found", $"There is no price {id} in this organization's price book.");

    public static ConflictException PriceEnded() => new("price.ended", "This price has ended already: another one counts now, or none.");

    public static ConflictException NothingToReprice() => new("reprice.nothing", "The prices of today give the same amounts, so there is nothing to adjust.");

    public static ConflictException RepricedMeanwhile() =>
        new("reprice.changed_meanwhile", "The difference is another one than you have seen: prices or charges changed meanwhile. Look at the preview again and repeat.");

    public static InvalidException Range(string message) => new("costs.range", "from", message);

    public static NotFoundException BudgetNotFound(Guid id) => new("budget.not_found", $"There is no budget {id} in this organization.");

    public static NotFoundException ScopeNotFound() => new("budget.scope_not_found", "There is no such task, team, key or environment in this organization.");

    public static NotFoundException RecommendationNotFound(string id) =>
        new("recommendation.not_found", $"There is no recommendation '{id}', or no longer: what spoke for it has changed, or somebody has decided.");

    public static ChangedMeanwhileException BudgetChanged() => new("budget.changed_meanwhile", "Somebody else changed this budget. Look at it again and repeat.");
}
