using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Packages;
using Loopai.Portal.Api;

namespace Loopai.Portal.Pages.Plugins;

/// <summary>What there is to install, narrowed and ordered by the address.</summary>
public sealed partial class MarketplacePage(MarketplaceService marketplace, NavigationManager navigation) : ComponentBase
{
    private const int MostCompared = 4;
    private const int PageSize = 24;

    private readonly List<string> _compared = [];
    private LoadState<Page<PluginItem>> _state = LoadState<Page<PluginItem>>.Loading;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")] public string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "kind")] public string? Kind { get; set; }

    [SupplyParameterFromQuery(Name = "category")] public string? Category { get; set; }

    /// <summary>A capability that is not wanted.</summary>
    [SupplyParameterFromQuery(Name = "without")] public string? Without { get; set; }

    [SupplyParameterFromQuery(Name = "rating")] public string? Rating { get; set; }

    [SupplyParameterFromQuery(Name = "owner")] public string? Owner { get; set; }

    [SupplyParameterFromQuery(Name = "sort")] public string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")] public string? Cursor { get; set; }

    private bool IsFiltered => new[] { Search, Kind, Category, Without, Rating, Owner }.Any(f => !string.IsNullOrEmpty(f));

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync() => _state = await LoadState.FromAsync(() => marketplace.SearchAsync(
        Caller,
        new PluginFilter(
            Search, QueryWords.Parse<PluginKind>(Kind?.Replace('-', '_'), "kind"), Category, Without,
            double.TryParse(Rating, CultureInfo.InvariantCulture, out var rating) ? rating : null, Own: Owner == "own"),
        QueryWords.Parse<PluginSort>(Sort, "sort") ?? PluginSort.Relevance, new PageRequest(PageSize, Cursor), CancellationToken.None));

    private void Go(string name, string? value) => navigation.NavigateTo(navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["cursor"] = null, [name] = string.IsNullOrEmpty(value) ? null : value }));

    private void Compare(string key, bool on)
    {
        _compared.Remove(key);
        if (on)
        {
            _compared.Add(key);
            _compared.RemoveRange(0, Math.Max(0, _compared.Count - MostCompared));
        }
    }
}
