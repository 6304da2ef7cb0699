using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Antiforgery;

namespace Loopai.Portal.Accounts;

/// <summary>Ends the session. A POST with an antiforgery token, so that no other site can sign a person out.</summary>
public static class SignOutEndpoint
{
    public static void MapSignOut(this WebApplication app) => app.MapPost(PortalUrls.SignOut, async (HttpContext http, IAntiforgery antiforgery, SessionCookie cookie) =>
    {
        await antiforgery.ValidateRequestAsync(http);
        await cookie.EndAsync(http);
        return Results.Redirect(PortalUrls.SignIn);
    }).ExcludeFromDescription();
}
