using Loopai.Core.Identity.Sessions;
using Loopai.Portal.Accounts.SignOn;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Antiforgery;

namespace Loopai.Portal.Accounts;

/// <summary>Ends the session. A POST with an antiforgery token, so that no other site can sign a person out.</summary>
public static class SignOutEndpoint
{
    public static void MapSignOut(this WebApplication app) => app.MapPost(PortalUrls.SignOut, SignOutAsync).ExcludeFromDescription();

    private static async Task<IResult> SignOutAsync(
        HttpContext http, IAntiforgery antiforgery, SessionCookie cookie, SessionCache sessions, ProviderSignOut provider, SignOnBrowser browser)
    {
        await antiforgery.ValidateRequestAsync(http);
        var session = http.User.SessionId() is { } id ? await sessions.FindAsync(id, http.RequestAborted) : null;
        await cookie.EndAsync(http);

        // A form may not be led to another site, so a page stands between, where the person decides.
        return Results.Redirect(session is not null && await provider.AddressAsync(session, http.Request, browser, http.RequestAborted) is { } address
            ? PortalUrls.SignedOut(browser.Seal(address))
            : PortalUrls.SignIn);
    }
}
