using Loopai.Core.Identity.SignIn;
using Loopai.Portal.Accounts;

namespace Loopai.Portal.Pages.Accounts;

/// <summary>The step after the password, for whoever set up an authenticator app.</summary>
public sealed partial class SecondFactor(SignInService signIn, SessionCookie cookie, PendingSignIn pending, NavigationManager navigation) : ComponentBase
{
    private string? _failure;

    [SupplyParameterFromForm] private CodeInput Input { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "returnUrl")] private string? ReturnUrl { get; set; }

    [CascadingParameter] private HttpContext Context { get; set; } = null!;

    protected override void OnInitialized()
    {
        Input ??= new CodeInput();
        if (pending.Get(Context) is null)
        {
            navigation.NavigateTo(PortalUrls.SignInAndReturn(ReturnUrl));
        }
    }

    private async Task ContinueAsync()
    {
        if (pending.Get(Context) is not (var userId, var remember))
        {
            return;
        }

        var outcome = await signIn.CodeAsync(userId, Input.Code?.Trim() ?? "", Context.Origin(), Context.RequestAborted);
        if (outcome is SignInOutcome.Accepted accepted)
        {
            PendingSignIn.Clear(Context);
            await cookie.StartAsync(Context, accepted.User, accepted.Method, accepted.SecondFactor, remember);
            navigation.NavigateTo(LocalUrl.OrHome(ReturnUrl));
            return;
        }

        _failure = SignInWords.Of(outcome, "This code is wrong or was used already. Wait for the next one, and check the clock of your phone.");
    }

    private sealed class CodeInput
    {
        public string? Code { get; set; }
    }
}
