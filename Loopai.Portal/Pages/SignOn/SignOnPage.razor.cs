using Loopai.Core.Access;
using Loopai.Core.Identity.SignOn;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.SignOn;

/// <summary>The organization's identity providers, and the domains whose people they sign in.</summary>
public sealed partial class SignOnPage(ConnectionService connections, DomainService domains, DialogService dialogs, NavigationManager navigation) : ComponentBase
{
    private LoadState<TableWindow<SignOnConnection>> _connections = LoadState<TableWindow<SignOnConnection>>.Loading;
    private bool _lacksDomain;
    private string? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Org)
        {
            (_loaded, _connections) = (Org, LoadState<TableWindow<SignOnConnection>>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        _connections = await LoadState.FromAsync(async () => new TableWindow<SignOnConnection>(await connections.ListAsync(Caller, CancellationToken.None)));
        _lacksDomain = _connections.ValueOrDefault?.Items.Any(c => c.Enabled) == true
            && (await domains.ListAsync(Caller, CancellationToken.None)).All(d => d.VerifiedAt is null);
    }

    private async Task ConnectAsync()
    {
        if (await ConnectDialog.OpenAsync(dialogs, Caller) is { } created)
        {
            navigation.NavigateTo(PortalUrls.SignOnConnection(Org, created.Id, Shell.Environment));
        }
    }
}
