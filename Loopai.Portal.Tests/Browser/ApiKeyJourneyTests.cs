using Loopai.Portal.Tests.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class ApiKeyJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task Key_OfAServiceAccount_IsMadeRotatedAndRevoked()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/api-keys/service-accounts");
        var page = opened.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the first one" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("mail-gateway");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add service account" }).Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "mail-gateway" })).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("service-accounts");

        await opened.GoAsync($"/o/{acme.Slug}/api-keys");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create key" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("gateway key");
        await page.GetByLabel("Belongs to").SelectOptionAsync(new SelectOptionValue { Label = "mail-gateway (service account)" });
        await page.GetByText("Narrow it down").ClickAsync();
        await page.GetByLabel("Only from these networks").FillAsync("nowhere");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("api-key-create");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create key" }).Last.ClickAsync();
        await Expect(page.GetByText("A network is an address")).ToBeVisibleAsync();
        await page.GetByLabel("Only from these networks").FillAsync("127.0.0.0/8");
        await page.GetByLabel("Choose permissions").CheckAsync();
        await page.GetByLabel("audit:read").CheckAsync();
        await page.GetByLabel("tasks:read").CheckAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("api-key-permissions");

        // An impatient second click makes no second key.
        await page.GetByRole(AriaRole.Button, new() { Name = "Create key" }).Last.DblClickAsync();
        var text = await page.Locator("#new-key").InnerTextAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        using (var client = visit.Portal.Client(text))
        {
            (await client.GetAsync("tasks?limit=1")).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
            (await client.GetAsync("audit?limit=1")).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        }

        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "gateway key" })).ToHaveCountAsync(1);

        await opened.KeepScreenshotAsync("api-keys");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Link, new() { Name = "gateway key" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Rotate…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Rotate key" }).ClickAsync();
        (await page.Locator("#new-key").InnerTextAsync()).ShouldNotBe(text);
        await page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        await Expect(page.GetByText("rotating")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("api-key");
        await page.GetByRole(AriaRole.Button, new() { Name = "End now" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End it" }).ClickAsync();
        await Expect(page.GetByText("rotating")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke key" }).ClickAsync();
        await Expect(page.Locator("h1").Locator("..").GetByText("revoked")).ToBeVisibleAsync();
        opened.Errors.ShouldBeEmpty();
    }
}
