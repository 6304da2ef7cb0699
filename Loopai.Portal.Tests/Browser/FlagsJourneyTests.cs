using Loopai.Portal.Tests.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class FlagsJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task Flag_MadeTargetedTriedAndSwitchedOff()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/flags");
        var page = opened.Page;
        await Expect(page.GetByText("No flag yet")).ToBeVisibleAsync();
        await opened.KeepScreenshotAsync("flags-empty");
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        await page.GetByRole(AriaRole.Button, new() { Name = "Make the first flag" }).ClickAsync();
        await page.GetByLabel("Key", new() { Exact = true }).FillAsync("new checkout");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make flag" }).ClickAsync();
        await Expect(page.GetByText("A key has 1 to 100 letters")).ToBeVisibleAsync();
        await page.GetByLabel("Key", new() { Exact = true }).FillAsync("new-checkout");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make flag" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "new-checkout" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Switch on" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Switch off" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a rule" }).ClickAsync();
        await page.GetByLabel("Name Optional").Or(page.GetByPlaceholder("Beta testers")).First.FillAsync("Beta");
        await page.GetByLabel("If the context matches").FillAsync("{\"plan\": \"beta\"}");
        await page.GetByLabel("Everybody else gets").SelectOptionAsync("");
        await page.GetByLabel("on", new() { Exact = true }).FillAsync("12.5");
        await page.GetByLabel("off", new() { Exact = true }).FillAsync("80");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();
        await Expect(page.GetByText("these sum to 92.5")).ToBeVisibleAsync();
        await page.GetByLabel("off", new() { Exact = true }).FillAsync("87.5");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();
        await Expect(page.GetByText("Changed the rules")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Evaluate" }).ClickAsync();
        await Expect(page.GetByText("a rule matched")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotsAsync("flag");
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch off" }).ClickAsync();
        await Expect(page.GetByText("Switched off")).ToBeVisibleAsync();
        await opened.ShouldFitAPhoneAsync();

        await page.GotoAsync($"/o/{acme.Slug}/flags");
        await Expect(page.Locator("table.data-table tbody tr")).ToHaveCountAsync(1);
        await opened.KeepScreenshotAsync("flags");
        opened.Errors.ShouldBeEmpty();
        await opened.ShouldFitAPhoneAsync();
    }
}
