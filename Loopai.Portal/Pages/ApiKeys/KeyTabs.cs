using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.ApiKeys;

/// <summary>Keys, and who holds them that is no person.</summary>
public static class KeyTabs
{
    public static IReadOnlyList<TabItem> Of(string organization, string environment) =>
    [
        new("keys", "Keys", PortalUrls.ApiKeys(organization, environment)),
        new("service-accounts", "Service accounts", PortalUrls.ServiceAccounts(organization, environment)),
    ];
}
