namespace Loopai.Portal.Pages.Costs;

/// <summary>What there is about money.</summary>
public static class CostTabs
{
    public static IReadOnlyList<TabItem> Of(string organization, string environment) =>
    [
        new("costs", "Costs", PortalUrls.Costs(organization, environment)),
        new("recommendations", "Recommendations", PortalUrls.Recommendations(organization, environment)),
        new("budgets", "Budgets", PortalUrls.Budgets(organization, environment)),
        new("prices", "Prices", PortalUrls.Prices(organization, environment)),
        new("calculator", "Calculator", PortalUrls.CostCalculator(organization, environment)),
    ];
}
