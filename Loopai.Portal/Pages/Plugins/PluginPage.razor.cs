using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Registry;
using Radzen;

namespace Loopai.Portal.Pages.Plugins;

/// <summary>One plugin: what it does and may do, its versions, what the checks said, and who uses it.</summary>
public sealed partial class PluginPage(MarketplaceService marketplace, InstalledPlugins installed, PluginLifecycle lifecycle, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<PluginDetail> _state = LoadState<PluginDetail>.Loading;
    private IReadOnlyList<Crumb> _crumbs = [];
    private (string Key, string? Version) _shown;
    private Guid? _installed;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public string Key { get; set; } = "";

    [Parameter] public string? Tab { get; set; }

    [SupplyParameterFromQuery(Name = "version")] public string? VersionAsked { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private string Shown => PluginTabs.Known(Tab);

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Plugins", PortalUrls.Plugins(Org, Shell.Environment))];
        if (!RendererInfo.IsInteractive || _shown == (Key, VersionAsked))
        {
            return;
        }

        if (_shown.Key != Key)
        {
            _state = LoadState<PluginDetail>.Loading;
        }

        _shown = (Key, VersionAsked);
        await LoadAsync();
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var detail = await marketplace.GetAsync(Caller, Key, VersionAsked, CancellationToken.None);
        _installed = (await installed.ListAsync(Caller, CancellationToken.None)).FirstOrDefault(i => i.Installation.PluginId == detail.Item.Plugin.Id)?.Installation.Id;
        return detail;
    });

    private string Html(PluginDetail detail, string? markdown) =>
        ReadmeHtml.Of(markdown ?? "", path => PortalUrls.PluginPicture(Org, Key, detail.Version.Version, path));

    private async Task DeprecateAsync(PluginDetail detail)
    {
        if (detail.Item.Plugin.DeprecatedAt is not null)
        {
            await ActAsync(() => lifecycle.UndeprecateAsync(Caller, Key, CancellationToken.None), $"{Key} is offered as before");
        }
        else if (await DeprecateDialog.OpenAsync(dialogs, Caller, Key))
        {
            toasts.Success($"{Key} is deprecated");
            await LoadAsync();
        }
    }

    private async Task YankAsync(PluginDetail detail)
    {
        if (await YankDialog.OpenAsync(dialogs, Caller, Key, detail.Version.Version))
        {
            toasts.Success($"Nobody new gets {Key} {detail.Version.Version}");
            await LoadAsync();
        }
    }

    private Task UnyankAsync(PluginDetail detail) =>
        ActAsync(() => lifecycle.UnyankAsync(Caller, Key, detail.Version.Version, CancellationToken.None), $"{Key} {detail.Version.Version} is offered again");

    private async Task SetVisibilityAsync(PluginDetail detail)
    {
        var show = !detail.Item.Plugin.IsPublic;
        if (await ConfirmDialog.OpenAsync(
            dialogs, show ? $"Show {Key} to everybody?" : $"Make {Key} private?",
            show ? "Every organization of this installation sees the plugin, its README and its code, and can install it." : "Other organizations do not see it any more. This works only while none of them has it installed.",
            show ? "Show to everybody" : "Make private"))
        {
            await ActAsync(() => lifecycle.SetVisibilityAsync(Caller, Key, show, CancellationToken.None), show ? $"Everybody sees {Key}" : $"{Key} is private");
        }
    }

    private async Task ActAsync(Func<Task> act, string done)
    {
        try
        {
            await act();
            toasts.Success(done);
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
