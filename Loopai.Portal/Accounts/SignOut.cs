using Loopai.Core.Identity;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Portal.Accounts;

/// <summary>Ends the session. A POST with an antiforgery token, so that no other site can sign a person out.</summary>
public static class SignOutEndpoint
{
    public static void MapSignOut(this WebApplication app) => app.MapPost(PortalUrls.SignOut, async (HttpContext http, IAntiforgery antiforgery, SignInManager<User> signIn) =>
    {
        await antiforgery.ValidateRequestAsync(http);
        await signIn.SignOutAsync();
        return Results.Redirect(PortalUrls.SignIn);
    }).ExcludeFromDescription();
}
