using System.Text.RegularExpressions;
using Loopai.Portal.Tests.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed partial class BoardJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };

    [Fact]
    public async Task Board_ComposedFilteredArrangedZoomedAndOpened()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        var (spam, other) = (await visit.Portal.CreateSpamFilterAsync(acme, "Spam filter"), await visit.Portal.CreateSpamFilterAsync(acme, "Ticket triage"));
        using var client = visit.Portal.Client(acme);
        foreach (var task in new[] { spam, spam, spam, other })
        {
            (await client.ExecuteAsync(task)).EnsureSuccessStatusCode();
        }

        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/dashboards");
        var page = opened.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "New dashboard" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name").FillAsync("Mornings");
        await dialog.GetByLabel("Time zone").SelectOptionAsync("Asia/Tokyo");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make dashboard" }).ClickAsync();
        await Expect(page.GetByText("days of Asia/Tokyo")).ToBeVisibleAsync(Patient);

        await AddPanelAsync(page, "In all", "Number");
        await AddPanelAsync(page, "Spam alone", "Bars", filterBy: "Spam filter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit Spam alone" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Remove Spam filter" })).ToBeVisibleAsync(Patient);
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("board-panel");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Move Spam alone back" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".board-cell").First).ToContainTextAsync("Spam alone", new() { Timeout = 30_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Add panel", Exact = true })).ToHaveCountAsync(0, new() { Timeout = 30_000 });
        await opened.GoAsync(new Uri(page.Url).AbsolutePath);
        await Expect(page.Locator(".board-cell").First).ToContainTextAsync("Spam alone", new() { Timeout = 30_000 });
        await Expect(page.Locator(".board-cell").Nth(1)).ToContainTextAsync("4", new() { Timeout = 30_000 });

        await UntilAsync(page, ARange(), DrawAsync);
        await page.SetViewportSizeAsync(390, 844);
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        await page.SetViewportSizeAsync(1440, 1000);
        await page.GoBackAsync();
        await Expect(page).Not.ToHaveURLAsync(ARange());

        // The stretch stays drawn until the figures of the whole range are there, and its last bar is another one.
        await opened.GoAsync(new Uri(page.Url).AbsolutePath);
        await page.GetByRole(AriaRole.Button, new() { Name = "Full screen" }).ClickAsync();
        await Expect(page.Locator(".board:fullscreen")).ToBeVisibleAsync(Patient);
        await page.EvaluateAsync("document.exitFullscreen()");
        await Expect(page.Locator(".board:fullscreen")).ToHaveCountAsync(0);

        await UntilAsync(page, Executions(), ClickLastBarAsync);
        await Expect(page.Locator("table.data-table tbody tr")).ToHaveCountAsync(3, new() { Timeout = 30_000 });
        opened.Errors.ShouldBeEmpty();
    }

    private static async Task AddPanelAsync(IPage page, string title, string kind, string? filterBy = null)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Add panel", Exact = true }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Shows").SelectOptionAsync(kind);
        if (filterBy is not null)
        {
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Add a filter" }).ClickAsync();
            await dialog.GetByLabel("Add a task").SelectOptionAsync(filterBy);
            await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = $"Remove {filterBy}" })).ToBeVisibleAsync(Patient);
        }

        await dialog.GetByLabel("Title").FillAsync(title);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Use panel" }).ClickAsync();
        await Expect(page.Locator(".board-cell").Filter(new() { HasText = title })).ToBeVisibleAsync(Patient);
    }

    /// <summary>Everything ran just now, at the right end: a stretch is drawn over it.</summary>
    private static async Task DrawAsync(IPage page, ILocator chart)
    {
        var box = (await chart.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.5f), box.Y + 60);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width * 0.7f), box.Y + 60, new() { Steps = 4 });
        await page.Mouse.MoveAsync(box.X + box.Width - 20, box.Y + 60, new() { Steps = 4 });
        await page.Mouse.UpAsync();
    }

    /// <summary>The last bar of the chart, which is now.</summary>
    private static async Task ClickLastBarAsync(IPage page, ILocator chart)
    {
        var colour = await page.EvaluateAsync<string>("getComputedStyle(document.documentElement).getPropertyValue('--c-1').trim()");
        var bar = chart.Locator($"svg path[fill=\"{colour}\" i]").Last;
        await StandsStillAsync(bar);
        await bar.ClickAsync(new() { Force = true });
    }

    /// <summary>Leaving full screen draws the chart anew at another size, and a click would hit the neighbour.</summary>
    private static async Task StandsStillAsync(ILocator locator)
    {
        LocatorBoundingBoxResult? last, now = null;
        do
        {
            last = now;
            await Task.Delay(100);
            now = await locator.BoundingBoxAsync();
        }
        while (last is null || now is null || (last.X, last.Y) != (now.X, now.Y));
    }

    /// <summary>Figures that come meanwhile draw the chart anew under the pointer; then a hand does it again.</summary>
    private static async Task UntilAsync(IPage page, Regex address, Func<IPage, ILocator, Task> act)
    {
        var chart = page.Locator(".board-cell").First.Locator(".chart-canvas");
        await chart.Locator("svg").WaitForAsync();
        for (var attempt = 1; !address.IsMatch(page.Url); attempt++)
        {
            attempt.ShouldBeLessThan(10, page.Url);
            await act(page, chart);
            for (var look = 0; look < 30 && !address.IsMatch(page.Url); look++)
            {
                await Task.Delay(100);
            }
        }
    }

    [GeneratedRegex(@"range=\d{4}", RegexOptions.None, 1000)]
    private static partial Regex ARange();

    [GeneratedRegex("/executions", RegexOptions.None, 1000)]
    private static partial Regex Executions();
}
