using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Audit;

/// <summary>What the audit log is made of.</summary>
public static class AuditTabs
{
    public static IReadOnlyList<TabItem> Of(string organization, string environment) =>
    [
        new("events", "Events", PortalUrls.Audit(organization, environment)),
        new("streams", "Streams and retention", PortalUrls.AuditStreams(organization, environment)),
    ];
}
