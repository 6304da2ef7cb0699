using System.Text.RegularExpressions;
using Loopai.Portal.Tests.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed partial class ReportsJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };

    [Fact]
    public async Task Report_FromATemplate_IsPreviewedScheduledAndMade()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await visit.Portal.CreateSpamFilterAsync(acme, "Spam filter");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/reports");
        var page = opened.Page;
        await page.GetByRole(AriaRole.Link, new() { Name = "New report" }).First.ClickAsync();
        await page.GetByLabel("Begin with").SelectOptionAsync("Access review");
        await Expect(page.Locator(".report").GetByText(acme.OwnerEmail)).ToBeVisibleAsync(Patient);
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Who may do what");
        await page.Keyboard.PressAsync("Tab");
        await page.GetByLabel("Add a section").SelectOptionAsync("Budgets");
        await Expect(page.Locator(".report").GetByText("No budget is set.")).ToBeVisibleAsync(Patient);
        await Expect(page.Locator(".report h1")).ToHaveTextAsync("Who may do what");
        await page.SetViewportSizeAsync(390, 844);
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        await page.SetViewportSizeAsync(1440, 1000);
        await page.GetByRole(AriaRole.Button, new() { Name = "Make report" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Who may do what", Level = 1 }).First).ToBeVisibleAsync(Patient);
        await page.Locator("#add-schedule").ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("When").SelectOptionAsync("Every Monday");
        await dialog.GetByLabel("Time zone").SelectOptionAsync("Europe/Berlin");
        await Expect(dialog.Locator(".times li")).ToHaveCountAsync(5);
        await Expect(dialog.Locator(".times li").First).ToHaveTextAsync(FirstMonday());
        await opened.KeepScreenshotAsync("report-schedule");
        await ChooseCsvAsync(dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add schedule" }).ClickAsync();
        await Expect(page.GetByText("every Monday at 07:00")).ToBeVisibleAsync(Patient);

        await page.Locator("#run-report").ClickAsync();
        await ChooseCsvAsync(dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make it" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = ZipFile() })).ToBeVisibleAsync(Patient);
        var loads = page.WaitForDownloadAsync();
        await page.GetByRole(AriaRole.Link, new() { NameRegex = ZipFile() }).ClickAsync();
        (await loads).SuggestedFilename.ShouldStartWith("Who may do what");
        await page.SetViewportSizeAsync(390, 844);
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotsAsync("report-run");

        await opened.GoAsync($"/o/{acme.Slug}/jobs");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause Who may do what" })).ToBeVisibleAsync(Patient);
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        opened.Errors.ShouldBeEmpty();
    }

    private static async Task ChooseCsvAsync(ILocator dialog)
    {
        await dialog.GetByLabel("CSV").CheckAsync();
        await dialog.GetByLabel("PDF").UncheckAsync();
    }

    [GeneratedRegex(@"^Mon \d+ \w+ \d{4}, 07:00 UTC\+0[12]:00$", RegexOptions.None, 1000)]
    private static partial Regex FirstMonday();

    [GeneratedRegex(@"^Who may do what .*\.zip$", RegexOptions.None, 1000)]
    private static partial Regex ZipFile();
}
