using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Scim;
using Loopai.Portal.Scim;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Provisioning;

/// <summary>What a directory needs to provision people: an address and a token.</summary>
public sealed partial class ProvisioningPage(
    ScimTokenService tokens, DialogService dialogs, Toasts toasts, NavigationManager navigation, PortalSettings portal, TimeProvider time) : ComponentBase
{
    private LoadState<TableWindow<ScimToken>> _state = LoadState<TableWindow<ScimToken>>.Loading;
    private string? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private bool MayCreate => Caller.May(Permissions.SignOnManage) && Caller.May(Permissions.MembersManage);

    private string BaseUrl => (portal.PublicUrl.Length > 0 ? portal.LinkBase() : navigation.BaseUri.TrimEnd('/')) + ScimPipeline.Prefix;

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Org)
        {
            (_loaded, _state) = (Org, LoadState<TableWindow<ScimToken>>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
        new TableWindow<ScimToken>([.. (await tokens.ListAsync(Caller, CancellationToken.None)).OrderBy(token => StatusOf(token) != "active")]));

    private string StatusOf(ScimToken token) => token.RevokedAt is not null ? "revoked" : token.IsUsable(time.GetUtcNow()) ? "active" : "expired";

    private async Task CreateAsync()
    {
        if (await CreateTokenDialog.OpenAsync(dialogs, Caller) is { } created)
        {
            await LoadAsync();
            StateHasChanged();
            await NewTokenDialog.OpenAsync(dialogs, created);
        }
    }

    private async Task RevokeAsync(ScimToken token)
    {
        if (!await ConfirmDialog.OpenAsync(
            dialogs, $"Revoke {token.Name}?", "The directory that uses it is refused at once; people and teams stay as they are. This cannot be undone.", "Revoke token", danger: true))
        {
            return;
        }

        try
        {
            await tokens.RevokeAsync(Caller, token.Id, CancellationToken.None);
            toasts.Success($"{token.Name} is revoked");
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
