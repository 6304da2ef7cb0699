using Loopai.Core.Plugins.Marketplace;

namespace Loopai.Portal.Pages.Plugins;

/// <summary>What the page of a plugin is made of.</summary>
internal static class PluginTabs
{
    public const string Readme = "readme";
    public const string Changes = "changes";
    public const string Versions = "versions";
    public const string Checks = "checks";
    public const string Use = "use";
    public const string Reviews = "reviews";

    public static string Known(string? tab) => tab is Changes or Versions or Checks or Use or Reviews ? tab : Readme;

    public static IReadOnlyList<TabItem> Of(string organization, PluginDetail detail, string? version, string environment)
    {
        var key = detail.Item.Plugin.Key;
        return
        [
            new(Readme, "About", PortalUrls.Plugin(organization, key, environment, version: version)),
            new(Changes, "Changes", PortalUrls.Plugin(organization, key, environment, Changes, version)),
            new(Versions, "Versions", PortalUrls.Plugin(organization, key, environment, Versions, version), detail.Versions.Count),
            new(Checks, "Checks", PortalUrls.Plugin(organization, key, environment, Checks, version)),
            new(Reviews, "Reviews", PortalUrls.Plugin(organization, key, environment, Reviews, version), detail.Item.Plugin.Ratings),
            new(Use, "Use", PortalUrls.Plugin(organization, key, environment, Use, version)),
        ];
    }
}
