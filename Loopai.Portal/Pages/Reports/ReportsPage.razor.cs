using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Reports;

namespace Loopai.Portal.Pages.Reports;

/// <summary>The environment's reports.</summary>
public sealed partial class ReportsPage(ReportService reports, NavigationManager navigation) : ComponentBase
{
    private LoadState<TableWindow<ReportEntry>> _state = LoadState<TableWindow<ReportEntry>>.Loading;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")] public string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")] public string? Cursor { get; set; }

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var page = await reports.ListAsync(Caller, Search, new PageRequest(25, Cursor), CancellationToken.None);
        return new TableWindow<ReportEntry>(page.Items, page.NextCursor);
    });

    private void Go(string name, string? value) => navigation.NavigateTo(navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = string.IsNullOrEmpty(value) ? null : value, ["cursor"] = null }));
}
