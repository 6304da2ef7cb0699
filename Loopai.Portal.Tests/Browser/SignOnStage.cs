using System.Collections.Concurrent;
using Loopai.Portal.Startup;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Identity.Saml;
using Loopai.Portal.Tests.Identity.SignOn;
using Loopai.Portal.Tests.Identity.SignOn.Oidc;
using Microsoft.Playwright;

namespace Loopai.Portal.Tests.Browser;

/// <summary>The portal, npm's oidc-provider, npm's samlify, a DNS server, and a Chromium: all real, all on loopback.</summary>
public sealed class SignOnStage : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, string> _zone = new(StringComparer.OrdinalIgnoreCase);
    private DnsServer? _dns;
    private PortalHost? _host;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public PortalFixture Portal { get; } = new();

    public OidcPeer Oidc { get; } = new();

    public SamlPeer Saml { get; } = new();

    public Uri Address { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Portal.InitializeAsync();
        await Oidc.InitializeAsync();
        await Saml.InitializeAsync();
        _dns = DnsServer.Of(_zone);
        _host = await Portal.StartPortalAsync($"--Outbound:DnsServers={_dns.EndPoint}");
        Address = PortalFixture.AddressOf(_host);
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
        if (_host is not null)
        {
            await PortalFixture.StopAsync(_host);
        }

        if (_dns is not null)
        {
            await _dns.DisposeAsync();
        }

        await Saml.DisposeAsync();
        await Oidc.DisposeAsync();
        await Portal.DisposeAsync();
    }

    /// <summary>Puts a TXT record into the zone of whoever owns the domain.</summary>
    public void Publish(string domain, string text) => _zone[domain] = text;

    /// <summary>A browser that nobody has used.</summary>
    public async Task<PortalPage> OpenAsync()
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Address.ToString(), ReducedMotion = ReducedMotion.Reduce, ViewportSize = new ViewportSize { Width = 1440, Height = 1000 },
        });
        return new PortalPage(context, await context.NewPageAsync());
    }
}
