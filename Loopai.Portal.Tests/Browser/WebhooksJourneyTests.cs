using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Audit;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class WebhooksJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task Webhook_MadeTestedSeenAndReplayed()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var receiver = await AuditReceiver.StartAsync();
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/webhooks");
        var page = opened.Page;
        await Expect(page.GetByText("Nobody is told")).ToBeVisibleAsync();
        await opened.KeepScreenshotsAsync("webhooks-empty");
        await page.GetByRole(AriaRole.Link, new() { Name = "Add the first webhook" }).ClickAsync();

        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Pager");
        await page.GetByLabel("Address", new() { Exact = true }).FillAsync("ftp://hooks.example.com");
        await Expect(page.GetByText("Give a whole https:// address")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add webhook" }).ClickAsync();
        await Expect(page.GetByText("Choose 1 to 100 types")).ToBeVisibleAsync();
        await page.GetByLabel("Address", new() { Exact = true }).FillAsync(receiver.Url);
        await page.GetByLabel("Tasks", new() { Exact = true }).CheckAsync();
        await opened.KeepScreenshotsAsync("webhooks-new");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add webhook" }).ClickAsync();
        await Expect(page.Locator(".secret code")).ToContainTextAsync("whsec_");
        await page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();
        await Expect(page.GetByText("Nothing was sent yet")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Send test event" }).ClickAsync();
        var sheet = page.GetByRole(AriaRole.Dialog);
        await Expect(sheet.GetByText("webhook.test").First).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(sheet).ToBeHiddenAsync();

        await visit.Portal.CreateSpamFilterAsync(acme, "Spam");
        await Expect(page.Locator("td .mono", new() { HasText = "task.created" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "task.created" }).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(sheet.GetByText("First byte")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotsAsync("webhook-delivery");
        await sheet.GetByRole(AriaRole.Button, new() { Name = "Replay" }).ClickAsync();
        await Expect(sheet.Locator("details.attempt")).ToHaveCountAsync(2);
        receiver.Requests.GroupBy(r => r.Headers["webhook-id"]).Count(same => same.Count() == 2).ShouldBe(1, "a replay is the same event");

        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Webhook", Exact = true }).GetByRole(AriaRole.Link, new() { Name = "Settings" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Pager 2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Pager 2" })).ToBeVisibleAsync();
        await opened.KeepScreenshotsAsync("webhook-settings");
        await page.GetByRole(AriaRole.Link, new() { Name = "Verify signatures" }).ClickAsync();
        await Expect(page.GetByText("npm install express standardwebhooks")).ToBeVisibleAsync();
        await opened.KeepScreenshotsAsync("webhook-verify");
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        await page.GotoAsync($"/o/{acme.Slug}/webhooks");
        await Expect(page.GetByText("delivering")).ToBeVisibleAsync();
        await opened.KeepScreenshotsAsync("webhooks");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        opened.Errors.ShouldBeEmpty();
        await page.SetViewportSizeAsync(390, 900);
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
    }
}
