using System.Net.Http.Headers;
using Loopai.Portal.Tests.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class ProvisioningJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Theory]
    [InlineData(1440)]
    [InlineData(390)]
    public async Task Token_MadeUsedAndRevoked(int width)
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/provisioning", width);
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
        await opened.KeepScreenshotAsync($"provisioning-{width}");
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke Entra ID" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke token" }).ClickAsync();

        await Expect(page.GetByText("Entra ID is revoked")).ToBeVisibleAsync();
        (await directory.GetAsync(new Uri(visit.Portal.Address, "scim/v2/Users"))).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        opened.Errors.ShouldBeEmpty();
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
    }
}
