using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Costs;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Costs.Savings;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Costs;

/// <summary>What was spent in the last days, on what, and what is to come.</summary>
public sealed partial class CostsPage(
    CostService costs, ReferenceService references, PriceService prices, DialogService dialogs, NavigationManager navigation, TimeProvider time) : ComponentBase
{
    private static readonly IReadOnlyList<Option> Ranges = [new("7d", "7 days"), new("30d", "30 days"), new("90d", "90 days")];

    private LoadState<CostsView> _state = LoadState<CostsView>.Loading;
    private (Guid, string)? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [SupplyParameterFromQuery] public string? Range { get; set; }

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private string Days => Ranges.FirstOrDefault(range => range.Value == Range)?.Value ?? "30d";

    private bool MayManage => Caller.May(Permissions.PricesManage);

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != (Caller.OrganizationId, Days))
        {
            _loaded = (Caller.OrganizationId, Days);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var forecast = await costs.ForecastAsync(Caller, null, CancellationToken.None);
        var days = int.Parse(Days[..^1], CultureInfo.InvariantCulture);
        return CostsView.Of(await costs.SummaryAsync(Caller, new CostRange(forecast.Today.AddDays(1 - days), forecast.Today), CancellationToken.None), forecast);
    });

    private void Go(string range) => navigation.NavigateTo(PortalUrls.Costs(Org, Shell.Environment, range));

    private async Task CompareAsync(Guid task)
    {
        var state = await references.GetAsync(Caller, task, CancellationToken.None);
        if (await ReferenceDialog.OpenAsync(dialogs, Caller, state, await prices.ListAsync(Caller, CancellationToken.None), time.GetUtcNow()))
        {
            await LoadAsync();
        }
    }

    private string Money(decimal? amount) => Format.Money(amount, _state.ValueOrDefault!.Summary.Currency);

    private string Parts(TaskCost task) => $"executions {Money(task.Execution)}, checks {Money(task.Validation)}, making {Money(task.Generation)}";

    private string Payback(TaskCost task) => task is { Saved: > 0, Generation: > 0 }
        && SavingsMath.PaybackDays(task.Generation, (task.Saved.Value + task.Generation) / _state.ValueOrDefault!.Summary.Days.Count) is { } days
            ? days < 1 ? "in a day" : $"in {Format.Short((double)Math.Ceiling(days))} days"
            : Format.Unknown;
}
