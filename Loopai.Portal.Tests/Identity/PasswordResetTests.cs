using System.Text.RegularExpressions;
using Loopai.Core.Identity.Sessions;
using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Browser;
using Loopai.Portal.Tests.Peers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Identity;

public sealed partial class PasswordResetTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    [PeerFact]
    public async Task ForgotPassword_MailComes_SetsANewPasswordOnceAndEndsEverySession()
    {
        await using var mail = await MailPeer.StartAsync();
        var portal = await visit.Portal.StartPortalAsync(mail.Settings);
        try
        {
            var user = await visit.Portal.AddPersonAsync();
            var session = await visit.Portal.StartSessionAsync(user.Id);
            await using var opened = await visit.OpenAsync(new Uri(PortalFixture.AddressOf(portal), "/forgot-password").ToString());
            var page = opened.Page;
            (await opened.ViolationsAsync()).ShouldBeEmpty();
            await page.GetByLabel("E-mail").FillAsync(user.Email!);
            await page.GetByRole(AriaRole.Button, new() { Name = "Send the link" }).ClickAsync();
            await Expect(page.GetByText("If there is an account with this e-mail")).ToBeVisibleAsync();

            var link = Link().Match(await mail.ReadAsync(user.Email!)).Value;
            link.ShouldStartWith("http://127.0.0.1:");
            var target = new Uri(PortalFixture.AddressOf(portal), new Uri(link).PathAndQuery).ToString();
            await page.GotoAsync(target);
            (await opened.ViolationsAsync()).ShouldBeEmpty();
            await page.GetByLabel("New password").FillAsync("password");
            await page.GetByRole(AriaRole.Button, new() { Name = "Set the password" }).ClickAsync();
            await Expect(page.GetByText("guessed first")).ToBeVisibleAsync();
            await page.GetByLabel("New password").FillAsync("a fresh long password");
            await page.GetByRole(AriaRole.Button, new() { Name = "Set the password" }).ClickAsync();
            await Expect(page.GetByText("The new password is set")).ToBeVisibleAsync();
            (await visit.Portal.Services.GetRequiredService<SessionService>().ListAsync(session, default)).ShouldBeEmpty();

            await page.GotoAsync(target);
            await page.GetByLabel("New password").FillAsync("yet another long password");
            await page.GetByRole(AriaRole.Button, new() { Name = "Set the password" }).ClickAsync();
            await Expect(page.GetByText("This link was used already")).ToBeVisibleAsync();
        }
        finally
        {
            await PortalFixture.StopAsync(portal);
        }
    }

    [PeerFact]
    public async Task ForgotPassword_NobodyHasTheAddress_SaysTheSame()
    {
        await using var mail = await MailPeer.StartAsync();
        var portal = await visit.Portal.StartPortalAsync(mail.Settings);
        try
        {
            await using var opened = await visit.OpenAsync(new Uri(PortalFixture.AddressOf(portal), "/forgot-password").ToString());
            await opened.Page.GetByLabel("E-mail").FillAsync($"{Guid.NewGuid():n}@people.example");
            await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Send the link" }).ClickAsync();
            await Expect(opened.Page.GetByText("If there is an account with this e-mail")).ToBeVisibleAsync();
        }
        finally
        {
            await PortalFixture.StopAsync(portal);
        }
    }

    [GeneratedRegex(@"http://\S+/reset-password\?\S+", RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
