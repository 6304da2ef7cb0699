using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Registry;
using Radzen;

namespace Loopai.Portal.Pages.Plugins;

/// <summary>The organization's publishers, and those that others offer to it.</summary>
public sealed partial class PublishersPage(PublisherService publishers, PublisherPeople people, DialogService dialogs, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private LoadState<TableWindow<PublisherItem>> _state = LoadState<TableWindow<PublisherItem>>.Loading;
    private IReadOnlyList<Publisher> _offers = [];
    private IReadOnlyList<Crumb> _crumbs = [];

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    protected override Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Plugins", PortalUrls.Plugins(Org, Shell.Environment))];
        return RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        _offers = await people.OffersAsync(Caller, CancellationToken.None);
        return new TableWindow<PublisherItem>(await publishers.ListAsync(Caller, CancellationToken.None));
    });

    private async Task CreateAsync()
    {
        if (await CreatePublisherDialog.OpenAsync(dialogs, Caller) is { } made)
        {
            navigation.NavigateTo(PortalUrls.Publisher(Org, made.Item.Publisher.Name, Shell.Environment));
        }
    }

    private async Task AcceptAsync(Publisher offer)
    {
        if (!await ConfirmDialog.OpenAsync(
            dialogs, $"Take over {offer.DisplayName}?", "Its plugins become your organization's. You are its owner; its domain has to be verified anew.", "Accept"))
        {
            return;
        }

        try
        {
            await people.AcceptAsync(Caller, offer.Name, CancellationToken.None);
            toasts.Success($"{offer.Name} is yours");
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
