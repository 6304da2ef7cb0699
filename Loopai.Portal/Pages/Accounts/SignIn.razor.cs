using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignIn;
using Loopai.Portal.Accounts;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Portal.Pages.Accounts;

/// <summary>Signing in: the e-mail first, since it decides what comes next. A plain form: it writes a cookie, which a circuit cannot.</summary>
public sealed partial class SignIn(
    SignInManager<User> signIn, SignInRouter router, SessionCookie cookie, AccountService accounts, NavigationManager navigation) : ComponentBase
{
    private string? _failure;
    private bool _asksPassword;

    [SupplyParameterFromForm] private SignInInput Input { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "returnUrl")] private string? ReturnUrl { get; set; }

    [CascadingParameter] private HttpContext Context { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        // The framework fills it on a post, and leaves it null on a get.
        Input ??= new SignInInput();
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
            await SignInAsync(email, password);
            return;
        }

        switch (await router.NextAsync(email, LocalUrl.OrHome(ReturnUrl), Context.RequestAborted))
        {
            case SignInStep.Redirect { Url: var url }:
                navigation.NavigateTo(url);
                break;
            default:
                _asksPassword = true;
                break;
        }
    }

    private async Task SignInAsync(string email, string password)
    {
        var user = await signIn.UserManager.FindByEmailAsync(email);
        var result = user is null ? SignInResult.Failed : await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true);
        if (result.Succeeded)
        {
            await cookie.StartAsync(Context, user!, SignInMethod.Password, secondFactor: false, Input.Remember);
            navigation.NavigateTo(LocalUrl.OrHome(ReturnUrl));
            return;
        }

        // The same words for a wrong password and an unknown address: who has an account is nobody's business.
        _asksPassword = true;
        _failure = result.IsLockedOut
            ? "Too many attempts. Wait a few minutes, then try again."
            : "This e-mail and password do not fit together. Check both and try again.";
    }

    private sealed class SignInInput
    {
        public string? Email { get; set; }

        public string? Password { get; set; }

        public bool Remember { get; set; }
    }
}
