using Loopai.Core.Identity;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Portal.Pages.Accounts;

/// <summary>Signing in with e-mail and password. A plain form: it writes a cookie, which a circuit cannot.</summary>
public sealed partial class SignIn(SignInManager<User> signIn, AccountService accounts, NavigationManager navigation) : ComponentBase
{
    private string? _failure;

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

    private async Task SignInAsync()
    {
        var result = await signIn.PasswordSignInAsync(Input.Email?.Trim() ?? "", Input.Password ?? "", Input.Remember, lockoutOnFailure: true);
        if (result.Succeeded)
        {
            navigation.NavigateTo(LocalOrHome(ReturnUrl));
            return;
        }

        // The same words for a wrong password and an unknown address: who has an account is nobody's business.
        _failure = result.IsLockedOut
            ? "Too many attempts. Wait a few minutes, then try again."
            : "This e-mail and password do not fit together. Check both and try again.";
    }

    /// <summary>Only a path of our own: an address that came with the link must not lead a person to another site.</summary>
    private static string LocalOrHome(string? url) =>
        url is not null && url.StartsWith('/') && !url.StartsWith("//", StringComparison.Ordinal) && !url.Contains('\\', StringComparison.Ordinal) ? url : "/";

    private sealed class SignInInput
    {
        public string? Email { get; set; }

        public string? Password { get; set; }

        public bool Remember { get; set; }
    }
}
