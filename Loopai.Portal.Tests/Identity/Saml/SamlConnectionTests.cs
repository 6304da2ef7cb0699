using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Peers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity.Saml;

/// <summary>What an administrator does with a SAML connection, in the API and by the services, against npm's samlify.</summary>
[Collection(PortalCollection.Name)]
public sealed partial class SamlConnectionTests(PortalFixture portal, SamlPeer peer) : IClassFixture<SamlPeer>
{
    private SignOnTests Tests => portal.Services.GetRequiredService<SignOnTests>();

    [PeerFact]
    public async Task Test_ShowsAttributesAndWhatWouldHappen_AndChangesNothing()
    {
        var tenant = await peer.ConnectAsync(portal, mapping: new MappingRule("groups", "Engineers", "developer"));
        await SwitchAsync(tenant, on: false);
        var run = await Tests.StartAsync(tenant.Organization.Owner, tenant.Connection, default);
        using var browser = new SamlBrowser();

        var visit = await browser.GoAsync(tenant.Ours($"start?test={run.Id}&returnUrl=/sign-in/tested"));

        visit.Place.AbsolutePath.ShouldBe("/sign-in/tested");
        var (ended, report) = await Tests.GetAsync(tenant.Organization.Owner, tenant.Connection, run.Id, default);
        ended.Passed.ShouldBe(true, string.Join('\n', report!.Checks.Select(c => $"{c.Name}: {c.Passed} {c.Detail}")));
        report.Identity!.Claims.ShouldContain(new ExternalClaim("groups", "Engineers"));
        report.Identity.LogoutHint.ShouldBeNull();
        report.Mapping!.Grants.ShouldBe([new MappedGrant("developer")]);
        report.Decision!.Action.ShouldBe(SignOnAction.LinkByEmail);
        browser.HasSession(portal.Address).ShouldBeFalse();
        await using var db = await portal.Database.Data.OpenAsync(tenant.Organization.Owner, default);
        (await db.SignOnLinks.CountAsync()).ShouldBe(0);
        WebUtility.HtmlDecode((await browser.GoAsync(tenant.Ours($"start?test={run.Id}"))).Text).ShouldContain("This test has ended");
    }

    [PeerFact]
    public async Task Test_AnswerThatIsRefused_NamesTheReason()
    {
        var tenant = await peer.ConnectAsync(portal);
        await peer.SetAsync(tenant, new { key = SamlPeer.Key(GivenSaml.Stranger), certificate = GivenSaml.Stranger.ExportCertificatePem() });
        var run = await Tests.StartAsync(tenant.Organization.Owner, tenant.Connection, default);
        using var browser = new SamlBrowser();

        await browser.GoAsync(tenant.Ours($"start?test={run.Id}&returnUrl=/sign-in/tested"));

        var (ended, report) = await Tests.GetAsync(tenant.Organization.Owner, tenant.Connection, run.Id, default);
        (ended.Passed, report!.Identity).ShouldBe((false, null));
        report.Checks.ShouldContain(check => !check.Passed && check.Detail.Contains("was not made by a certificate of this connection"));
    }

    [PeerFact]
    public async Task Test_BeforeTheProviderIsKnown_SaysWhatIsMissing()
    {
        var owner = portal.Acme.Owner;
        var connection = await CreateAsync(portal.Acme);
        var run = await Tests.StartAsync(owner, connection, default);
        using var browser = new SamlBrowser();

        await browser.GoAsync(new Uri(portal.Address, $"sign-in/saml/{connection}/start?test={run.Id}&returnUrl=/sign-in/tested"));

        var (_, report) = await Tests.GetAsync(owner, connection, run.Id, default);
        report!.Checks.ShouldHaveSingleItem().Detail.ShouldContain("knows no identity provider yet");
        var refused = await Should.ThrowAsync<InvalidException>(
            portal.Services.GetRequiredService<ConnectionService>().UpdateAsync(owner, connection, new ConnectionDraft(Enabled: true), null, default));
        refused.Errors.Keys.ShouldBe(["enabled"]);
    }

    [PeerTheory]
    [InlineData("redirect")]
    [InlineData("post")]
    public async Task SignOut_Here_OffersToSignOutAtTheProviderToo(string binding)
    {
        var tenant = await peer.ConnectAsync(portal, options: new { binding });
        using var browser = new SamlBrowser();
        var home = await browser.GoAsync(tenant.Start);
        var token = Token().Match(home.Text).Groups[1].Value;

        var page = await browser.PostAsync(portal.Address, new Uri(portal.Address, "sign-out"), new Dictionary<string, string> { ["__RequestVerificationToken"] = token });

        page.Place.AbsolutePath.ShouldBe("/sign-in/signed-out");
        var link = WebUtility.HtmlDecode(LogoutLink().Match(page.Text).Groups[1].Value);
        (await browser.GoAsync(new Uri(portal.Address, link))).Place.AbsolutePath.ShouldBe("/sign-in");
        (await peer.LoggedOutAsync(tenant)).ShouldBe(tenant.Person);
        (await browser.GoAsync(new Uri(portal.Address, $"o/{tenant.Organization.Slug}"))).Place.AbsolutePath.ShouldBe("/sign-in");
    }

    [PeerFact]
    public async Task Import_OfAnotherProvider_ForgetsWhoWasWhoAtTheLast()
    {
        var tenant = await peer.ConnectAsync(portal);
        using (var browser = new SamlBrowser())
        {
            await browser.GoAsync(tenant.Start);
            browser.HasSession(portal.Address).ShouldBeTrue();
        }

        var other = await peer.ConnectAsync(portal);
        var saml = portal.Services.GetRequiredService<SamlConnectionService>();
        await saml.ImportFromAsync(tenant.Organization.Owner, tenant.Connection, new Uri(tenant.Provider, "metadata").ToString(), default);
        await using var db = await portal.Database.Data.OpenAsync(tenant.Organization.Owner, default);
        (await db.SignOnLinks.CountAsync()).ShouldBe(1);

        await saml.ImportFromAsync(tenant.Organization.Owner, tenant.Connection, new Uri(other.Provider, "metadata").ToString(), default);

        (await db.SignOnLinks.CountAsync()).ShouldBe(0);
    }

    [PeerFact]
    public async Task Api_FromImportToRollover_Works()
    {
        var tenant = await peer.ConnectAsync(portal);
        using var client = portal.Client(portal.Acme);
        using var plain = new HttpClient();
        var id = await CreateAsync(portal.Acme);

        (await client.PostAsJsonAsync($"sign-on/connections/{id}/saml/import", new { xml = "<nothing/>" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var imported = await ReadAsync(await client.PostAsJsonAsync($"sign-on/connections/{id}/saml/import", new { xml = await plain.GetStringAsync(new Uri(tenant.Provider, "metadata")) }));
        imported.GetProperty("settings").GetProperty("entityId").GetString().ShouldBe(new Uri(tenant.Provider, "metadata").ToString());
        imported.GetProperty("secrets").GetArrayLength().ShouldBe(0);
        var metadata = imported.GetProperty("addresses").GetProperty("metadataUrl").GetString();

        var first = (await client.GetFromJsonAsync<JsonElement>($"sign-on/connections/{id}/saml/certificates")).GetProperty("items");
        first.EnumerateArray().Select(c => c.GetProperty("use").GetString()).ShouldBe(["signing", "encryption"]);
        var two = (await ReadAsync(await client.PostAsJsonAsync($"sign-on/connections/{id}/saml/certificates", new { use = "signing" }))).GetProperty("items");
        var next = two.EnumerateArray().Single(c => !c.GetProperty("active").GetBoolean()).GetProperty("id").GetGuid();
        SigningKeys().Count(await plain.GetStringAsync(metadata)).ShouldBe(2);
        (await client.PostAsJsonAsync($"sign-on/connections/{id}/saml/certificates", new { use = "signing" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);

        await ReadAsync(await client.PostAsync($"sign-on/connections/{id}/saml/certificates/{next}/activate", null));
        (await client.DeleteAsync($"sign-on/connections/{id}/saml/certificates/{next}")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var left = await ReadAsync(await client.DeleteAsync($"sign-on/connections/{id}/saml/certificates/{first[0].GetProperty("id").GetGuid()}"));
        left.GetProperty("items").EnumerateArray().Single(c => c.GetProperty("use").GetString() == "signing").GetProperty("id").GetGuid().ShouldBe(next);
    }

    private async Task<Guid> CreateAsync(PortalOrganization organization) => (await portal.Services.GetRequiredService<ConnectionService>()
        .CreateAsync(organization.Owner, SignOnKind.Saml, new ConnectionDraft("SAML"), default)).Id;

    private Task SwitchAsync(SamlTenant tenant, bool on) => portal.Services.GetRequiredService<ConnectionService>()
        .UpdateAsync(tenant.Organization.Owner, tenant.Connection, new ConnectionDraft(Enabled: on), null, default);

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"", RegexOptions.NonBacktracking)]
    private static partial Regex Token();

    [GeneratedRegex("href=\"([^\"]*/logout/begin[^\"]*)\"", RegexOptions.NonBacktracking)]
    private static partial Regex LogoutLink();

    [GeneratedRegex("use=\"signing\"", RegexOptions.NonBacktracking)]
    private static partial Regex SigningKeys();
}
