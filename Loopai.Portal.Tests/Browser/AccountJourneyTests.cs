using Loopai.Core.Identity.SecondFactors;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Identity;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class AccountJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [Fact]
    public async Task AuthenticatorApp_SetUp_IsAskedForAtSignInAndRecoveryCodesStandIn()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, "/account/security");
        var page = opened.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "QR code for the authenticator app" })).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("account-authenticator");
        var secret = SecondFactorTests.FromBase32((await page.Locator(".secret code").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal));
        await page.GetByLabel("Code that the app shows").FillAsync("000000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await Expect(page.GetByText("This code is wrong")).ToBeVisibleAsync();
        await page.GetByLabel("Code that the app shows").FillAsync(Totp.CodeOf(secret, Totp.StepOf(DateTimeOffset.UtcNow)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await Expect(page.Locator("#recovery-codes li")).ToHaveCountAsync(10);
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("account-recovery-codes");
        var codes = await page.Locator("#recovery-codes code").AllInnerTextsAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "I have kept them" }).ClickAsync();
        await Expect(page.GetByText("10 recovery codes are left.")).ToBeVisibleAsync();
        opened.Errors.ShouldBeEmpty();

        await using var later = await visit.OpenAsync("/sign-in?returnUrl=/account");
        await later.GivePasswordAsync(acme.OwnerEmail);
        await Expect(later.Page.GetByRole(AriaRole.Heading, new() { Name = "Confirm that it is you" })).ToBeVisibleAsync();
        (await later.ViolationsAsync()).ShouldBeEmpty();
        await later.KeepScreenshotAsync("sign-in-code");
        await later.Page.GetByLabel("Code").FillAsync(Totp.CodeOf(secret, Totp.StepOf(DateTimeOffset.UtcNow) + 1));
        await later.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(later.Page.GetByRole(AriaRole.Heading, new() { Name = "Your account" })).ToBeVisibleAsync();

        await using var withoutPhone = await visit.OpenAsync("/sign-in?returnUrl=/account");
        await withoutPhone.GivePasswordAsync(acme.OwnerEmail);
        await withoutPhone.Page.GetByLabel("Code").FillAsync(codes[0]);
        await withoutPhone.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(withoutPhone.Page.GetByRole(AriaRole.Heading, new() { Name = "Your account" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Passkey_Made_SignsInWithoutPasswordAndIsGoneWhenRemoved()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        // A passkey belongs to a name; addresses of numbers have none.
        await using var opened = await visit.OpenAsync($"http://localhost:{visit.Portal.Address.Port}/sign-in?returnUrl=/account/security");
        var page = opened.Page;
        var device = await opened.AddAuthenticatorAsync();
        await opened.GivePasswordAsync(acme.OwnerEmail);
        await page.Locator("html[data-live]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync("Test key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.GetByText("Test key is added")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Rename Test key" })).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("account-security");

        // The button, pressed while the browser's own list waits: a device that is not touched when it is asked stays silent.
        await device.TouchAsync(false);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await opened.KeepScreenshotAsync("sign-in-passkey");
        await page.GotoAsync("/sign-in?returnUrl=/account/sessions");
        await page.WaitForFunctionAsync("asked === 1");
        await device.TouchAsync(true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Expect(page.GetByText("this one")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "Passkey" })).ToBeVisibleAsync();

        // The browser's own list, under the e-mail field.
        await device.TouchAsync(false);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync();
        await page.GotoAsync("about:blank"); // Else the touch answers the page that is left.
        await device.TouchAsync(true);
        await page.GotoAsync("/sign-in?returnUrl=/account", new() { WaitUntil = WaitUntilState.Commit });
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your account" })).ToBeVisibleAsync();

        await page.GotoAsync("/account/security");
        await page.Locator("html[data-live]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename Test key" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync("Old key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename", Exact = true }).Last.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove Old key" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove passkey" }).ClickAsync();
        await Expect(page.GetByText("No passkey yet")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByText("This passkey is not known here any more")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Sessions_EndedFromAnotherBrowser_EmptiesTheOpenPageWithinSeconds()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var cafe = await visit.SignInAsync(acme, $"/o/{acme.Slug}/tasks");
        await using var home = await visit.SignInAsync(acme, "/account/sessions", width: 390, height: 844);
        await Expect(home.Page.GetByText("this one")).ToBeVisibleAsync();
        (await home.ViolationsAsync()).ShouldBeEmpty();
        (await home.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue();
        await home.KeepScreenshotAsync("account-sessions-390");

        await home.Page.GetByRole(AriaRole.Button, new() { Name = "End the session on" }).ClickAsync();

        await Expect(cafe.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" })).ToBeVisibleAsync(new() { Timeout = 3000 });
        await Expect(home.Page.GetByRole(AriaRole.Button, new() { Name = "End the session on" })).ToHaveCountAsync(0);
        await home.Page.ReloadAsync();
        await Expect(home.Page.GetByText("this one")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Security_ProofIsOld_AsksForThePasswordAndGoesOn()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, "/account/security");
        await visit.Portal.Database.AsOwnerAsync($"UPDATE user_sessions SET confirmed_at = now() - interval '11 minutes' WHERE user_id = '{acme.Owner.Id}'");
        var page = opened.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Confirm that it is you" });
        await Expect(dialog).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("account-confirm");
        await dialog.GetByLabel("Password").FillAsync("wrong");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await Expect(dialog.GetByText("This is not your current password.")).ToBeVisibleAsync();
        await dialog.GetByLabel("Password").FillAsync(PortalFixture.Password);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "QR code for the authenticator app" })).ToBeVisibleAsync();
        opened.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task SecondFactor_DemandedByTheOrganization_OpensItOnceItIsSetUp()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, "/account");
        await visit.Portal.Database.AsOwnerAsync($"UPDATE organizations SET require_mfa = true WHERE id = '{acme.Id}'");
        var page = opened.Page;
        await page.GotoAsync($"/o/{acme.Slug}/tasks");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "One more factor" })).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await page.GetByRole(AriaRole.Link, new() { Name = "Set up a second factor" }).ClickAsync();
        await page.Locator("html[data-live]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up" }).ClickAsync();
        var secret = SecondFactorTests.FromBase32((await page.Locator(".secret code").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal));
        await page.GetByLabel("Code that the app shows").FillAsync(Totp.CodeOf(secret, Totp.StepOf(DateTimeOffset.UtcNow)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "I have kept them" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "go on" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Tasks" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Profile_NameChanged_IsKept()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, "/account");
        var page = opened.Page;
        await page.GetByLabel("Your name").FillAsync("Ann Lee");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Saved")).ToBeVisibleAsync();
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.KeepScreenshotAsync("account");
        await opened.GoAsync("/account");
        await Expect(page.GetByLabel("Your name")).ToHaveValueAsync("Ann Lee");
        await page.GetByRole(AriaRole.Link, new() { Name = "acme" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Overview" })).ToBeVisibleAsync();
    }
}
