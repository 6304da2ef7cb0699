using Loopai.Core.Access;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Errors;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Costs;

/// <summary>The price book, what is missing in it, and pricing again.</summary>
public sealed partial class PricesPage(PriceService prices, RepriceService reprice, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<PricesView> _state = LoadState<PricesView>.Loading;
    private Guid? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private bool MayManage => Caller.May(Permissions.PricesManage);

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Caller.OrganizationId)
        {
            _loaded = Caller.OrganizationId;
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
        new PricesView(await prices.ListAsync(Caller, CancellationToken.None), await reprice.UnpricedAsync(Caller, CancellationToken.None)));

    private async Task AddAsync(UnpricedUsage? missing)
    {
        if (await PriceDialog.OpenAsync(dialogs, Caller, _state.ValueOrDefault!.Prices.Currency, missing))
        {
            toasts.Success("The price is in the book", "Charges that were made before keep theirs; price them again above.");
            await LoadAsync();
        }
    }

    private async Task EndAsync(Price price)
    {
        if (!await ConfirmDialog.OpenAsync(
            dialogs, $"End the price of {price.Name}?", "From this hour on a list price counts, if one fits; otherwise what is used is not priced. Charges made before stay.", "End price", danger: true))
        {
            return;
        }

        try
        {
            await prices.EndAsync(Caller, price.Id, CancellationToken.None);
            toasts.Success($"The price of {price.Name} has ended");
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }

    private static LoadState<TableWindow<ListedPrice>> Window(IEnumerable<ListedPrice> rows) => new LoadState<TableWindow<ListedPrice>>.Loaded(new TableWindow<ListedPrice>([.. rows]));

    private static string Money(Price price, decimal? amount) => Format.Money(amount, price.Currency);
}

/// <param name="Prices">The book.</param>
/// <param name="Unpriced">What is missing in it.</param>
public sealed record PricesView(PriceList Prices, IReadOnlyList<UnpricedUsage> Unpriced);
