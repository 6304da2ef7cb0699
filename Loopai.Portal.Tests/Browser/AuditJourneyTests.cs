using System.Net.Http.Json;
using Loopai.Core.Audit;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Audit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class AuditJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task Events_FilteredOpenedAndFollowed_TellTheTrail()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        using var client = visit.Portal.Client(acme);
        var task = await visit.Portal.CreateSpamFilterAsync(acme, "Spam filter");
        (await client.PatchAsJsonAsync($"tasks/{task}", new { accuracyTarget = 0.75 })).EnsureSuccessStatusCode();
        await visit.Portal.Services.GetRequiredService<AuditSealing>().SealAsync(acme.Id, default);
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/audit?action=task.*");
        var page = opened.Page;
        var rows = page.Locator("table.data-table tbody tr");
        await Expect(rows.First).ToContainTextAsync("Task updated");
        await opened.KeepScreenshotAsync("audit");
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        await rows.First.Locator(".row-link").ClickAsync();
        var sheet = page.Locator(".sheet");
        await Expect(sheet).ToContainTextAsync("\"accuracyTarget\": 0.75");
        await Expect(sheet).ToContainTextAsync("127.0.0.1");
        await opened.KeepScreenshotAsync("audit-event");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await sheet.GetByText("Everything done to it").ClickAsync();
        await Expect(page.GetByText("To Spam filter")).ToBeVisibleAsync();
        await Expect(sheet).ToHaveCountAsync(0);
        var before = await rows.CountAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Follow live" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeVisibleAsync();
        (await client.PatchAsJsonAsync($"tasks/{task}", new { accuracyTarget = 0.8 })).EnsureSuccessStatusCode();
        await Expect(rows).ToHaveCountAsync(before + 1);
        opened.Errors.ShouldBeEmpty();
        await opened.ShouldFitAPhoneAsync();
    }

    [Fact]
    public async Task Verify_IntactThenTampered_SaysSo()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await visit.Portal.CreateSpamFilterAsync(acme, "Spam filter");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/audit");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Verify" }).ClickAsync();
        await Expect(opened.Page.GetByText("The chain holds.")).ToBeVisibleAsync();

        await visit.Portal.Database.AsOwnerAsync($"UPDATE audit_events SET actor_name = 'nobody' WHERE organization_id = '{acme.Id}' AND action = 'key.created'");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Verify" }).ClickAsync();

        await Expect(opened.Page.GetByText("The chain is broken at event 2.")).ToBeVisibleAsync();
        await opened.KeepScreenshotAsync("audit-broken");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        var download = await opened.Page.RunAndWaitForDownloadAsync(async () =>
        {
            await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Export" }).ClickAsync();
            await opened.Page.GetByRole(AriaRole.Menuitem, new() { Name = "JSON Lines" }).ClickAsync();
        });
        (await File.ReadAllLinesAsync((await download.PathAsync())!)).Length.ShouldBeGreaterThan(2);
        opened.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Streams_AddedTestedAndSwitchedOff()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var receiver = await AuditReceiver.StartAsync();
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/audit/streams");
        var page = opened.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Add the first stream" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("SIEM");
        await page.GetByLabel("Address").FillAsync(receiver.Url);
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add stream", Exact = true }).Last.ClickAsync();
        await Expect(page.Locator(".secret code")).ToContainTextAsync("whsec_");
        await page.GetByRole(AriaRole.Button, new() { Name = "I have copied it" }).ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Actions for SIEM" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Send a test event" }).ClickAsync();
        await Expect(page.GetByText("SIEM took the test event")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign now" }).ClickAsync();
        await Expect(page.GetByText("Signed for", new() { Exact = false }).First).ToBeVisibleAsync();
        await opened.KeepScreenshotAsync("audit-streams");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Button, new() { Name = "Actions for SIEM" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Switch off" }).ClickAsync();
        await Expect(page.Locator(".badge", new() { HasText = "off" })).ToBeVisibleAsync();
        opened.Errors.ShouldBeEmpty();
        await opened.ShouldFitAPhoneAsync();
    }
}
