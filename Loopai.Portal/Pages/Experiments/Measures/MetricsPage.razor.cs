using Loopai.Core.Access;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Metrics;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Experiments.Measures;

/// <summary>The metrics that experiments can choose from. There are few, so they come and are searched at once.</summary>
public sealed partial class MetricsPage(MetricService metrics, ExperimentUses uses, DialogService dialogs, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private LoadState<TableWindow<MetricRow>> _state = LoadState<TableWindow<MetricRow>>.Loading;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")] public string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "status")] public string? Status { get; set; }

    private bool MayWrite => Caller.May(Permissions.ExperimentsWrite);

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var (own, usedBy) = (await metrics.ListAsync(Caller, archived: Status is not null, CancellationToken.None), (await uses.ReadAsync(Caller, CancellationToken.None)).Metrics);
        var rows = own.Where(m => m.ArchivedAt is not null == Status is not null).Select(m => new MetricRow(m.Definition, m, [.. usedBy[m.Key]]));
        return new TableWindow<MetricRow>(
            [.. (Status is null ? BuiltInMetrics.All.Select(d => new MetricRow(d, null, [.. usedBy[d.Key]])).Concat(rows) : rows).Where(Matches)]);
    });

    private bool Matches(MetricRow row) => string.IsNullOrEmpty(Search)
        || new[] { row.Definition.Name, row.Definition.Key, row.Definition.Event }.Any(text => text?.Contains(Search, StringComparison.OrdinalIgnoreCase) == true);

    private async Task EditAsync(MetricRow? row)
    {
        IReadOnlyList<string> running = [.. (row?.Uses ?? []).Where(u => u.Status is ExperimentStatus.Running or ExperimentStatus.Paused).Select(u => u.Name)];
        if (await MetricDialog.OpenAsync(dialogs, Caller, row?.Own, running) is { } saved)
        {
            toasts.Success(row is null ? $"{saved.Definition.Name} can be chosen now" : $"{saved.Definition.Name} is changed");
            await LoadAsync();
        }
    }

    private async Task ArchiveAsync(MetricRow row)
    {
        if (await ConfirmDialog.OpenAsync(dialogs, $"Archive {row.Definition.Name}?", "No new experiment can choose it. Those that have it keep it.", "Archive metric"))
        {
            await ActAsync(() => metrics.SetArchivedAsync(Caller, row.Own!.Id, archived: true, CancellationToken.None), $"{row.Definition.Name} is archived");
        }
    }

    private Task RestoreAsync(Metric metric) =>
        ActAsync(() => metrics.SetArchivedAsync(Caller, metric.Id, archived: false, CancellationToken.None), $"{metric.Definition.Name} can be chosen again");

    private async Task ActAsync(Func<Task> act, string done)
    {
        try
        {
            await act();
            toasts.Success(done);
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }

    private void Go(string name, string? value) => navigation.NavigateTo(navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value));
}

/// <summary>A line of the list.</summary>
/// <param name="Definition">What is measured.</param>
/// <param name="Own">The organization's metric; null for one that is built in.</param>
/// <param name="Uses">Experiments that name it.</param>
public sealed record MetricRow(MetricDefinition Definition, Metric? Own, IReadOnlyList<ExperimentUse> Uses);
