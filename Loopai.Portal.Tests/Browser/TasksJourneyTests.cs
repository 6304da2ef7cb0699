using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class TasksJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    private TaskService Tasks => visit.Portal.Services.GetRequiredService<TaskService>();

    [Fact]
    public async Task Task_FromPastedExamplesToArchive_Works()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/tasks");
        var page = opened.Page;
        await Expect(page.GetByText("Make your first task")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        // A faulty row is told, and the others make the schemas.
        await page.GetByRole(AriaRole.Link, new() { Name = "New task" }).First.ClickAsync();
        var examples = page.GetByLabel("Examples as JSON Lines, JSON or CSV");
        await examples.FillAsync(Examples() + "one field only\n");
        await examples.DispatchEventAsync("change");
        await Expect(page.GetByText("1 row cannot be read")).ToBeVisibleAsync();
        await Expect(page.GetByText("2 different answers")).ToBeVisibleAsync();
        (await page.GetByLabel("Output", new() { Exact = true }).InputValueAsync()).ShouldContain("\"billing\"");

        // Nothing is lost when the name is missing.
        await page.GetByRole(AriaRole.Button, new() { Name = "Create with 40 examples" }).ClickAsync();
        await Expect(page.GetByText("A task needs a name.")).ToBeVisibleAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Support triage");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("task-new");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create with 40 examples" }).DblClickAsync();
        await Expect(page.GetByText("40 examples taken")).ToBeVisibleAsync();
        var task = (await Tasks.ListAsync(acme.Owner, new TaskFilter(), new Loopai.Core.Data.PageRequest(), CancellationToken.None)).Items.ShouldHaveSingleItem();

        await page.GetByRole(AriaRole.Button, new() { Name = "Generate a program now" }).ClickAsync();
        await page.WaitForURLAsync("**/versions*");
        await WaitForActiveVersionAsync(acme, task.Id);

        await RunInThePlaygroundAsync(opened, acme, task.Id);
        await EditAndArchiveAsync(opened, acme, task.Id);
        opened.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Settings_ChangedMeanwhile_KeepsWhatWasTypedAndOffersBoth()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var task = await visit.Portal.CreateSpamFilterAsync(acme);
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/tasks/{task}/settings");
        var description = opened.Page.GetByLabel("Description");
        await description.FillAsync("Mine");
        await description.PressAsync("Tab");
        await Tasks.UpdateAsync(acme.Owner, task, new TaskSpecification { AccuracyTarget = 0.9 }, null, CancellationToken.None);

        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();

        await Expect(opened.Page.GetByText("Somebody else changed this task")).ToBeVisibleAsync();
        await Expect(description).ToHaveValueAsync("Mine");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Keep mine and save" }).ClickAsync();
        await Expect(opened.Page.GetByText("Saved", new() { Exact = true })).ToBeVisibleAsync();
        (await Tasks.GetAsync(acme.Owner, task, CancellationToken.None)).Description.ShouldBe("Mine");
    }

    [Fact]
    public async Task Examples_AddSearchAndExport_Work()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var task = await visit.Portal.CreateSpamFilterAsync(acme);
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/tasks/{task}/examples");
        var page = opened.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Add example" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Add an example" });
        await dialog.GetByLabel("text").FillAsync("a free watch");
        await dialog.GetByLabel("Right answer").SelectOptionAsync("\"spam\"");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add example" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "a free watch" })).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("task-examples");
        var answer = await page.APIRequest.GetAsync(new Uri(visit.Portal.Address, $"/o/{acme.Slug}/tasks/{task}/examples.jsonl").ToString());
        (await answer.TextAsync()).ShouldBe("{\"input\":{\"text\":\"a free watch\"},\"output\":\"spam\",\"forTraining\":true}\n");
    }

    private async Task RunInThePlaygroundAsync(PortalPage opened, PortalOrganization acme, Guid task)
    {
        var page = opened.Page;
        await opened.GoAsync(new Uri(visit.Portal.Address, $"/o/{acme.Slug}/tasks/{task}").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Expect(page.GetByText("required property \"text\" is missing")).ToBeVisibleAsync();
        await page.GetByLabel("text", new() { Exact = true }).FillAsync("invoice payment 2");
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator(".answer-value")).ToHaveTextAsync("billing");
        await Expect(page.GetByText("correct", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByText("\"text\":\"invoice payment 2\"")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("task-playground");
    }

    private async Task EditAndArchiveAsync(PortalPage opened, PortalOrganization acme, Guid task)
    {
        var page = opened.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "Settings", Exact = true }).Last.ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Ticket triage");
        await page.GetByLabel("Of all answers").FillAsync("50");
        await page.GetByLabel("Of all answers").PressAsync("Tab");
        await Expect(page.GetByText("Half of the answers, chosen at random.")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Ticket triage" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Archive…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Archive task" }).ClickAsync();
        await Expect(page.GetByText("This task is archived")).ToBeVisibleAsync();
        (await Tasks.GetAsync(acme.Owner, task, CancellationToken.None)).Sampling.Rate.ShouldBe(0.5);
        await opened.GoAsync(new Uri(visit.Portal.Address, $"/o/{acme.Slug}/tasks?status=archived").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await Expect(page.GetByText("Nothing is archived")).ToBeVisibleAsync();
    }

    private async Task WaitForActiveVersionAsync(PortalOrganization acme, Guid task)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((await Tasks.GetAsync(acme.Owner, task, patience.Token)).ActiveVersion is null)
        {
            await Task.Delay(100, patience.Token);
        }
    }

    private static string Examples() => "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => i % 2 == 0
        ? $"invoice payment {i},billing\n"
        : $"screen crash {i},technical\n"));
}
