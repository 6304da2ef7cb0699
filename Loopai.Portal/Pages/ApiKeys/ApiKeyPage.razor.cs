using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Loopai.Core.Usage;
using Loopai.Portal.Accounts;
using Loopai.Portal.Pages.Usage;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.ApiKeys;

/// <summary>One key: its bounds, its secrets, its use.</summary>
public sealed partial class ApiKeyPage(
    ApiKeyService keys, KeyRotation rotation, UsageService usageOf, TaskDirectory directory, DialogService dialogs, Confirmation confirmation,
    Toasts toasts, TimeProvider time) : ComponentBase
{
    private LoadState<KeyRow> _state = LoadState<KeyRow>.Loading;
    private IReadOnlyDictionary<Guid, string> _tasks = new Dictionary<Guid, string>();
    private UsageSummary? _usage;
    private Guid? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid Id { get; set; }

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private bool MayManage => Caller.May(Permissions.KeysManage);

    private DateTimeOffset Now => time.GetUtcNow();

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Id)
        {
            (_loaded, _state) = (Id, LoadState<KeyRow>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var row = KeyRow.Of(await keys.GetAsync(Caller, Id, CancellationToken.None), Now);
        if (row.Key.Tasks is not null && Caller.MaySomewhere(Permissions.TasksRead))
        {
            _tasks = (await directory.ListAsync(Caller, CancellationToken.None)).ToDictionary(t => t.Id, t => t.Name);
        }

        _usage = Caller.May(Permissions.UsageRead) ? UsageSummary.Of(await usageOf.GetAsync(Caller, new UsageFilter(KeyId: Id), CancellationToken.None)) : null;
        return row;
    });

    private static LoadState<TableWindow<ApiKeySecret>> Secrets(KeyRow row) =>
        new LoadState<TableWindow<ApiKeySecret>>.Loaded(new TableWindow<ApiKeySecret>([.. row.Key.Secrets.OrderByDescending(s => s.CreatedAt)]));

    private string SecretStatus(ApiKeySecret secret) => secret.RevokedAt is not null ? "revoked" : secret.IsUsable(Now) ? "active" : "expired";

    private async Task RotateAsync(KeyRow row)
    {
        if (await RotateKeyDialog.OpenAsync(dialogs, row.Key.Name) is not { } hours)
        {
            return;
        }

        CreatedApiKey? created = null;
        await ActAsync(() => confirmation.RunAsync(async () => created = await rotation.RotateAsync(Caller, Id, hours, CancellationToken.None)));
        if (created is not null)
        {
            await NewKeyDialog.OpenAsync(dialogs, Caller, created);
        }
    }

    private async Task RevokeAsync(KeyRow row)
    {
        var text = row.Key.LastUsedAt is { } used
            ? $"Programs that use {row.Key.Name} ({row.Environment}) are refused at once; it was last used {Format.Ago(used, Now)}. This cannot be undone."
            : $"{row.Key.Name} ({row.Environment}) was never used. This cannot be undone.";
        if (await ConfirmDialog.OpenAsync(dialogs, $"Revoke {row.Key.Name}?", text, "Revoke key", danger: true))
        {
            await ActAsync(async () =>
            {
                await keys.RevokeAsync(Caller, Id, CancellationToken.None);
                toasts.Success($"{row.Key.Name} is revoked");
            });
        }
    }

    private async Task RevokeSecretAsync(ApiKeySecret secret)
    {
        var text = secret.LastUsedAt is { } used
            ? $"Programs that still use it are refused at once; it was last used {Format.Ago(used, Now)}."
            : "It was never used.";
        if (await ConfirmDialog.OpenAsync(dialogs, "End the old secret now?", text, "End it", danger: true))
        {
            await ActAsync(() => rotation.RevokeSecretAsync(Caller, Id, secret.Id, CancellationToken.None));
        }
    }

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

        await LoadAsync();
        StateHasChanged();
    }
}
