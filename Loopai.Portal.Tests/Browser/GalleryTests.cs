using Microsoft.Playwright;

namespace Loopai.Portal.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class GalleryTests(PortalBrowser browser)
{
    [Theory]
    [InlineData("overview", ColorScheme.Light, 1440)]
    [InlineData("inputs", ColorScheme.Dark, 1440)]
    [InlineData("inputs", ColorScheme.Light, 390)]
    [InlineData("code", ColorScheme.Light, 1440)]
    [InlineData("faces", ColorScheme.Dark, 390)]
    public async Task Gallery_EveryTab_HasNoAccessibilityViolation(string tab, ColorScheme scheme, int width)
    {
        await using var opened = await browser.OpenAsync($"/dev/components?tab={tab}", scheme, width);
        await opened.KeepScreenshotAsync($"gallery-{tab}-{scheme}-{width}");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        opened.Errors.ShouldBeEmpty();
        (await opened.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue("the page must not scroll sideways");
    }

    [Fact]
    public async Task Palette_TypeAndEnter_GoesToThePage()
    {
        await using var opened = await browser.OpenAsync("/dev/components");
        await opened.Page.Keyboard.PressAsync("Control+k");
        await opened.Page.Locator("#palette input").FillAsync("exec");
        await Assertions.Expect(opened.Page.Locator("#palette [role=option]")).ToHaveCountAsync(1);
        await opened.Page.Locator("#palette [role=option][aria-selected=true]").WaitForAsync();
        await opened.KeepScreenshotAsync("palette");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        (await opened.Page.Locator("#palette [role=option]").GetAttributeAsync("href"))!.ShouldStartWith("/o/acme/executions");
        await opened.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(opened.Page.Locator("#palette")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Theme_ChosenDark_StaysAfterReload()
    {
        await using var opened = await browser.OpenAsync("/dev/components");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Theme" }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Dark" }).ClickAsync();
        await opened.GoAsync("/dev/components?tab=faces");
        await Assertions.Expect(opened.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(40, 0)]
    public async Task Press_ButtonMovesAwayWhileItIsDown_CountsWhereThePointerStayed(int pointerMoves, int clicks)
    {
        await using var opened = await browser.OpenAsync("/dev/components");
        await opened.Page.EvaluateAsync("""
            document.body.insertAdjacentHTML("beforeend", '<button id="moving" style="position: fixed; z-index: 9999; left: 10px; top: 10px; width: 90px; height: 30px">Save</button>');
            const moving = document.getElementById("moving");
            moving.addEventListener("mousedown", () => moving.style.top = "300px");
            moving.addEventListener("click", () => moving.dataset.clicks = Number(moving.dataset.clicks ?? 0) + 1);
            """);
        await opened.Page.Mouse.MoveAsync(50, 25);
        await opened.Page.Mouse.DownAsync();
        await opened.Page.Mouse.MoveAsync(50 + pointerMoves, 25);
        await opened.Page.Mouse.UpAsync();
        (await opened.Page.EvaluateAsync<int>("Number(document.getElementById('moving').dataset.clicks ?? 0)")).ShouldBe(clicks);
    }

    [Fact]
    public async Task ConfirmDialog_TypedName_EnablesTheButtonAndCloses()
    {
        await using var opened = await browser.OpenAsync("/dev/components?tab=inputs");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Delete…" }).First.ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog, new() { Name = "Delete Spam filter?" });
        var delete = dialog.GetByRole(AriaRole.Button, new() { Name = "Delete task" });
        await Assertions.Expect(delete).ToBeDisabledAsync();
        await opened.KeepScreenshotAsync("dialog");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await dialog.GetByRole(AriaRole.Textbox).FillAsync("spam-filter");
        await delete.ClickAsync();
        await Assertions.Expect(opened.Page.Locator(".toast")).ToContainTextAsync("Spam filter was deleted");
    }

    [Fact]
    public async Task Drawer_SmallScreen_OpensTheNavigationAndClosesOnEscape()
    {
        await using var opened = await browser.OpenAsync("/dev/components", width: 390);
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Open the navigation" }).ClickAsync();
        await Assertions.Expect(opened.Page.Locator("#nav-drawer").GetByRole(AriaRole.Link, new() { Name = "Tasks" })).ToBeVisibleAsync();
        await opened.KeepScreenshotAsync("drawer");
        await opened.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(opened.Page.Locator("#nav-drawer")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task UnknownAddress_ShowsThePortalsOwnPage()
    {
        await using var opened = await browser.OpenAsync("/nothing/here");
        await Assertions.Expect(opened.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("There is nothing at this address");
        await opened.KeepScreenshotAsync("not-found");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
    }
}
