using Loopai.Core.Errors;
using Loopai.Core.Identity;
using Loopai.Portal.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.JSInterop;
using Radzen;

namespace Loopai.Portal.Pages.Account;

/// <summary>The person's passkeys. Making one is between the browser and the server (js/passkeys.js); the panel starts it and shows what came of it.</summary>
public sealed partial class PasskeysPanel(
    CurrentAccount account, IServiceScopeFactory scopes, Confirmation confirmation, DialogService dialogs, Toasts toasts, IJSRuntime js) : ComponentBase
{
    [Parameter, EditorRequired] public IReadOnlyList<UserPasskeyInfo> Passkeys { get; set; } = [];

    [Parameter] public EventCallback OnChanged { get; set; }

    private Task AddAsync() => ActAsync(async () =>
    {
        var caller = await account.GetAsync();
        if (!await confirmation.RunAsync(() => scopes.CallAsync<PasskeyService>(passkeys => passkeys.DemandAddAsync(caller, CancellationToken.None)))
            || await PasskeyNameDialog.OpenAsync(dialogs, "Add a passkey", "My passkey", "Continue") is not { } name)
        {
            return;
        }

        await using var script = await js.InvokeAsync<IJSObjectReference>("import", "./js/passkeys.js");
        if (await script.InvokeAsync<string?>("create", name) is { } failure)
        {
            toasts.Warn("The passkey was not added", failure);
            return;
        }

        toasts.Success($"{name} is added");
    });

    private Task RenameAsync(UserPasskeyInfo passkey) => ActAsync(async () =>
    {
        if (await PasskeyNameDialog.OpenAsync(dialogs, "Rename the passkey", passkey.Name ?? "", "Rename") is { } name)
        {
            var caller = await account.GetAsync();
            await scopes.CallAsync<PasskeyService>(passkeys => passkeys.RenameAsync(caller, passkey.CredentialId, name));
        }
    });

    private Task RemoveAsync(UserPasskeyInfo passkey) => ActAsync(async () =>
    {
        var caller = await account.GetAsync();
        if (await ConfirmDialog.OpenAsync(dialogs, $"Remove {passkey.Name}?", "It signs you in no more. Remove it from your device too, where it stays otherwise.", "Remove passkey", danger: true)
            && await confirmation.RunAsync(() => scopes.CallAsync<PasskeyService>(passkeys => passkeys.RemoveAsync(caller, passkey.CredentialId, CancellationToken.None))))
        {
            toasts.Success($"{passkey.Name} is removed");
        }
    });

    private async Task ActAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await OnChanged.InvokeAsync();
    }
}
