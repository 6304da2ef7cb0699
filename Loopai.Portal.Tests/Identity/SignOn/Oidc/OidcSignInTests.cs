using System.Net;
using System.Text.RegularExpressions;
using Loopai.Core.Access;
using Loopai.Core.Identity;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Peers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity.SignOn.Oidc;

/// <summary>The whole way: the portal over HTTP, npm's oidc-provider, and a browser's cookies.</summary>
[Collection(PortalCollection.Name)]
public sealed partial class OidcSignInTests(PortalFixture portal, OidcPeer peer) : IClassFixture<OidcPeer>
{
    [PeerFact]
    public async Task SignIn_TwoOrganizationsAtOneIssuer_EachComesIntoItsOwn()
    {
        var (one, other) = (await peer.ConnectAsync(portal), await peer.ConnectAsync(portal));
        foreach (var (tenant, stranger) in new[] { (one, other), (other, one) })
        {
            var person = await MemberAsync(tenant);
            using var browser = new WalkingBrowser(portal.Address);

            var walk = await browser.WalkAsync($"{tenant.Start}?hint={person}&returnUrl=/o/{tenant.Organization.Slug}");

            (walk.Place.AbsolutePath, walk.Status).ShouldBe(($"/o/{tenant.Organization.Slug}", HttpStatusCode.OK));
            (await browser.WalkAsync($"o/{stranger.Organization.Slug}")).Text.ShouldContain("There is nothing at this address");
        }
    }

    [PeerFact]
    public async Task SignIn_ByTheAddressOnTheSignInPage_FindsTheProvider()
    {
        var tenant = await peer.ConnectAsync(portal);
        var detected = await portal.Services.GetRequiredService<SignOnDetection>().ForEmailAsync($"anybody@{tenant.Domain.ToUpperInvariant()}", default);

        detected.Select(c => c.Id).ShouldBe([tenant.Connection.Id]);
        (await portal.Services.GetRequiredService<SignOnDetection>().ForEmailAsync($"anybody@sub.{tenant.Domain}", default)).ShouldBeEmpty();
    }

    [PeerFact]
    public async Task Callback_Replayed_IsRefused()
    {
        var tenant = await peer.ConnectAsync(portal);
        var person = await MemberAsync(tenant);
        using var browser = new WalkingBrowser(portal.Address);
        var callback = (await browser.WalkAsync($"{tenant.Start}?hint={person}", IsCallback)).Place.PathAndQuery;

        (await browser.WalkAsync(callback)).Place.AbsolutePath.ShouldNotBe("/sign-in/refused");
        var again = await browser.WalkAsync(callback);

        (again.Place.AbsolutePath, again.Text.Contains("has been finished before")).ShouldBe(("/sign-in/refused", true));
    }

    [PeerFact]
    public async Task Callback_InAnotherBrowser_OrWithAnotherState_IsRefused()
    {
        var tenant = await peer.ConnectAsync(portal);
        var person = await MemberAsync(tenant);
        using var browser = new WalkingBrowser(portal.Address);
        using var victim = new WalkingBrowser(portal.Address);
        var callback = (await browser.WalkAsync($"{tenant.Start}?hint={person}", IsCallback)).Place.PathAndQuery;

        (await victim.WalkAsync(callback)).Place.AbsolutePath.ShouldBe("/sign-in/refused");
        (await browser.WalkAsync(State().Replace(callback, "state=forged"))).Place.AbsolutePath.ShouldBe("/sign-in/refused");
        (await browser.WalkAsync(callback)).Place.AbsolutePath.ShouldNotBe("/sign-in/refused");
    }

    [PeerFact]
    public async Task Callback_AtAnotherConnectionsAddress_OrFromAnotherIssuer_IsRefused()
    {
        var (tenant, other) = (await peer.ConnectAsync(portal), await peer.ConnectAsync(portal));
        var person = await MemberAsync(tenant);
        using var browser = new WalkingBrowser(portal.Address);
        var callback = (await browser.WalkAsync($"{tenant.Start}?hint={person}", IsCallback)).Place.PathAndQuery;

        var misled = callback.Replace($"{tenant.Connection.Id}", $"{other.Connection.Id}", StringComparison.Ordinal);
        (await browser.WalkAsync(misled)).Place.AbsolutePath.ShouldBe("/sign-in/refused");

        var next = (await browser.WalkAsync($"{tenant.Start}?hint={person}", IsCallback)).Place.PathAndQuery;
        next.ShouldContain("iss=");
        (await browser.WalkAsync(Issuer().Replace(next, "iss=https%3A%2F%2Fevil.example"))).Text.ShouldContain("Issuer of the answer");

        var silent = (await browser.WalkAsync($"{tenant.Start}?hint={person}", IsCallback)).Place.PathAndQuery;
        (await browser.WalkAsync(Issuer().Replace(silent, "x=y"))).Text.ShouldContain("Issuer of the answer");
    }

    [PeerFact]
    public async Task SignIn_AfterTheProviderChangedItsKeys_GoesOn()
    {
        var tenant = await peer.ConnectAsync(portal);
        var person = await MemberAsync(tenant);
        using var before = new WalkingBrowser(portal.Address);
        (await before.WalkAsync($"{tenant.Start}?hint={person}&returnUrl=/o/{tenant.Organization.Slug}")).Place.AbsolutePath.ShouldBe($"/o/{tenant.Organization.Slug}");

        await peer.RotateAsync("RS256");

        using var after = new WalkingBrowser(portal.Address);
        (await after.WalkAsync($"{tenant.Start}?hint={person}&returnUrl=/o/{tenant.Organization.Slug}")).Place.AbsolutePath.ShouldBe($"/o/{tenant.Organization.Slug}");
    }

    [PeerFact]
    public async Task SignIn_AddressOfAForeignDomain_IsRefused()
    {
        var (tenant, other) = (await peer.ConnectAsync(portal), await peer.ConnectAsync(portal));
        var person = await MemberAsync(other);
        using var browser = new WalkingBrowser(portal.Address);

        var walk = await browser.WalkAsync($"{tenant.Start}?hint={person}");

        (walk.Place.AbsolutePath, walk.Text.Contains($"{other.Domain} is not a domain")).ShouldBe(("/sign-in/refused", true));
        (await browser.WalkAsync($"o/{other.Organization.Slug}")).Place.AbsolutePath.ShouldBe("/sign-in");
    }

    [PeerFact]
    public async Task SignIn_UnverifiedAddress_IsRefused()
    {
        var tenant = await peer.ConnectAsync(portal);
        var person = await MemberAsync(tenant, verified: false);
        using var browser = new WalkingBrowser(portal.Address);

        (await browser.WalkAsync($"{tenant.Start}?hint={person}")).Text.ShouldContain("does not vouch");
    }

    [PeerFact]
    public async Task SignIn_WeakerAuthenticationThanAskedFor_IsRefused()
    {
        var tenant = await peer.ConnectAsync(portal, acrValues: "urn:test:mfa");
        var (weak, strong) = (await MemberAsync(tenant), await MemberAsync(tenant, acr: "urn:test:mfa"));
        using var first = new WalkingBrowser(portal.Address);
        using var second = new WalkingBrowser(portal.Address);

        (await first.WalkAsync($"{tenant.Start}?hint={weak}")).Text.ShouldContain("Authentication context");
        (await second.WalkAsync($"{tenant.Start}?hint={strong}&returnUrl=/o/{tenant.Organization.Slug}")).Place.AbsolutePath.ShouldBe($"/o/{tenant.Organization.Slug}");
    }

    [PeerFact]
    public async Task SignIn_DisabledConnection_DoesNotBegin()
    {
        var tenant = await peer.ConnectAsync(portal, enabled: false);
        using var browser = new WalkingBrowser(portal.Address);

        (await browser.WalkAsync(tenant.Start)).Place.AbsolutePath.ShouldBe("/sign-in/refused");
        (await browser.WalkAsync($"sign-in/oidc/{Guid.NewGuid()}/start")).Place.AbsolutePath.ShouldBe("/sign-in/refused");
    }

    [PeerFact]
    public async Task Test_ShowsClaimsAndWhatWouldHappen_AndChangesNothing()
    {
        var tenant = await peer.ConnectAsync(portal, enabled: false, mapping: new MappingRule("groups", "engineers", "developer"));
        var person = await MemberAsync(tenant, groups: ["engineers"]);
        var tests = portal.Services.GetRequiredService<SignOnTests>();
        var run = await tests.StartAsync(tenant.Organization.Owner, tenant.Connection.Id, default);
        using var browser = new WalkingBrowser(portal.Address);

        var walk = await browser.WalkAsync($"{tenant.Start}?test={run.Id}&hint={person}&returnUrl=/sign-in/tested");

        walk.Place.AbsolutePath.ShouldBe("/sign-in/tested");
        var (ended, report) = await tests.GetAsync(tenant.Organization.Owner, tenant.Connection.Id, run.Id, default);
        ended.Passed.ShouldBe(true, string.Join('\n', report!.Checks.Select(c => $"{c.Name}: {c.Passed} {c.Detail}")));
        report.Identity!.Claims.ShouldContain(new ExternalClaim("groups", "engineers"));
        report.Mapping!.Grants.ShouldBe([new MappedGrant("developer")]);
        report.Decision!.Action.ShouldBe(SignOnAction.LinkByEmail);
        (await browser.WalkAsync($"o/{tenant.Organization.Slug}")).Place.AbsolutePath.ShouldBe("/sign-in");
        await using var db = await portal.Database.Data.OpenAsync(tenant.Organization.Owner, default);
        (await db.SignOnLinks.CountAsync()).ShouldBe(0);
        (await browser.WalkAsync($"{tenant.Start}?test={run.Id}")).Text.ShouldContain("This test has ended");
    }

    [PeerFact]
    public async Task SignIn_Groups_BecomeRolesAndAreTakenBackWithThem()
    {
        var tenant = await peer.ConnectAsync(portal, justInTime: true, mapping: new MappingRule("groups", "engineers", "developer"));
        var (subject, email) = (Guid.NewGuid().ToString(), $"new{Guid.NewGuid():n}@{tenant.Domain}");
        var tasks = $"/o/{tenant.Organization.Slug}/tasks";
        await peer.PersonAsync(subject, email, groups: ["engineers", "everybody"]);
        using (var browser = new WalkingBrowser(portal.Address))
        {
            (await browser.WalkAsync($"{tenant.Start}?hint={email}&returnUrl={tasks}")).Text.ShouldContain("New task");
        }

        await peer.PersonAsync(subject, email, groups: ["everybody"]);
        using (var browser = new WalkingBrowser(portal.Address))
        {
            (await browser.WalkAsync($"{tenant.Start}?hint={email}&returnUrl={tasks}")).Status.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    private static bool IsCallback(Uri place) => place.AbsolutePath.EndsWith("/callback", StringComparison.Ordinal);

    private Task<string> MemberAsync(OidcTenant tenant, bool verified = true, string[]? groups = null, string? acr = null) =>
        peer.MemberAsync(portal, tenant, verified, groups, acr);

    [GeneratedRegex("state=[^&]+", RegexOptions.NonBacktracking)]
    private static partial Regex State();

    [GeneratedRegex("iss=[^&]+", RegexOptions.NonBacktracking)]
    private static partial Regex Issuer();
}
