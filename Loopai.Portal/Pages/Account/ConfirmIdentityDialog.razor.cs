using Loopai.Core.Errors;
using Loopai.Core.Identity;
using Loopai.Core.Identity.SecondFactors;
using Loopai.Core.Identity.SignIn;
using Loopai.Portal.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.JSInterop;
using Radzen;

namespace Loopai.Portal.Pages.Account;

/// <summary>Asks once more who sits there. Opened by <see cref="Confirmation"/>.</summary>
public sealed partial class ConfirmIdentityDialog(
    CurrentAccount account, IServiceScopeFactory scopes, AuthenticatorService authenticators, DialogService dialogs, IJSRuntime js) : ComponentBase
{
    private Ways? _ways;
    private bool _withCode;
    private bool _busy;
    private string _text = "";
    private string? _error;

    private DialogService Dialogs => dialogs;

    public static Task<bool> OpenAsync(DialogService dialogs) =>
        dialogs.OpenAsync<ConfirmIdentityDialog, bool>("Confirm that it is you", [], DialogWidth.Small);

    protected override async Task OnInitializedAsync()
    {
        var caller = await account.GetAsync();
        var user = await scopes.CallAsync<AccountService, User>(accounts => accounts.GetAsync(caller));
        var passkeys = await scopes.CallAsync<PasskeyService, IReadOnlyList<UserPasskeyInfo>>(service => service.ListAsync(caller));
        _ways = new Ways(user.PasswordHash is not null, (await authenticators.StateAsync(caller.UserId, CancellationToken.None)).Since is not null, passkeys.Count > 0);
        _withCode = _ways is { Code: true, Password: false };
    }

    private async Task ConfirmAsync()
    {
        (_error, _busy) = (null, true);
        try
        {
            var caller = await account.GetAsync();
            await scopes.CallAsync<SignInService>(
                service => service.ConfirmAsync(caller, _withCode ? null : _text, _withCode ? _text.Trim() : null, CancellationToken.None));
            dialogs.Close(true);
        }
        catch (InvalidException e)
        {
            _error = string.Join(' ', e.Errors.SelectMany(field => field.Value));
        }
        catch (LoopaiException e)
        {
            _error = e.Message;
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task UsePasskeyAsync()
    {
        await using var script = await js.InvokeAsync<IJSObjectReference>("import", "./js/passkeys.js");
        _error = await script.InvokeAsync<string?>("confirm");
        if (_error is null)
        {
            dialogs.Close(true);
        }
    }

    private void Switch() => (_withCode, _text, _error) = (!_withCode, "", null);

    private sealed record Ways(bool Password, bool Code, bool Passkey);
}
