using Loopai.Portal.Tests.Api;
using Microsoft.Playwright;

namespace Loopai.Portal.Tests.Browser;

/// <summary>The real portal with a database, and a Chromium that a person signs in with.</summary>
public sealed class SignedInBrowser : IAsyncLifetime
{
    private readonly PortalBrowser _browser = new();

    public PortalFixture Portal { get; } = new();

    public async Task InitializeAsync()
    {
        await Portal.InitializeAsync();
        await _browser.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        await Portal.DisposeAsync();
    }

    /// <summary>Signs the organization's owner in through the form, and opens the address.</summary>
    public async Task<PortalPage> SignInAsync(PortalOrganization organization, string path, int width = 1440, int height = 1000)
    {
        var page = await _browser.OpenAsync(new Uri(Portal.Address, $"/sign-in?returnUrl={Uri.EscapeDataString(path)}").ToString(), width: width, height: height);
        await page.GivePasswordAsync(organization.OwnerEmail);
        await page.Page.WaitForURLAsync(new Uri(Portal.Address, path).ToString());
        await page.Page.Locator("html[data-live]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        return page;
    }
}
