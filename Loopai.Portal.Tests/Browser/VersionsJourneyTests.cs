using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Programs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class VersionsJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task Versions_RollBackCompareAndDownload_Work()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var task = await visit.Portal.CreateSpamFilterAsync(acme);
        await visit.Portal.AddVersionAsync(acme, task);
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/tasks/{task}/versions");
        var page = opened.Page;

        await page.GetByRole(AriaRole.Button, new() { Name = "Actions of version 1" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Roll back" }).ClickAsync();
        await Expect(page.GetByText("instead of version 2")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Roll back", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Version 1 answers")).ToBeVisibleAsync();
        var now = await visit.Portal.Services.GetRequiredService<TaskService>().GetAsync(acme.Owner, task, CancellationToken.None);
        now.ActiveVersion.ShouldBe(1);

        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Compare version 1" }).CheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Compare version 2" }).CheckAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare v1 with v2" }).ClickAsync();
        await Expect(page.GetByText("Version 1 against version 2")).ToBeVisibleAsync();
        await Expect(page.GetByText("Measured accuracy")).ToBeVisibleAsync();
        await opened.KeepScreenshotAsync("versions-compare");

        await opened.GoAsync(new Uri(visit.Portal.Address, $"/o/{acme.Slug}/tasks/{task}/versions?version=2").ToString());
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Version 2" })).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("version-detail");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        download.SuggestedFilename.ShouldEndWith("-v2.zip");
        opened.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Generation_Cancelled_EndsWhereItIsWatched_AndOnTheJobsPage()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var task = await visit.Portal.CreateSpamFilterAsync(acme, outputSchema: """{"type":"string"}""");
        var (examples, generations) = (visit.Portal.Services.GetRequiredService<ExampleService>(), visit.Portal.Services.GetRequiredService<GenerationService>());
        await examples.AddSlowAsync(acme.Owner, task);
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/tasks/{task}/versions");
        var page = opened.Page;
        var main = page.GetByRole(AriaRole.Main);
        var (generate, cancel) = (main.GetByRole(AriaRole.Button, new() { Name = "Generate", Exact = true }), main.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }));

        await generate.ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Generate", Exact = true }).ClickAsync();
        await Expect(main.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        await Expect(generate).ToBeDisabledAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotsAsync("version-generating");
        await cancel.ClickAsync();
        await Expect(page.GetByText("No version was made")).ToBeVisibleAsync();
        await Expect(generate).ToBeEnabledAsync();
        await Expect(cancel).ToHaveCountAsync(0);
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotsAsync("version-cancelled");

        var next = await generations.StartAsync(acme.Owner, task, "auto", activate: false, CancellationToken.None);
        await opened.GoAsync(new Uri(visit.Portal.Address, $"/o/{acme.Slug}/jobs").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "End Spam" }).ClickAsync();
        await Expect(page.GetByText("cancelled").Nth(1)).ToBeVisibleAsync();
        (await generations.GetAsync(acme.Owner, task, next.Id, CancellationToken.None)).Status.ShouldBe(JobStatus.Cancelled);
        opened.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Download_OfAnotherOrganization_IsNotFound()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var task = await visit.Portal.CreateSpamFilterAsync(acme);
        var globex = await visit.Portal.AddOrganizationAsync("globex");
        await using var opened = await visit.SignInAsync(globex, $"/o/{globex.Slug}/review");

        var foreign = await opened.Page.APIRequest.GetAsync(new Uri(visit.Portal.Address, $"/o/{acme.Slug}/tasks/{task}/versions/1/download").ToString());
        var borrowed = await opened.Page.APIRequest.GetAsync(new Uri(visit.Portal.Address, $"/o/{globex.Slug}/tasks/{task}/versions/1/download").ToString());

        foreign.Status.ShouldBe(404);
        borrowed.Status.ShouldBe(404);
    }
}
