using System.Net.Http.Json;
using Loopai.Core.Data;
using Loopai.Core.Experiments;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class ExperimentJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task Experiment_FromTheFirstClickToTheDecision()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var task = await visit.Portal.CreateSpamFilterAsync(acme, "Spam filter");
        await visit.Portal.AddVersionAsync(acme, task);
        using var client = visit.Portal.Client(acme);
        (await client.PostAsJsonAsync($"tasks/{task}/programs/1/activate", new { force = true })).IsSuccessStatusCode.ShouldBeTrue();
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/experiments");
        var page = opened.Page;
        await Expect(page.GetByText("Find out which version is better")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "New experiment" }).First.ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Version 2 against version 1");
        await page.GetByLabel("What do you expect, and why?").FillAsync("It is better.");
        await Expect(page.GetByLabel("Control", new() { Exact = true })).ToHaveValueAsync("1");
        await Expect(page.GetByLabel("Variant 1", new() { Exact = true })).ToHaveValueAsync("2");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("experiment-builder");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save draft" }).ClickAsync();

        await Expect(page.GetByText("It has not started yet")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await Expect(page.Locator(".page-head .badge", new() { HasText = "running" })).ToBeVisibleAsync();

        await Eventually.BecomesAsync(
            async () =>
            {
                var answer = await client.PostAsJsonAsync("tasks/execute", new { taskId = task, input = new { text = "buy pills" }, unit = "user-42" });
                return (await answer.Content.ReadAsStringAsync()).Contains("\"experiment\"", StringComparison.Ordinal);
            },
            true);
        await page.GetByLabel("Unit", new() { Exact = true }).FillAsync("user-42");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask" }).ClickAsync();
        await Expect(page.GetByText("The unit's hash falls into the range")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Decide" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByText("Ship").First.ClickAsync();
        await dialog.GetByText("For everybody now").ClickAsync();
        await dialog.GetByLabel("Why", new() { Exact = true }).FillAsync("It reads better.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Decide" }).ClickAsync();
        await Expect(page.GetByText("was shipped: It reads better.")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("experiment-decided");
        var made = (await visit.Portal.Services.GetRequiredService<ExperimentService>().ListAsync(acme.Owner, new ExperimentFilter(), new PageRequest(), CancellationToken.None)).Items.Single();
        (made.Status, made.Decision!.ActivatedVersion).ShouldBe((ExperimentStatus.Decided, 2));
        opened.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Metrics_AreDefinedChangedAndPutAway()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/experiments/metrics");
        var page = opened.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Define a metric" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name", new() { Exact = true }).FillAsync("Signed up");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Define metric" }).ClickAsync();
        await Expect(dialog.GetByText("Name the events that are counted")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await dialog.GetByLabel("Name of the event").FillAsync("signup");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Define metric" }).ClickAsync();
        await Expect(page.GetByText("share of units with “signup”")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Actions for Signed up" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Archive" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Archive metric" }).ClickAsync();
        await Expect(page.GetByText("share of units with “signup”")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Holdouts" }).ClickAsync();
        await Expect(page.GetByText("Nobody is held out")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        opened.Errors.ShouldBeEmpty();
    }
}
