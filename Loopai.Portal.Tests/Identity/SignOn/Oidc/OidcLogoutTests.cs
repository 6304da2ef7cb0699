using System.Net;
using System.Text.RegularExpressions;
using Loopai.Core.Access;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Peers;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Identity.SignOn.Oidc;

/// <summary>Every way in which a session ends, here and at npm's oidc-provider.</summary>
[Collection(PortalCollection.Name)]
public sealed partial class OidcLogoutTests(PortalFixture portal, OidcPeer peer) : IClassFixture<OidcPeer>
{
    [PeerFact]
    public async Task BackChannel_LogoutAtTheProvider_EndsTheSessionHere()
    {
        var (tenant, browser, home) = await SignedInAsync();
        using (browser)
        {
            await EndAtProviderAsync(browser, $"{peer.Issuer}/session/end");

            await Eventually.IsTrueAsync(async () => (await browser.WalkAsync(home)).Place.AbsolutePath == "/sign-in");
        }
    }

    [PeerFact]
    public async Task BackChannel_TokenThatIsNone_EndsNothing()
    {
        var (tenant, browser, home) = await SignedInAsync();
        using (browser)
        {
            var address = $"sign-in/oidc/{tenant.Connection.Id}/backchannel-logout";

            (await browser.PostFormAsync(address, ("logout_token", "eyJhbGciOiJub25lIn0.e30."))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await browser.PostFormAsync(address)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

            (await browser.WalkAsync(home)).Place.AbsolutePath.ShouldBe(home);
        }
    }

    [PeerFact]
    public async Task FrontChannel_SessionOfTheProvider_EndsHere_AndNoOther()
    {
        var (tenant, browser, home) = await SignedInAsync();
        using (browser)
        {
            var session = await SessionAsync(tenant);
            var address = $"sign-in/oidc/{tenant.Connection.Id}/frontchannel-logout";
            using var anybody = new WalkingBrowser(portal.Address);

            (await anybody.GetAsync($"{address}?iss={peer.Issuer}&sid=another")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await anybody.GetAsync($"{address}?iss=https://elsewhere.example&sid={session}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await anybody.GetAsync($"{address}?iss={peer.Issuer}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await browser.WalkAsync(home)).Place.AbsolutePath.ShouldBe(home);

            (await anybody.GetAsync($"{address}?iss={peer.Issuer}&sid={session}")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await browser.WalkAsync(home)).Place.AbsolutePath.ShouldBe("/sign-in");
        }
    }

    [PeerFact]
    public async Task SignOut_Here_OffersToEndTheProvidersSessionToo()
    {
        var (_, browser, home) = await SignedInAsync();
        using (browser)
        {
            var page = await browser.SignOutAsync(home);
            page.Place.AbsolutePath.ShouldBe("/sign-in/signed-out");
            (await browser.WalkAsync(home)).Place.AbsolutePath.ShouldBe("/sign-in");

            var back = await EndAtProviderAsync(browser, WalkingBrowser.LinkOf(page.Text, "Sign out there too"));

            back.Place.AbsolutePath.ShouldBe("/sign-in");
        }
    }

    /// <summary>Agrees at the provider, and follows where it leads.</summary>
    private async Task<Walk> EndAtProviderAsync(WalkingBrowser browser, string address)
    {
        var secret = Secret().Match((await browser.WalkAsync(address)).Text).Groups[1].Value;
        using var answer = await browser.PostFormAsync($"{peer.Issuer}/session/end/confirm", ("xsrf", secret), ("logout", "yes"));
        return await browser.WalkAsync(new Uri(new Uri(peer.Issuer), answer.Headers.Location!).ToString());
    }

    /// <summary>What the provider calls the session.</summary>
    private async Task<string> SessionAsync(OidcTenant tenant)
    {
        await using var db = await portal.Database.Data.OpenAsync(Caller.Installation, default);
        return (await db.UserSessions.Where(s => s.SsoConnectionId == tenant.Connection.Id).Select(s => s.SsoSessionId).SingleAsync())!;
    }

    private async Task<(OidcTenant Tenant, WalkingBrowser Browser, string Home)> SignedInAsync()
    {
        var tenant = await peer.ConnectAsync(portal);
        var person = await peer.MemberAsync(portal, tenant);
        var browser = new WalkingBrowser(portal.Address);
        var home = $"/o/{tenant.Organization.Slug}";
        (await browser.WalkAsync($"{tenant.Start}?hint={person}&returnUrl={home}")).Place.AbsolutePath.ShouldBe(home);
        return (tenant, browser, home);
    }

    [GeneratedRegex("name=\"xsrf\" value=\"([^\"]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Secret();
}
