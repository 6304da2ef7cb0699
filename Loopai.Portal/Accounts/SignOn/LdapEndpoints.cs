using Loopai.Core.Identity.Ldap;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Api;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Mvc;

namespace Loopai.Portal.Accounts.SignOn;

/// <summary>Takes the password form of a directory. The form itself is a page; see LdapPassword.razor.</summary>
public static class LdapEndpoints
{
    public static void MapLdap(this WebApplication app) =>
        app.MapPost("/sign-in/ldap/{connection:guid}/password", SignInAsync).ExcludeFromDescription();

    private static async Task<IResult> SignInAsync(
        Guid connection, [FromForm] string? login, [FromForm] string? password, [FromForm] string? returnUrl, [FromForm] string? test, HttpContext http,
        SignOnService service, SignOnTests tests, LdapSignIn ldap, SignOnBrowser browser, CancellationToken ct)
    {
        if (await service.FindAsync(connection, SignOnKind.Ldap, ct) is not { } found || (!found.Enabled && string.IsNullOrEmpty(test)))
        {
            return browser.Refused("This way of signing in does not exist, or is switched off. Ask an administrator of your organization.");
        }

        var back = LocalUrl.OrHome(returnUrl);
        if (!string.IsNullOrEmpty(test))
        {
            if (!Guid.TryParse(test, out var run) || !await tests.WaitsAsync(found, run, ct))
            {
                return browser.Refused(SignOnBrowser.TestEnded);
            }

            await ldap.TestAsync(found, run, login, password, ApiPipeline.OriginOf(http), ct);
            return Results.Redirect(back);
        }

        var (outcome, identity) = await ldap.SignInAsync(found, login, password, ApiPipeline.OriginOf(http), ct);
        return outcome.Refusal is { } refusal && identity is null
            ? Results.Redirect(PortalUrls.LdapPassword(connection, back, login, browser.Seal(refusal.Message)))
            : await browser.FinishAsync(http, found, outcome, identity, back);
    }
}
