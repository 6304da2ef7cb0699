using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Portal.Tests.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class LiveJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task Overview_NewOrganization_SaysWhatToDoFirst()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}");

        await Expect(opened.Page.GetByRole(AriaRole.Link, new() { Name = "Create a task" })).ToBeVisibleAsync();
        await opened.KeepScreenshotAsync("overview-empty");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        opened.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Overview_AnExecutionComes_CountsItByItself()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var task = await visit.Portal.CreateSpamFilterAsync(acme, "Spam filter");
        using var client = visit.Portal.Client(acme);
        await client.ExecuteAsync(task);
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}?range=24h");
        var executions = opened.Page.Locator(".kpi", new() { HasText = "Executions" }).Locator(".value");
        await Expect(executions).ToHaveTextAsync("1");

        await client.ExecuteAsync(task);

        await Expect(executions).ToHaveTextAsync("2");
        await opened.KeepScreenshotAsync("overview");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        opened.Errors.ShouldBeEmpty();
        await opened.ShouldFitAPhoneAsync();
    }

    [Fact]
    public async Task Executions_FollowedLive_ShowsWhatComesAndOnlyWhatFits()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var task = await visit.Portal.CreateSpamFilterAsync(acme, "Spam filter");
        using var client = visit.Portal.Client(acme);
        await client.ExecuteAsync(task, "buy pills");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/executions");
        var rows = opened.Page.Locator("table.data-table tbody tr");
        await Expect(rows).ToHaveCountAsync(1);
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        await client.ExecuteAsync(task, "minutes of the meeting");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "1 new execution" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);

        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Follow live" }).ClickAsync();
        await opened.Page.WaitForURLAsync("**live=1");
        await Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeVisibleAsync();
        await client.ExecuteAsync(task, "cheap pills");
        await Expect(rows).ToHaveCountAsync(3);
        await opened.KeepScreenshotAsync("executions-live");

        await opened.Page.GetByLabel("Status").SelectOptionAsync("failed");
        await Expect(opened.Page.GetByText("No execution fits")).ToBeVisibleAsync();
        opened.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Execution_RunAgain_ShowsTheAnswerBesideTheOldOne()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var task = await visit.Portal.CreateSpamFilterAsync(acme, "Spam filter");
        using var client = visit.Portal.Client(acme);
        var answer = await (await client.ExecuteAsync(task)).Content.ReadFromJsonAsync<JsonElement>();
        var id = answer.GetProperty("executionId").GetGuid();
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/executions/{id}");
        await Expect(opened.Page.GetByRole(AriaRole.Heading, new() { Name = "Spam filter" })).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Run again" }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Version 1" }).ClickAsync();

        await Expect(opened.Page.GetByText("No difference")).ToBeVisibleAsync();
        await opened.KeepScreenshotAsync("execution-rerun");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        opened.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Palette_TaskName_LeadsToTheTask()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var task = await visit.Portal.CreateSpamFilterAsync(acme, "Invoice sorter");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}");
        await opened.Page.Keyboard.PressAsync("Control+k");
        await opened.Page.Locator("#palette input").FillAsync("invoice");

        await Expect(opened.Page.Locator("#palette [role=option]").First).ToContainTextAsync("Invoice sorter");
        (await opened.Page.Locator("#palette [role=option]").First.GetAttributeAsync("href"))!.ShouldStartWith($"/o/{acme.Slug}/tasks/{task}");
    }
}
