using Loopai.Core.Identity;
using Loopai.Core.Identity.SignIn;
using Loopai.Portal.Accounts;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Portal.Pages.Accounts;

/// <summary>Signing in: the e-mail first, since it decides what comes next. A plain form: it writes a cookie, which a circuit cannot.</summary>
public sealed partial class SignIn(
    SignInService signIn, SignInManager<User> passkeys, SignInRouter router, SessionCookie cookie, PendingSignIn pending, AccountService accounts,
    NavigationManager navigation) : ComponentBase
{
    private string? _failure;
    private bool _asksPassword;

    [SupplyParameterFromForm(FormName = "sign-in")] private SignInInput Input { get; set; } = null!;

    [SupplyParameterFromForm(FormName = "passkey")] private PasskeyInput Passkey { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "returnUrl")] private string? ReturnUrl { get; set; }

    /// <summary>Past the identity provider: for an owner whose provider is broken. What a password opens is decided at the organization's door.</summary>
    [SupplyParameterFromQuery(Name = "local")] private bool IsLocal { get; set; }

    [CascadingParameter] private HttpContext Context { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        // The framework fills them on a post, and leaves them null on a get.
        Input ??= new SignInInput();
        Passkey ??= new PasskeyInput();
        if (HttpMethods.IsGet(Context.Request.Method) && await accounts.IsFirstRunAsync(Context.RequestAborted))
        {
            navigation.NavigateTo(PortalUrls.Setup);
        }
    }

    private async Task ContinueAsync()
    {
        var email = Input.Email?.Trim() ?? "";
        if (Input.Password is { Length: > 0 } password)
        {
            _asksPassword = true;
            await FinishAsync(await signIn.PasswordAsync(email, password, Context.Origin(), Context.RequestAborted));
            return;
        }

        switch (IsLocal ? new SignInStep.Local() : await router.NextAsync(email, LocalUrl.OrHome(ReturnUrl), Context.RequestAborted))
        {
            case SignInStep.Redirect { Url: var url }:
                navigation.NavigateTo(url);
                break;
            default:
                _asksPassword = true;
                break;
        }
    }

    private async Task ShowPasskeyAsync()
    {
        var assertion = await passkeys.PerformPasskeyAssertionAsync(Passkey.Credential ?? "");
        if (!assertion.Succeeded)
        {
            _failure = "This passkey is not known here any more. Sign in with your password.";
            return;
        }

        await passkeys.UserManager.AddOrUpdatePasskeyAsync(assertion.User, assertion.Passkey);
        await FinishAsync(await signIn.PasskeyAsync(assertion.User, Context.Origin(), Context.RequestAborted));
    }

    private async Task FinishAsync(SignInOutcome outcome)
    {
        switch (outcome)
        {
            case SignInOutcome.Accepted accepted:
                await cookie.StartAsync(Context, accepted.User, accepted.Method, accepted.SecondFactor, Input.Remember);
                navigation.NavigateTo(LocalUrl.OrHome(ReturnUrl));
                break;
            case SignInOutcome.CodeNeeded { User: var user }:
                pending.Set(Context, user.Id, Input.Remember);
                navigation.NavigateTo(PortalUrls.Build(PortalUrls.SecondFactor, ("returnUrl", ReturnUrl)));
                break;
            default:
                _failure = SignInWords.Of(outcome, "This e-mail and password do not fit together. Check both and try again.");
                break;
        }
    }

    private sealed class SignInInput
    {
        public string? Email { get; set; }

        public string? Password { get; set; }

        public bool Remember { get; set; }
    }

    private sealed class PasskeyInput
    {
        public string? Credential { get; set; }
    }
}
