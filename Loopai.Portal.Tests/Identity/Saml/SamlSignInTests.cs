using System.Net;
using Loopai.Core.Access;
using Loopai.Core.Identity.Saml;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Peers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>The whole way: the portal over HTTP, npm's samlify, and a browser's cookies and forms.</summary>
[Collection(PortalCollection.Name)]
public sealed class SamlSignInTests(PortalFixture portal, SamlPeer peer) : IClassFixture<SamlPeer>
{
    [PeerFact]
    public Task SignIn_RequestByRedirect_ComesIn() => ComesInAsync(null, null);

    [PeerFact]
    public Task SignIn_RequestByPost_ComesIn() => ComesInAsync(null, new { binding = "post" });

    [PeerFact]
    public Task SignIn_SignedAssertion_ComesIn() => ComesInAsync(s => s with { Demand = SignatureDemand.Assertion }, null);

    [PeerFact]
    public Task SignIn_SignedResponse_ComesIn() => ComesInAsync(s => s with { Demand = SignatureDemand.Response }, new { signMessage = true });

    [PeerFact]
    public Task SignIn_BothSigned_ComesIn() => ComesInAsync(s => s with { Demand = SignatureDemand.Both }, new { signMessage = true });

    [PeerFact]
    public Task SignIn_EncryptedAssertion_ComesIn() => ComesInAsync(s => s with { DemandEncryption = true }, new { encrypt = true });

    [PeerFact]
    public Task SignIn_EncryptedAssertionInSignedResponse_ComesIn() =>
        ComesInAsync(s => s with { DemandEncryption = true, Demand = SignatureDemand.Both }, new { encrypt = true, signMessage = true, cipher = "http://www.w3.org/2001/04/xmlenc#aes256-cbc" });

    [PeerFact]
    public async Task SignIn_Response_ShorterOfASignatureThanDemanded_IsRefused()
    {
        var tenant = await peer.ConnectAsync(portal);
        await ChangeAsync(tenant, s => s with { Demand = SignatureDemand.Both });
        using var browser = new SamlBrowser();

        ShouldBeRefused(await browser.GoAsync(tenant.Start), browser, "The response is not signed");
    }

    [PeerFact]
    public async Task SignIn_TwoOrganizations_EachComesIntoItsOwn()
    {
        var (one, other) = (await peer.ConnectAsync(portal), await peer.ConnectAsync(portal));
        foreach (var (tenant, stranger) in new[] { (one, other), (other, one) })
        {
            using var browser = new SamlBrowser();
            ShouldBeIn(await browser.GoAsync(tenant.Start), tenant, browser);

            (await browser.GoAsync(new Uri(portal.Address, $"o/{stranger.Organization.Slug}"))).Text.ShouldNotContain(stranger.Organization.Slug + "/tasks");
        }
    }

    [PeerFact]
    public async Task SignIn_BegunAtTheProvider_IsTakenOnlyWhereAllowed()
    {
        var tenant = await peer.ConnectAsync(portal);
        using (var browser = new SamlBrowser())
        {
            ShouldBeRefused(await browser.GoAsync(tenant.Initiate), browser, "Nobody asked for this sign-in");
        }

        await ChangeAsync(tenant, s => s with { AllowUnsolicited = true });
        using (var browser = new SamlBrowser())
        {
            await browser.GoAsync(tenant.Initiate);
            browser.HasSession(portal.Address).ShouldBeTrue();
        }
    }

    [PeerFact]
    public async Task SignIn_AnswerTwice_IsRefusedTheSecondTime()
    {
        var tenant = await peer.ConnectAsync(portal, s => s with { AllowUnsolicited = true });
        using var browser = new SamlBrowser();
        var stopped = await browser.GoAsync(tenant.Initiate, place => place == tenant.Ours("acs"));
        await browser.PostAsync(tenant.Provider, tenant.Ours("acs"), stopped.Fields);
        browser.HasSession(portal.Address).ShouldBeTrue();
        using var thief = new SamlBrowser();

        ShouldBeRefused(await thief.PostAsync(tenant.Provider, tenant.Ours("acs"), stopped.Fields), thief, "used before");
    }

    [PeerFact]
    public async Task SignIn_AnswerInAnotherBrowser_IsRefused_AndStillGoodInItsOwn()
    {
        var tenant = await peer.ConnectAsync(portal);
        using var browser = new SamlBrowser();
        var stopped = await browser.GoAsync(tenant.Start, place => place == tenant.Ours("acs"));
        using (var victim = new SamlBrowser())
        {
            ShouldBeRefused(await victim.PostAsync(tenant.Provider, tenant.Ours("acs"), stopped.Fields), victim, "does not belong to a sign-in that this browser began");
        }

        ShouldBeIn(await browser.PostAsync(tenant.Provider, tenant.Ours("acs"), stopped.Fields), tenant, browser);
    }

    [PeerFact]
    public async Task SignIn_AnswerAtAnotherConnection_IsRefused()
    {
        var (one, other) = (await peer.ConnectAsync(portal), await peer.ConnectAsync(portal));
        using var browser = new SamlBrowser();
        var stopped = await browser.GoAsync(one.Start, place => place == one.Ours("acs"));

        ShouldBeRefused(await browser.PostAsync(one.Provider, other.Ours("acs"), stopped.Fields), browser, "is not this connection's entity ID");
    }

    [PeerFact]
    public async Task SignIn_ProviderWithANewCertificate_IsTakenOnceItIsImported()
    {
        var tenant = await peer.ConnectAsync(portal);
        await peer.SetAsync(tenant, new { key = SamlPeer.Key(GivenSaml.Stranger), certificate = GivenSaml.Stranger.ExportCertificatePem() });
        using (var browser = new SamlBrowser())
        {
            ShouldBeRefused(await browser.GoAsync(tenant.Start), browser, "was not made by a certificate of this connection");
        }

        var connections = portal.Services.GetRequiredService<SamlConnectionService>();
        await connections.ImportFromAsync(tenant.Organization.Owner, tenant.Connection, new Uri(tenant.Provider, "metadata").ToString(), CancellationToken.None);
        using (var browser = new SamlBrowser())
        {
            ShouldBeIn(await browser.GoAsync(tenant.Start), tenant, browser);
        }
    }

    [PeerFact]
    public async Task SignIn_RolloverOfOurCertificates_NeverShutsAnybodyOut()
    {
        // By POST: of two signing certificates samlify looks at both only there.
        var tenant = await peer.ConnectAsync(portal, s => s with { DemandEncryption = true }, new { encrypt = true, binding = "post" });
        var (owner, connections) = (tenant.Organization.Owner, portal.Services.GetRequiredService<SamlConnectionService>());
        var before = await connections.GetAsync(owner, tenant.Connection, default);

        // Both are made; the provider knows the old ones until it imports the metadata, which has the old and the new one to sign.
        await connections.AddCertificateAsync(owner, tenant.Connection, SamlKeyUse.Signing, default);
        var both = await connections.AddCertificateAsync(owner, tenant.Connection, SamlKeyUse.Encryption, default);
        await ComesInOnceAsync(tenant);
        await peer.IntroduceAsync(tenant);
        await ComesInOnceAsync(tenant);
        foreach (var next in both.Certificates.Where(c => !c.Active))
        {
            await connections.ActivateCertificateAsync(owner, tenant.Connection, next.Id, default);
        }

        // Signed with the new one; encrypted for the old one until the provider imports again.
        await ComesInOnceAsync(tenant);
        await peer.IntroduceAsync(tenant);
        foreach (var last in before.Certificates)
        {
            await connections.RemoveCertificateAsync(owner, tenant.Connection, last.Id, default);
        }

        await peer.IntroduceAsync(tenant);
        await ComesInOnceAsync(tenant);
        (await connections.GetAsync(owner, tenant.Connection, default)).Certificates.Count.ShouldBe(2);
    }

    [PeerFact]
    public async Task SignIn_RefusedAnswer_IsInTheAuditLog()
    {
        var tenant = await peer.ConnectAsync(portal);
        await peer.SetAsync(tenant, new { user = new { nameId = "eve@elsewhere.example", name = "Eve", session = "s", groups = Array.Empty<string>() } });
        using var browser = new SamlBrowser();

        ShouldBeRefused(await browser.GoAsync(tenant.Start), browser, "elsewhere.example is not a domain");

        await using var db = await portal.Database.Data.OpenAsync(tenant.Organization.Owner, default);
        (await db.AuditEvents.SingleAsync(e => e.Action == "sign_in.refused")).Details.ShouldNotBeNull().ShouldContain("sign_on.foreign_domain");
    }

    [PeerTheory]
    [InlineData("redirect")]
    [InlineData("post")]
    public async Task Logout_AtTheProvider_EndsTheSessionHere(string binding)
    {
        var tenant = await peer.ConnectAsync(portal, options: new { binding });
        using var browser = new SamlBrowser();
        ShouldBeIn(await browser.GoAsync(tenant.Start), tenant, browser);

        var answered = await browser.GoAsync(new Uri(tenant.Provider, "end"));

        answered.Text.ShouldBe("signed out; relay state: a relay & state");
        (await browser.GoAsync(new Uri(portal.Address, $"o/{tenant.Organization.Slug}"))).Place.AbsolutePath.ShouldBe("/sign-in");
    }

    private async Task ComesInAsync(Func<SamlSettings, SamlSettings>? settings, object? options) => await ComesInOnceAsync(await peer.ConnectAsync(portal, settings, options));

    private async Task ComesInOnceAsync(SamlTenant tenant)
    {
        using var browser = new SamlBrowser();
        ShouldBeIn(await browser.GoAsync(tenant.Start), tenant, browser);
    }

    private async Task ChangeAsync(SamlTenant tenant, Func<SamlSettings, SamlSettings> change)
    {
        var connections = portal.Services.GetRequiredService<SamlConnectionService>();
        var setup = await connections.GetAsync(tenant.Organization.Owner, tenant.Connection, default);
        await connections.UpdateAsync(tenant.Organization.Owner, tenant.Connection, change(setup.Settings), default);
    }

    private void ShouldBeIn(Visit visit, SamlTenant tenant, SamlBrowser browser)
    {
        (visit.Place.AbsolutePath, visit.Status).ShouldBe(($"/o/{tenant.Organization.Slug}", HttpStatusCode.OK), visit.Text.Length > 2000 ? "" : visit.Text);
        browser.HasSession(portal.Address).ShouldBeTrue();
    }

    private void ShouldBeRefused(Visit visit, SamlBrowser browser, string reason)
    {
        visit.Place.AbsolutePath.ShouldBe("/sign-in/refused");
        WebUtility.HtmlDecode(visit.Text).ShouldContain(reason);
        browser.HasSession(portal.Address).ShouldBeFalse();
    }
}

/// <summary>A theory against a real peer from npm; skipped where npm is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute() => Skip = NpmPeer.Missing;
}
