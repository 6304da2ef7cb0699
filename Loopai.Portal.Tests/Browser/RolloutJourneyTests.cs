using System.Net.Http.Json;
using Loopai.Portal.Tests.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class RolloutJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task Rollout_StartedFromItsVersionPausedSkippedAndAborted()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        using var client = visit.Portal.Client(acme);
        var task = await visit.Portal.CreateSpamFilterAsync(acme, "Spam filter");
        await visit.Portal.AddVersionAsync(acme, task);
        (await client.PostAsJsonAsync($"tasks/{task}/programs/1/activate", new { })).EnsureSuccessStatusCode();
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/tasks/{task}/rollout");
        var page = opened.Page;
        await Expect(page.GetByText("Nothing is rolled out")).ToBeVisibleAsync();
        await opened.KeepScreenshotAsync("rollout-empty");

        await page.GetByRole(AriaRole.Link, new() { Name = "Choose a version" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Actions of version 2" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Roll out by stages…" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Start rollout" })).ToBeVisibleAsync();
        await opened.KeepScreenshotAsync("rollout-dialog");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start rollout" }).ClickAsync();
        await Expect(page.GetByText("at 5 %").First).ToBeVisibleAsync();

        for (var i = 0; i < 400; i++)
        {
            (await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = i % 2 == 0 ? "buy pills" : "minutes" }, unit = $"user-{i}" })).EnsureSuccessStatusCode();
        }

        await Expect(page.GetByText("It stays at 5 % until")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.GetByText("paused at 5 %").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Skip this stage…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Skip stage" }).ClickAsync();
        await Expect(page.GetByText("at 25 %").First).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotsAsync("rollout");

        await page.GetByRole(AriaRole.Button, new() { Name = "Abort…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Abort rollout" }).ClickAsync();
        await Expect(page.GetByText("aborted").First).ToBeVisibleAsync();
        opened.Errors.ShouldBeEmpty();
        await opened.ShouldFitAPhoneAsync();
    }
}
