using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.ApiKeys;

/// <summary>The keys that programs sign in with.</summary>
public sealed partial class ApiKeysPage(ApiKeyService keys, SettingsService settings, DialogService dialogs, TimeProvider time) : ComponentBase
{
    private LoadState<TableWindow<KeyRow>> _state = LoadState<TableWindow<KeyRow>>.Loading;
    private int? _longestAge;
    private string? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private bool MayManage => Caller.May(Permissions.KeysManage);

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Org)
        {
            (_loaded, _state) = (Org, LoadState<TableWindow<KeyRow>>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var now = time.GetUtcNow();
        _longestAge = Caller.May(Permissions.OrganizationRead) ? (await settings.GetAsync(Caller, CancellationToken.None)).LongestKeyAgeDays : null;
        return new TableWindow<KeyRow>([.. (await keys.ListAsync(Caller, CancellationToken.None)).Select(entry => KeyRow.Of(entry, now)).OrderBy(row => row.Status != "active")]);
    });

    private async Task CreateAsync()
    {
        if (await CreateKeyDialog.OpenAsync(dialogs, Caller, Shell.Environment, [.. Shell.Environments], _longestAge) is { } created)
        {
            await LoadAsync();
            StateHasChanged();
            await NewKeyDialog.OpenAsync(dialogs, Caller, created);
        }
    }

    private async Task SetLongestAgeAsync()
    {
        if (await LongestAgeDialog.OpenAsync(dialogs, Caller, _longestAge))
        {
            await LoadAsync();
        }
    }
}
