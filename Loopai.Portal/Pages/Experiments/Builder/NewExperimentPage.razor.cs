using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Planning;
using Loopai.Core.Tasks;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Experiments.Builder;

/// <summary>Plans an experiment, or changes the plan of one that has not started.</summary>
public sealed partial class NewExperimentPage(
    ExperimentService experiments, TaskDirectory tasks, MetricService metrics, HoldoutService holdouts, TrafficForecast forecast, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private static readonly IReadOnlyDictionary<string, string[]> None = new Dictionary<string, string[]>(StringComparer.Ordinal);

    private LoadState<BuilderChoices> _state = LoadState<BuilderChoices>.Loading;
    private IReadOnlyDictionary<string, string[]> _errors = None;
    private ExperimentForm _form = new();
    private RecentTraffic? _traffic;
    private int? _revision;
    private string? _failure;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid? Id { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "task")] public Guid? Task { get; set; }

    private string Readiness => _form.Name.Trim().Length == 0 ? "Give the experiment a name"
        : _form.ShareSum != 100 ? $"The shares add up to {Format.Exact(_form.ShareSum)} %, not 100 %"
        : "Nothing starts before you say so";

    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        _state = await LoadState.FromAsync(async () =>
        {
            var all = (await tasks.ListAsync(Caller, CancellationToken.None)).Where(t => !t.IsArchived && t.LastVersion > 0 && Caller.May(Permissions.ExperimentsWrite, t.Id)).ToList();
            var own = await metrics.ListAsync(Caller, archived: false, CancellationToken.None);
            return new BuilderChoices(all, [.. BuiltInMetrics.All, .. own.Select(m => m.Definition)], await holdouts.ListAsync(Caller, CancellationToken.None));
        });
        if (_state.ValueOrDefault is not { Tasks: [var first, ..] } choices)
        {
            return;
        }

        if (Id is { } id)
        {
            var loaded = await LoadState.FromAsync(() => experiments.GetAsync(Caller, id, CancellationToken.None));
            if (loaded.ValueOrDefault is not { } experiment)
            {
                navigation.NavigateTo(PortalUrls.Experiments(Org, Shell.Environment));
                return;
            }

            (_form, _revision) = (ExperimentForm.Of(experiment), experiment.Revision);
            await MeasureAsync();
        }
        else
        {
            await ChooseTaskAsync((choices.Tasks.FirstOrDefault(t => t.Id == Task) ?? choices.Tasks.FirstOrDefault(t => t.LastVersion > 1) ?? first).Id.ToString());
        }
    }

    private async Task ChooseTaskAsync(string id)
    {
        if (Guid.TryParse(id, out var task) && _state.ValueOrDefault?.Tasks.FirstOrDefault(t => t.Id == task) is { } entry)
        {
            _form.TaskId = task;
            _form.Propose(entry.ActiveVersion, entry.LastVersion);
            await MeasureAsync();
        }
    }

    private async Task MeasureAsync() =>
        _traffic = (await LoadState.FromAsync(() => forecast.MeasureAsync(Caller, _form.TaskId!.Value, CancellationToken.None))).ValueOrDefault;

    private async Task SaveAsync()
    {
        (_failure, _errors) = (null, None);
        try
        {
            var experiment = Id is { } id
                ? await experiments.UpdateAsync(Caller, id, _form.ToDraft(), _revision, CancellationToken.None)
                : await experiments.CreateAsync(Caller, _form.ToDraft(), CancellationToken.None);
            navigation.NavigateTo(PortalUrls.Experiment(Org, experiment.Id, Shell.Environment));
        }
        catch (InvalidException e)
        {
            (_errors, _failure) = (e.Errors, "Some fields need a look before the experiment can be saved.");
        }
        catch (Exception e) when (e is ConflictException or ChangedMeanwhileException)
        {
            _failure = e.Message;
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }

    private string? ErrorOf(string field) => _errors.TryGetValue(field, out var messages) ? string.Join(' ', messages) : null;
}

/// <summary>What a plan can choose from.</summary>
public sealed record BuilderChoices(IReadOnlyList<TaskEntry> Tasks, IReadOnlyList<MetricDefinition> Metrics, IReadOnlyList<Holdout> Holdouts)
{
    public IReadOnlyList<int> VersionsOf(Guid? task) => [.. Enumerable.Range(1, Tasks.FirstOrDefault(t => t.Id == task)?.LastVersion ?? 0)];

    public MetricDefinition? Find(string key) => Metrics.FirstOrDefault(m => m.Key == key);
}
