using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Experiments;
using Loopai.Core.Tasks;
using Loopai.Portal.Pages.Experiments.Results;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Experiments;

/// <summary>The environment's experiments, with what each shows so far.</summary>
public sealed partial class ExperimentsPage(ExperimentService experiments, ResultReader results, TaskDirectory tasks, TimeProvider time, NavigationManager navigation) : ComponentBase
{
    private static readonly Option[] _statuses =
    [
        new("running", "Running"), new("draft", "Drafts"), new("scheduled", "Scheduled"), new("paused", "Paused"), new("stopped", "Stopped"), new("decided", "Decided"), new("archived", "Archived"),
    ];

    private LoadState<TableWindow<ExperimentRow>> _state = LoadState<TableWindow<ExperimentRow>>.Loading;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")] public string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "status")] public string? Status { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")] public string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "limit")] public int? Limit { get; set; }

    private TimeProvider Clock => time;

    private int PageSize => Limit is 25 or 50 or 100 ? Limit.Value : 25;

    private bool IsNarrowed => !string.IsNullOrEmpty(Search) || !string.IsNullOrEmpty(Status);

    protected override Task OnParametersSetAsync() => RendererInfo.IsInteractive ? LoadAsync() : Task.CompletedTask;

    private static string Versions(Experiment experiment) => string.Join(" against ", experiment.Variants.Select(v => $"v{v.Version}"));

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var filter = new ExperimentFilter(Status: Enum.TryParse<ExperimentStatus>(Status, ignoreCase: true, out var status) ? status : null, Search: Search);
        var page = await experiments.ListAsync(Caller, filter, new PageRequest(PageSize, Cursor), CancellationToken.None);
        var names = Caller.MaySomewhere(Permissions.TasksRead) ? (await tasks.ListAsync(Caller, CancellationToken.None)).ToDictionary(t => t.Id, t => t.Name) : [];
        var latest = await results.LatestAsync(Caller, page.Items, CancellationToken.None);
        return new TableWindow<ExperimentRow>(
            [.. page.Items.Select(e => new ExperimentRow(e, names.GetValueOrDefault(e.TaskId, "a task"), latest.GetValueOrDefault(e.Id)))], page.NextCursor);
    });

    private void Go(string name, string? value) => navigation.NavigateTo(navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = string.IsNullOrEmpty(value) ? null : value, ["cursor"] = null }));
}

/// <summary>A line of the list.</summary>
public sealed record ExperimentRow(Experiment Experiment, string TaskName, ResultView? Result);
