using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Errors;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.ApiKeys;

/// <summary>Who holds keys and is no person.</summary>
public sealed partial class ServiceAccountsPage(ServiceAccountService accounts, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<TableWindow<ServiceAccountEntry>> _state = LoadState<TableWindow<ServiceAccountEntry>>.Loading;
    private string? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private bool MayManage => Caller.May(Permissions.KeysManage);

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Org)
        {
            (_loaded, _state) = (Org, LoadState<TableWindow<ServiceAccountEntry>>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(
        async () => new TableWindow<ServiceAccountEntry>(await accounts.ListAsync(Caller, CancellationToken.None)));

    private async Task CreateAsync()
    {
        if (await ServiceAccountDialog.OpenAsync(dialogs, Caller) is { } made)
        {
            toasts.Success($"{made.Name} is added", "Now create a key for it.");
            await LoadAsync();
        }
    }

    private async Task DeleteAsync(ServiceAccountEntry entry)
    {
        var text = entry.LiveKeys == 0 ? "It holds no live key." : $"{Format.Count(entry.LiveKeys, "key")} of it {(entry.LiveKeys == 1 ? "ends" : "end")} at once. This cannot be undone.";
        if (!await ConfirmDialog.OpenAsync(dialogs, $"Delete {entry.Account.Name}?", text, "Delete service account", danger: true))
        {
            return;
        }

        try
        {
            await accounts.DeleteAsync(Caller, entry.Account.Id, CancellationToken.None);
            toasts.Success($"{entry.Account.Name} is deleted");
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
