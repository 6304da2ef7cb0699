using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Registry;
using Radzen;

namespace Loopai.Portal.Pages.Plugins;

/// <summary>One publisher: what it published, and for its own organization who may and by what it is verified.</summary>
public sealed partial class PublisherPage(PublisherService publishers, MarketplaceService marketplace, DialogService dialogs, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private LoadState<PublisherDetail> _state = LoadState<PublisherDetail>.Loading;
    private IReadOnlyList<PluginItem> _plugins = [];
    private IReadOnlyList<Crumb> _crumbs = [];

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public string Name { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    protected override Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Plugins", PortalUrls.Plugins(Org, Shell.Environment)), new Crumb("Publishers", PortalUrls.Publishers(Org, Shell.Environment))];
        return RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;
    }

    private static bool IsOwner(PublisherDetail detail) => detail.Item.Role == PublisherRole.Owner;

    /// <summary>What it says of itself, or the name under which it publishes where that is not the title already.</summary>
    private static string? Subtitle(Publisher publisher) => publisher.Description ?? (publisher.DisplayName == publisher.Name ? null : publisher.Name);

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var detail = await publishers.GetAsync(Caller, Name, CancellationToken.None);
        _plugins = (await marketplace.SearchAsync(Caller, new PluginFilter(Publisher: Name), PluginSort.Relevance, new PageRequest(PageRequest.MaxLimit), CancellationToken.None)).Items;
        return detail;
    });

    private async Task DeleteAsync(PublisherDetail detail)
    {
        if (!await ConfirmDialog.OpenAsync(dialogs, $"Give {detail.Item.Publisher.Name} back?", "Nothing was published under it, so anybody may take the name then.", "Give it back", danger: true))
        {
            return;
        }

        try
        {
            await publishers.DeleteAsync(Caller, Name, CancellationToken.None);
            toasts.Success($"{Name} is free again");
            navigation.NavigateTo(PortalUrls.Publishers(Org, Shell.Environment));
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }
    }
}
