using Loopai.Core.Identity.SignIn;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Accounts.SignOn;

/// <summary>Sends the addresses of verified domains to their organization's provider; where it has several, to the page that lets the person choose.</summary>
public sealed class SignOnRoute(SignOnDetection detection) : ISignInRoute
{
    public async Task<SignInStep?> FindAsync(string email, string returnUrl, CancellationToken ct) => await detection.ForEmailAsync(email, ct) switch
    {
        [] => null,
        [var only] => new SignInStep.Redirect(PortalUrls.SignOnStart(only.Kind, only.Id, returnUrl, hint: email)),
        _ => new SignInStep.Redirect(PortalUrls.SignInChoice(email, returnUrl)),
    };
}
