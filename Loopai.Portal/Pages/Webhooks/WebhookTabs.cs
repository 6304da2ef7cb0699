namespace Loopai.Portal.Pages.Webhooks;

/// <summary>What the page of a webhook is made of.</summary>
internal static class WebhookTabs
{
    public const string Deliveries = "deliveries";
    public const string Settings = "settings";
    public const string Verify = "verify";

    public static IReadOnlyList<TabItem> Of(string organization, Guid id, string environment) =>
    [
        new(Deliveries, "Deliveries", PortalUrls.Webhook(organization, id, environment)),
        new(Settings, "Settings", PortalUrls.Webhook(organization, id, environment, Settings)),
        new(Verify, "Verify signatures", PortalUrls.Webhook(organization, id, environment, Verify)),
    ];
}
