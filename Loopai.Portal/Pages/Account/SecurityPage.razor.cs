using Loopai.Core.Identity;
using Loopai.Core.Identity.SecondFactors;
using Loopai.Portal.Accounts;
using Microsoft.AspNetCore.Identity;
using Radzen;

namespace Loopai.Portal.Pages.Account;

/// <summary>Password, authenticator app and passkeys.</summary>
public sealed partial class SecurityPage(
    CurrentAccount account, IServiceScopeFactory scopes, AuthenticatorService authenticators, DialogService dialogs, NavigationManager navigation) : ComponentBase
{
    private LoadState<Security> _state = LoadState<Security>.Loading;

    /// <summary>Set when an organization sent the person here.</summary>
    [SupplyParameterFromQuery(Name = "why")] private string? Why { get; set; }

    [SupplyParameterFromQuery(Name = "returnUrl")] private string? ReturnUrl { get; set; }

    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var caller = await account.GetAsync();
        var user = await scopes.CallAsync<AccountService, User>(accounts => accounts.GetAsync(caller));
        return new Security(
            user.Email ?? "", user.PasswordHash is not null, await authenticators.StateAsync(caller.UserId, CancellationToken.None),
            await scopes.CallAsync<PasskeyService, IReadOnlyList<UserPasskeyInfo>>(passkeys => passkeys.ListAsync(caller)));
    });

    /// <summary>The session was started without it, or before it was set up.</summary>
    private async Task ShowFactorAsync()
    {
        if (await ConfirmIdentityDialog.OpenAsync(dialogs))
        {
            navigation.NavigateTo(LocalUrl.OrHome(ReturnUrl));
        }
    }

    private sealed record Security(string Email, bool HasPassword, AuthenticatorState Authenticator, IReadOnlyList<UserPasskeyInfo> Passkeys);
}
