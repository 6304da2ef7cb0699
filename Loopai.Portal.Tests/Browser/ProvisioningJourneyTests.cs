using System.Net.Http.Headers;
using Loopai.Portal.Tests.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class ProvisioningJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task Token_MadeUsedAndRevoked()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/provisioning");
        var page = opened.Page;
        await Expect(page.GetByText($"{visit.Portal.Address}scim/v2")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the first token" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("Entra ID");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create token", Exact = true }).Last.ClickAsync();
        var secret = page.Locator(".dialog-body .secret code");
        await Expect(secret).ToContainTextAsync("scim_");
        using var directory = new HttpClient();
        directory.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await secret.TextContentAsync());
        (await directory.GetAsync(new Uri(visit.Portal.Address, "scim/v2/Users"))).EnsureSuccessStatusCode();
        await page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        await opened.KeepScreenshotAsync("provisioning");
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke Entra ID" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke token" }).ClickAsync();

        await Expect(page.GetByText("Entra ID is revoked")).ToBeVisibleAsync();
        (await directory.GetAsync(new Uri(visit.Portal.Address, "scim/v2/Users"))).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        opened.Errors.ShouldBeEmpty();
        await opened.ShouldFitAPhoneAsync();
    }
}
