using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Roles;

/// <summary>The parts of the Roles page.</summary>
public static class RoleTabs
{
    public static IReadOnlyList<TabItem> Of(string organization, string environment) =>
    [
        new("roles", "Roles", PortalUrls.Roles(organization, environment)),
        new("explain", "Explain access", PortalUrls.Explain(organization, environment)),
    ];
}
