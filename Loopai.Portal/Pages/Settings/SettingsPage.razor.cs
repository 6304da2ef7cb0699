using Loopai.Core.Access;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Settings;

public sealed partial class SettingsPage(OrganizationService organizations) : ComponentBase
{
    private LoadState<Organization> _state = LoadState<Organization>.Loading;
    private string? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Org)
        {
            _loaded = Org;
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(() => organizations.GetAsync(Caller, CancellationToken.None));
}
