using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Identity.Saml;
using Loopai.Portal.Tests.Identity.SignOn.Oidc;
using Loopai.Portal.Tests.Peers;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

/// <summary>What an administrator and her people do, from the first click to the day nobody uses a password any more.</summary>
public sealed class SignOnJourneyTests(SignOnStage stage) : IClassFixture<SignOnStage>
{
    [PeerFact]
    public async Task TwoOrganizations_EachWithItsProvider_LetTheirPeopleInAndNobodyElse()
    {
        var (acme, globex) = (await stage.Portal.AddOrganizationAsync("acme"), await stage.Portal.AddOrganizationAsync("globex"));
        var (acmeDomain, globexDomain) = ($"acme{Guid.NewGuid():n}.example", $"globex{Guid.NewGuid():n}.example");
        await ConnectOidcAsync(acme, acmeDomain);
        var provider = await ConnectSamlAsync(globex, globexDomain);

        // A developer and a viewer of the one, a developer of the other: by their address, and whatever their groups give.
        await ShouldComeInAsync($"ada@{acmeDomain}", acme, globex, isDeveloper: true);
        await ShouldComeInAsync($"vic@{acmeDomain}", acme, globex, isDeveloper: false);
        await stage.Saml.SetAsync(provider, Person($"gus@{globexDomain}", "builders"));
        await ShouldComeInAsync($"gus@{globexDomain}", globex, acme, isDeveloper: true);

        // The owner of the one does not get in by a password of the other, and the glass of their own breaks loudly.
        await using var owner = await stage.OpenAsync();
        await SignInByPasswordAsync(owner, acme, $"/o/{acme.Slug}/tasks");
        await Expect(owner.Page.GetByText("You came in without acme's identity provider")).ToBeVisibleAsync();
        await owner.KeepScreenshotsAsync("sign-on-break-glass");
        await owner.GoAsync($"/o/{globex.Slug}/tasks");
        await Expect(owner.Page.GetByText("There is nothing at this address")).ToBeVisibleAsync();
    }

    private async Task ConnectOidcAsync(PortalOrganization organization, string domain)
    {
        await stage.Oidc.PersonAsync("ada-1", $"ada@{domain}", groups: ["engineers", "everybody"]);
        await stage.Oidc.PersonAsync("vic-1", $"vic@{domain}", groups: ["everybody"]);
        await using var opened = await stage.OpenAsync();
        var page = opened.Page;
        await SignInByPasswordAsync(opened, organization, $"/o/{organization.Slug}/sign-on");
        await ProveAsync(page, domain);

        await page.GetByRole(AriaRole.Button, new() { Name = "Connect a provider" }).First.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Provider").SelectOptionAsync("Generic");
        await FillAsync(dialog, "Name", "Acme ID");
        await FillAsync(dialog, "Issuer", stage.Oidc.Issuer);
        await FillAsync(dialog, "Client ID", "acme-loopai");
        await FillAsync(dialog, "Client secret", OidcPeer.ClientSecret);
        await opened.KeepScreenshotsAsync("sign-on-connect");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Acme ID" })).ToBeVisibleAsync();
        await opened.KeepScreenshotsAsync("sign-on-oidc");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        var addresses = new Dictionary<string, string>
        {
            ["redirectUri"] = await AddressAsync(page, "Redirect URI"),
            ["postLogoutRedirectUri"] = await AddressAsync(page, "Post-logout redirect URI"),
            ["backChannelLogoutUri"] = await AddressAsync(page, "Back-channel logout URI"),
        };
        await stage.Oidc.RegisterAsync("acme-loopai", addresses);

        await MapAsync(page, ("engineers", "Developer"), ("everybody", "Viewer"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await page.GetByLabel("Your address").FillAsync($"ada@{domain}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in at the provider" }).ClickAsync();
        await ShouldHavePassedAsync(opened, "oidc");
        await EnforceAsync(opened);
    }

    private async Task<SamlTenant> ConnectSamlAsync(PortalOrganization organization, string domain)
    {
        await using var opened = await stage.OpenAsync();
        var page = opened.Page;
        await SignInByPasswordAsync(opened, organization, $"/o/{organization.Slug}/sign-on");
        await ProveAsync(page, domain);

        await page.GetByRole(AriaRole.Button, new() { Name = "Connect a provider" }).First.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Provider").SelectOptionAsync("Saml");
        await Expect(dialog.GetByText("Stands on the sign-in page.")).ToBeVisibleAsync();
        await FillAsync(dialog, "Name", "Globex ID");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Globex ID" })).ToBeVisibleAsync();
        await opened.KeepScreenshotsAsync("sign-on-saml-new");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        var id = Guid.Parse(new Uri(page.Url).Segments[^1]);
        var tenant = new SamlTenant(organization, id, domain, $"gus@{domain}", stage.Address, new Uri(stage.Saml.Address, $"/{id:n}/"));
        await stage.Saml.SetAsync(tenant, new { key = SamlPeer.Key(GivenSaml.Trusted), certificate = GivenSaml.Trusted.ExportCertificatePem() });
        await stage.Saml.SetAsync(tenant, Person($"tess@{domain}", "builders"));
        await stage.Saml.IntroduceAsync(tenant);

        await FillAsync(page, "Address of the metadata", new Uri(tenant.Provider, "metadata").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Entity ID of the provider")).ToHaveValueAsync(new Uri(tenant.Provider, "metadata").ToString());
        await MapAsync(page, ("builders", "Developer"));
        await opened.KeepScreenshotsAsync("sign-on-saml");
        await page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await ShouldHavePassedAsync(opened, "saml");
        await EnforceAsync(opened);
        return tenant;
    }

    private static object Person(string email, string group) => new { user = new { nameId = email, name = "Gus Builder", session = $"s{Guid.NewGuid():n}", groups = new[] { group } } };

    /// <summary>Proves the domain with the record that the page shows.</summary>
    private async Task ProveAsync(IPage page, string domain)
    {
        await FillAsync(page, "Add a domain", domain);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add domain" }).ClickAsync();
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = domain });
        await Expect(row.GetByText("not verified")).ToBeVisibleAsync();
        stage.Publish(domain, await row.Locator("code").InnerTextAsync());
        await row.GetByRole(AriaRole.Button, new() { Name = $"Check {domain}" }).ClickAsync();
        await Expect(row.GetByText("verified", new() { Exact = true })).ToBeVisibleAsync();
    }

    private static async Task MapAsync(IPage page, params (string Group, string Role)[] rules)
    {
        await page.GetByText("Newcomers become members").ClickAsync();
        for (var place = 0; place < rules.Length; place++)
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "Add a rule" }).ClickAsync();
            var rule = page.GetByRole(AriaRole.Group, new() { Name = $"Rule {place + 1}" });
            await FillAsync(rule, "Has the value", rules[place].Group);
            await rule.GetByLabel("Gets").SelectOptionAsync(new SelectOptionValue { Label = rules[place].Role });
        }

        var panel = page.Locator(".panel").Filter(new() { HasText = "Who gets what" });
        await panel.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Rules saved")).ToBeVisibleAsync();
    }

    private static async Task ShouldHavePassedAsync(PortalPage opened, string name)
    {
        await Expect(opened.Page.GetByText("The test passed.")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByText("An account would be made, become a member, and come in.")).ToBeVisibleAsync();
        await Expect(opened.Page.Locator("dd").GetByText("Developer")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotsAsync($"sign-on-{name}-tested");
    }

    /// <summary>Switches the provider on, and demands it of everybody.</summary>
    private static async Task EnforceAsync(PortalPage opened)
    {
        var page = opened.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch on" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Switch off" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign-on" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Require a provider" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Require a provider" }).ClickAsync();
        await Expect(page.GetByText("Members come in through a provider", new() { Exact = true })).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotsAsync("sign-on");
    }

    /// <summary>A person in a browser of their own: by the sign-in page to their provider, into their organization with their rights, and into no other.</summary>
    private async Task ShouldComeInAsync(string email, PortalOrganization own, PortalOrganization foreign, bool isDeveloper)
    {
        await using var opened = await stage.OpenAsync();
        var page = opened.Page;
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("E-mail").FillAsync(email);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.WaitForURLAsync(url => url.Contains($"/o/{own.Slug}", StringComparison.Ordinal));

        await opened.GoAsync($"/o/{own.Slug}/tasks");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Tasks", Exact = true })).ToBeVisibleAsync();
        var offer = page.GetByRole(AriaRole.Link, new() { Name = "New task" });
        await (isDeveloper ? Expect(offer.First).ToBeVisibleAsync() : Expect(offer).ToHaveCountAsync(0));
        await opened.GoAsync($"/o/{own.Slug}/sign-on");
        await Expect(page.GetByText("Connect a provider")).ToHaveCountAsync(0);

        await opened.GoAsync($"/o/{foreign.Slug}/tasks");
        await Expect(page.GetByText("There is nothing at this address")).ToBeVisibleAsync();
        await Expect(page.GetByText(foreign.Slug)).ToHaveCountAsync(0);
    }

    private async Task SignInByPasswordAsync(PortalPage opened, PortalOrganization organization, string path)
    {
        var page = opened.Page;
        await page.GotoAsync($"/sign-in?local=true&returnUrl={Uri.EscapeDataString(path)}");
        await page.GetByLabel("E-mail").FillAsync(organization.OwnerEmail);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByLabel("Password").FillAsync(PortalFixture.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(new Uri(stage.Address, path).ToString());
        await page.Locator("html[data-live]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    private static async Task<string> AddressAsync(IPage page, string name) =>
        await page.Locator(".field").Filter(new() { Has = page.GetByText(name, new() { Exact = true }) }).Locator("code").InnerTextAsync();

    private static Task FillAsync(IPage page, string label, string text) => FillAsync(page.GetByLabel(label, new() { Exact = true }), text);

    private static Task FillAsync(ILocator within, string label, string text) => FillAsync(within.GetByLabel(label, new() { Exact = true }), text);

    /// <summary>As a person does, who leaves the field afterwards: that is when the page hears of it.</summary>
    private static async Task FillAsync(ILocator field, string text)
    {
        await field.FillAsync(text);
        await field.BlurAsync();
    }
}
