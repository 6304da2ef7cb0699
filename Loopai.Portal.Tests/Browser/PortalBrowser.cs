using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace Loopai.Portal.Tests.Browser;

/// <summary>The portal on a real port, and a Chromium to look at it with. One of each serves all browser tests.</summary>
public sealed class PortalBrowser : IAsyncLifetime
{
    /// <summary>Many tests share few cores: what a page will show may take a while, and an expectation that is met ends its waiting at once.</summary>
    static PortalBrowser() => Assertions.SetDefaultExpectTimeout(30_000);

    private readonly PortalOnAPort portal = new();
    private IPlaywright? playwright;
    private IBrowser? browser;

    public Uri Address => portal.ClientOptions.BaseAddress;

    public IServiceProvider Services => portal.Services;

    public async Task InitializeAsync()
    {
        portal.UseKestrel(0);
        portal.StartServer();
        playwright = await Playwright.CreateAsync();
        browser = await LaunchAsync(playwright);
    }

    internal static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(
        new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });

    /// <summary>A new browser profile with one page. What the page logs as an error is kept in <see cref="PortalPage.Errors" />.</summary>
    public async Task<PortalPage> OpenAsync(string path, ColorScheme scheme = ColorScheme.Light, int width = 1440, int height = 1000)
    {
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Address.ToString(),
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        var opened = new PortalPage(context, await context.NewPageAsync());
        await opened.GoAsync(path);
        return opened;
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
        await portal.DisposeAsync();
    }

    private sealed class PortalOnAPort : WebApplicationFactory<Program>
    {
        private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("loopai-browser-");

        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder
            .UseEnvironment("Development")
            .UseSetting("Portal:DataDirectory", data.FullName)
            .ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            data.Delete(recursive: true);
        }
    }
}

[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<PortalBrowser>
{
    public const string Name = "browser";
}
