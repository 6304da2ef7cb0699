using Loopai.Core.Access;
using Loopai.Core.Plugins.Installations;

namespace Loopai.Portal.Pages.Plugins.Installed;

/// <summary>The organization's plugins, with how each of them is doing.</summary>
public sealed partial class InstalledPluginsPage(InstalledPlugins installed, TimeProvider time) : ComponentBase
{
    private LoadState<TableWindow<InstallationItem>> _state = LoadState<TableWindow<InstallationItem>>.Loading;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () => new TableWindow<InstallationItem>(await installed.ListAsync(Caller, CancellationToken.None)));
}
