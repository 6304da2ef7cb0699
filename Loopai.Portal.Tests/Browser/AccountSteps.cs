using Loopai.Portal.Tests.Api;
using Microsoft.Playwright;

namespace Loopai.Portal.Tests.Browser;

/// <summary>What journeys through accounts have in common.</summary>
internal static class AccountSteps
{
    /// <summary>E-mail and password, as far as they lead.</summary>
    public static async Task GivePasswordAsync(this PortalPage opened, string email, string password = PortalFixture.Password)
    {
        var page = opened.Page;
        await page.GetByLabel("E-mail").FillAsync(email);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    /// <summary>Gives the browser a device that keeps passkeys and knows its owner. <c>asked</c> counts how often the page asked for one.</summary>
    public static async Task<PasskeyDevice> AddAuthenticatorAsync(this PortalPage opened)
    {
        await opened.Page.AddInitScriptAsync(
            """
            window.asked = 0;
            const get = navigator.credentials.get.bind(navigator.credentials);
            navigator.credentials.get = options => { const answer = get(options); window.asked++; return answer; };
            """);
        var devTools = await opened.Page.Context.NewCDPSessionAsync(opened.Page);
        await devTools.SendAsync("WebAuthn.enable", new Dictionary<string, object> { ["enableUI"] = false });
        var added = await devTools.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new
            {
                protocol = "ctap2", ctap2Version = "ctap2_1", transport = "internal", hasResidentKey = true, hasUserVerification = true, isUserVerified = true,
                automaticPresenceSimulation = true,
            },
        });
        return new PasskeyDevice(devTools, added!.Value.GetProperty("authenticatorId").GetString()!);
    }
}

/// <summary>A device with passkeys, and the finger on it.</summary>
internal sealed class PasskeyDevice(ICDPSession devTools, string id)
{
    /// <summary>Whether it answers at once, also to the list under the e-mail field that asks without being asked for.</summary>
    public Task TouchAsync(bool touched) => devTools.SendAsync(
        "WebAuthn.setAutomaticPresenceSimulation", new Dictionary<string, object> { ["authenticatorId"] = id, ["enabled"] = touched });
}
