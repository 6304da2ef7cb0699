using Loopai.Core.Access;
using Loopai.Core.Costs;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Costs.Savings;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;

namespace Loopai.Portal.Pages.Costs;

/// <summary>A program against a language model, with any figures.</summary>
public sealed partial class CalculatorPage(CostService costs, ReferenceService references, PriceService prices, NavigationManager navigation, TimeProvider time) : ComponentBase
{
    private LoadState<CostSummary> _state = LoadState<CostSummary>.Loading;
    private IReadOnlyList<Option> _tasks = [];
    private readonly Dictionary<string, string> _unreadable = new(StringComparer.Ordinal);
    private CalculatorForm _form = new();
    private IReadOnlyDictionary<string, string> _misread = new Dictionary<string, string>(StringComparer.Ordinal);
    private Guid? _loaded;

    [Parameter] public string Org { get; set; } = "";

    [SupplyParameterFromQuery] public string? Task { get; set; }

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private string Currency => _state.ValueOrDefault?.Currency ?? "USD";

    private Comparison Compared => _form.Comparison;

    private string Money(decimal? amount) => Format.Money(amount, Currency);

    /// <summary>What cannot be reckoned with: the result is then that of other figures than are seen, and says so.</summary>
    private IReadOnlyList<string> Faults => [.. _unreadable.Concat(_misread).Select(fault => $"{fault.Key}: {char.ToLowerInvariant(fault.Value[0])}{fault.Value[1..]}")];

    private string? SavedShare => Compared.ModelPerMonth > 0 ? CostWords.Less(Compared.SavedPerMonth, Compared.ModelPerMonth) : null;

    private string Payback => Compared.PaybackMonths switch
    {
        null => "never",
        < 0.1m => $"in {Format.Short(Math.Max(1, Math.Ceiling((double)Compared.PaybackMonths.Value * 30.4)))} days",
        { } months => $"in {Format.Short(Math.Round((double)months, 1))} months",
    };

    protected override async Task OnParametersSetAsync()
    {
        var query = QueryHelpers.ParseQuery(navigation.ToAbsoluteUri(navigation.Uri).Query);
        (_form, _misread) = CalculatorForm.Read(name => query.TryGetValue(name, out var value) ? value.ToString() : null);
        if (RendererInfo.IsInteractive && _loaded != Caller.OrganizationId)
        {
            _loaded = Caller.OrganizationId;
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        _state = await LoadState.FromAsync(() => costs.SummaryAsync(Caller, new CostRange(), CancellationToken.None));
        _tasks = [.. _state.ValueOrDefault?.ByTask.Where(t => t.TaskId is not null).Select(t => new Option(t.TaskId!.Value.ToString(), t.Name)) ?? []];
    }

    private EventCallback<string?> FaultOf(string field) => EventCallback.Factory.Create<string?>(this, fault =>
    {
        if (fault is null)
        {
            _unreadable.Remove(field);
        }
        else
        {
            _unreadable[field] = fault;
        }
    });

    private void Go(CalculatorForm form, string? task = null) => navigation.NavigateTo(PortalUrls.CostCalculator(Org, Shell.Environment, form.ToQuery(task)), replace: true);

    private async Task MeasureAsync(string? task)
    {
        if (Guid.TryParse(task, out var id) && _state.ValueOrDefault?.ByTask.FirstOrDefault(t => t.TaskId == id) is { } measured)
        {
            var reference = await references.GetAsync(Caller, id, CancellationToken.None);
            var price = reference.Reference is { } model ? await prices.FindAsync(Caller, model.Provider, model.Model, time.GetUtcNow(), CancellationToken.None) : null;
            Go(_form.With(measured, reference, price?.Input, price?.Output, _state.ValueOrDefault.Days.Count), task);
        }
        else
        {
            Go(_form);
        }
    }
}
