namespace Loopai.Portal.Pages.Account;

/// <summary>The pages of one's own account.</summary>
internal static class AccountTabs
{
    public static readonly IReadOnlyList<TabItem> All =
    [
        new("profile", "Profile", PortalUrls.Account), new("security", "Security", PortalUrls.AccountSecurity), new("sessions", "Sessions", PortalUrls.AccountSessions),
    ];
}
