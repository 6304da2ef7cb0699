using Loopai.Portal.Tests.Api;
using Microsoft.Playwright;

namespace Loopai.Portal.Tests.Browser;

/// <summary>The real portal with a database, and a Chromium that a person signs in with.</summary>
public sealed class PortalVisit : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public PortalFixture Portal { get; } = new();

    public async Task InitializeAsync()
    {
        await Portal.InitializeAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await PortalBrowser.LaunchAsync(_playwright);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        await Portal.DisposeAsync();
    }

    /// <summary>Signs the organization's owner in through the form, and opens the address.</summary>
    public async Task<PortalPage> SignInAsync(PortalOrganization organization, string path, int width = 1440, int height = 1000)
    {
        var opened = await OpenAsync($"/sign-in?returnUrl={Uri.EscapeDataString(path)}", width, height);
        var page = opened.Page;
        await opened.GivePasswordAsync(organization.OwnerEmail);
        await page.WaitForURLAsync(new Uri(Portal.Address, path).ToString());
        await page.Locator("html[data-live]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        return opened;
    }

    /// <summary>A new browser profile that nobody is signed in with.</summary>
    public async Task<PortalPage> OpenAsync(string path, int width = 1440, int height = 1000)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = new Uri(Portal.Address, path).GetLeftPart(UriPartial.Authority),
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        var opened = new PortalPage(context, await context.NewPageAsync());
        await opened.Page.GotoAsync(path);
        return opened;
    }
}
