using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.ApiKeys;

/// <summary>The keys that programs sign in with.</summary>
public sealed partial class ApiKeysPage(ApiKeyService keys, OrganizationService organizations, DialogService dialogs, Toasts toasts, TimeProvider time) : ComponentBase
{
    private LoadState<TableWindow<KeyRow>> _state = LoadState<TableWindow<KeyRow>>.Loading;
    private IReadOnlyList<OrganizationEnvironment> _environments = [];
    private string? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

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
        var all = await keys.ListAsync(Caller, CancellationToken.None);
        _environments = (await organizations.GetAsync(Caller, CancellationToken.None)).Environments;
        var names = _environments.ToDictionary(e => e.Id, e => e.Key);
        var now = time.GetUtcNow();
        return new TableWindow<KeyRow>(
        [
            .. all.Select(key => new KeyRow(key, names.GetValueOrDefault(key.EnvironmentId, "?"), StatusOf(key, now))).OrderBy(row => row.Status != "active"),
        ]);
    });

    private static string StatusOf(ApiKey key, DateTimeOffset now) => key.RevokedAt is not null ? "revoked" : key.IsUsable(now) ? "active" : "expired";

    private async Task CreateAsync()
    {
        if (await CreateKeyDialog.OpenAsync(dialogs, Caller, Shell.Environment, [.. Shell.Environments]) is { } created)
        {
            await LoadAsync();
            StateHasChanged();
            await NewKeyDialog.OpenAsync(dialogs, Caller, created);
        }
    }

    private async Task RevokeAsync(KeyRow row)
    {
        var text = row.Key.LastUsedAt is { } used
            ? $"Programs that use {row.Key.Name} ({row.Environment}) are refused at once; it was last used {Format.Ago(used, time.GetUtcNow())}. This cannot be undone."
            : $"{row.Key.Name} ({row.Environment}) was never used. This cannot be undone.";
        if (!await ConfirmDialog.OpenAsync(dialogs, $"Revoke {row.Key.Name}?", text, "Revoke key", danger: true))
        {
            return;
        }

        try
        {
            await keys.RevokeAsync(Caller, row.Key.Id, CancellationToken.None);
            toasts.Success($"{row.Key.Name} is revoked");
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}

/// <param name="Key">The key.</param>
/// <param name="Environment">Its environment's short name.</param>
/// <param name="Status">active, expired or revoked.</param>
public sealed record KeyRow(ApiKey Key, string Environment, string Status);
