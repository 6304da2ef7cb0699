using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Api;
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
