namespace Loopai.Portal.Pages.Experiments;

/// <summary>Experiments, what they measure, and who is kept out of them.</summary>
internal static class ExperimentTabs
{
    public static IReadOnlyList<TabItem> Of(string organization, string environment) =>
    [
        new("experiments", "Experiments", PortalUrls.Experiments(organization, environment)),
        new("metrics", "Metrics", PortalUrls.Metrics(organization, environment)),
        new("holdouts", "Holdouts", PortalUrls.Holdouts(organization, environment)),
    ];
}
