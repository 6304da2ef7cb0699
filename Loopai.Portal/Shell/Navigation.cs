using Loopai.Portal.Pages.ApiKeys;
using Loopai.Portal.Pages.Audit;
using Loopai.Portal.Pages.Costs;
using Loopai.Portal.Pages.Dashboards;
using Loopai.Portal.Pages.Executions;
using Loopai.Portal.Pages.Experiments;
using Loopai.Portal.Pages.Flags;
using Loopai.Portal.Pages.Jobs;
using Loopai.Portal.Pages.Members;
using Loopai.Portal.Pages.Overview;
using Loopai.Portal.Pages.Plugins;
using Loopai.Portal.Pages.Provisioning;
using Loopai.Portal.Pages.Reports;
using Loopai.Portal.Pages.Review;
using Loopai.Portal.Pages.Roles;
using Loopai.Portal.Pages.Settings;
using Loopai.Portal.Pages.SignOn;
using Loopai.Portal.Pages.Tasks;
using Loopai.Portal.Pages.Usage;
using Loopai.Portal.Pages.Webhooks;

namespace Loopai.Portal.Shell;

/// <param name="Key">Names the entry for its badge and its shortcut.</param>
/// <param name="Label">What people read.</param>
/// <param name="Url">Where it leads.</param>
/// <param name="Icon">A name of IconShapes.</param>
/// <param name="Section">The heading it stands under, or none.</param>
/// <param name="Shortcut">The keys that go there.</param>
/// <param name="Badge">What waits there.</param>
public sealed record NavigationItem(string Key, string Label, string Url, string Icon, string? Section, string Shortcut, long? Badge = null);

/// <summary>The one list of where the portal leads. What is not built is not in it, and what the viewer's roles do not open is left out.</summary>
public static class Navigation
{
    public static IReadOnlyList<NavigationItem> For(ShellState shell)
    {
        var (organization, environment) = (shell.OrganizationSlug, shell.Environment);
        NavigationItem Item(string key, string label, string url, string icon, string shortcut, string? section = null) =>
            new(key, label, url, icon, section, shortcut, shell.Badges.TryGetValue(key, out var badge) ? badge : null);

        (NavigationItem Item, Type Page)[] all =
        [
            (Item("overview", "Overview", PortalUrls.Overview(organization, environment), "home", "g o"), typeof(OverviewPage)),
            (Item("tasks", "Tasks", PortalUrls.Tasks(organization, environment), "layers", "g t"), typeof(TasksPage)),
            (Item("experiments", "Experiments", PortalUrls.Experiments(organization, environment), "flask", "g x"), typeof(ExperimentsPage)),
            (Item("executions", "Executions", PortalUrls.Executions(organization, environment), "activity", "g e"), typeof(ExecutionsPage)),
            (Item("review", "Review", PortalUrls.Review(organization, environment), "inbox", "g r"), typeof(ReviewPage)),
            (Item("flags", "Flags", PortalUrls.Flags(organization, environment), "flag", "g f"), typeof(FlagsPage)),
            (Item("plugins", "Plugins", PortalUrls.Plugins(organization, environment), "plug", "g n"), typeof(MarketplacePage)),
            (Item("dashboards", "Dashboards", PortalUrls.Dashboards(organization, environment), "table", "g d", "Insights"), typeof(DashboardsPage)),
            (Item("costs", "Costs", PortalUrls.Costs(organization, environment), "coins", "g c", "Insights"), typeof(CostsPage)),
            (Item("reports", "Reports", PortalUrls.Reports(organization, environment), "file", "g b", "Insights"), typeof(ReportsPage)),
            (Item("jobs", "Jobs", PortalUrls.Jobs(organization, environment), "clock", "g j", "Insights"), typeof(JobsPage)),
            (Item("members", "Members", PortalUrls.Members(organization, environment), "users", "g m", "Organization"), typeof(MembersPage)),
            (Item("roles", "Roles", PortalUrls.Roles(organization, environment), "lock", "g w", "Organization"), typeof(RolesPage)),
            (Item("api-keys", "API keys", PortalUrls.ApiKeys(organization, environment), "key", "g k", "Organization"), typeof(ApiKeysPage)),
            (Item("webhooks", "Webhooks", PortalUrls.Webhooks(organization, environment), "webhook", "g h", "Organization"), typeof(WebhooksPage)),
            (Item("sign-on", "Sign-on", PortalUrls.SignOn(organization, environment), "log-in", "g i", "Organization"), typeof(SignOnPage)),
            (Item("provisioning", "Provisioning", PortalUrls.Provisioning(organization, environment), "users", "g p", "Organization"), typeof(ProvisioningPage)),
            (Item("usage", "Usage", PortalUrls.Usage(organization, environment), "gauge", "g u", "Organization"), typeof(UsagePage)),
            (Item("audit", "Audit log", PortalUrls.Audit(organization, environment), "shield", "g l", "Organization"), typeof(AuditPage)),
            (Item("settings", "Settings", PortalUrls.Settings(organization, environment), "settings", "g s", "Organization"), typeof(SettingsPage)),
        ];
        return [.. all.Where(entry => shell.Caller is null || PagePermissionAttribute.Missing(entry.Page, shell.Caller) is null).Select(entry => entry.Item)];
    }

    /// <summary>Whether the address shows this entry or something beneath it. The overview has everything beneath it, so it must match exactly.</summary>
    public static bool IsCurrent(NavigationItem item, string path)
    {
        var root = item.Url.Split('?')[0];
        return item.Key is "overview"
            ? string.Equals(path.TrimEnd('/'), root, StringComparison.OrdinalIgnoreCase)
            : path.Equals(root, StringComparison.OrdinalIgnoreCase) || path.StartsWith(root + "/", StringComparison.OrdinalIgnoreCase);
    }
}
