using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Organizations;
using Loopai.Core.Rollouts;
using Loopai.Core.Tasks;
using Radzen;

namespace Loopai.Portal.Pages.Tasks.Rollouts;

/// <summary>A rollout as it goes: what the gates say, what happens next and when, and what happened so far. It refreshes itself while there is traffic.</summary>
public sealed partial class RolloutTab(
    RolloutService rollouts, EnvironmentService environments, ExecutionEvents events, DialogService dialogs, Toasts toasts, TimeProvider time) : ComponentBase, IDisposable
{
    private LoadState<RolloutView> _state = LoadState<RolloutView>.Loading;
    private LiveRefresh? _live;
    private (Guid Task, Guid? Rollout) _loaded;
    private bool _gone;

    [Parameter, EditorRequired] public TaskDefinition Task { get; set; } = null!;

    [Parameter] public EventCallback OnTaskChanged { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "rollout")] public string? Chosen { get; set; }

    private bool MayWrite => Caller.May(Permissions.RolloutsWrite, Task.Id);

    private bool MayActivate => Caller.May(Permissions.ProgramsActivate, Task.Id);

    private Rollout? Shown => _state.ValueOrDefault?.Shown;

    public void Dispose()
    {
        _gone = true;
        _live?.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        var chosen = Guid.TryParse(Chosen, out var id) ? id : (Guid?)null;
        if (!RendererInfo.IsInteractive || _loaded == (Task.Id, chosen))
        {
            return;
        }

        _loaded = (Task.Id, chosen);
        await LoadAsync();
        _live ??= LiveRefresh.Start(events, Caller, RefreshAsync, time);
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(ReadAsync);

    private async Task<RolloutView> ReadAsync()
    {
        var all = (await rollouts.ListAsync(Caller, Task.Id, new PageRequest(20), CancellationToken.None)).Items;
        var shown = _loaded.Rollout is { } id ? await rollouts.GetAsync(Caller, Task.Id, id, CancellationToken.None) : all.Count > 0 ? all[0] : null;
        if (shown is null)
        {
            return new RolloutView(null, new RolloutPlan(), null, "", [], all);
        }

        var environment = (await environments.ListAsync(Caller, CancellationToken.None)).FirstOrDefault(e => e.Id == shown.EnvironmentId)?.Key ?? "";
        return new RolloutView(
            shown, RolloutJson.PlanOf(shown), RolloutJson.JudgementOf(shown.Judgement), environment, await rollouts.HistoryAsync(Caller, Task.Id, shown.Id, CancellationToken.None), all);
    }

    private static LoadState<TableWindow<Rollout>> AllOf(RolloutView view) => LoadState<TableWindow<Rollout>>.Of(new TableWindow<Rollout>(view.All));

    private async Task RefreshAsync()
    {
        if (Shown?.EndedAt is not null || _gone)
        {
            return;
        }

        var fresh = await LoadState.FromAsync(ReadAsync);
        await InvokeAsync(async () =>
        {
            // What is shown is better than that the database did not answer once.
            if (_gone || fresh.ValueOrDefault is not { } view)
            {
                return;
            }

            var hasEnded = view.Shown?.EndedAt is not null;
            _state = fresh;
            StateHasChanged();
            if (hasEnded)
            {
                await OnTaskChanged.InvokeAsync();
            }
        });
    }

    private Task PauseAsync() => StepAsync(id => rollouts.PauseAsync(Caller, Task.Id, id, null, CancellationToken.None), "It stays where it is; its gates still take it back");

    private Task ResumeAsync() => StepAsync(id => rollouts.ResumeAsync(Caller, Task.Id, id, null, CancellationToken.None), "It moves on when its gates are passed");

    private async Task SkipAsync()
    {
        if (_state.ValueOrDefault is not { Shown: { } rollout } view)
        {
            return;
        }

        var isLast = rollout.Stage == view.Plan.Stages.Count - 1;
        var (title, text) = isLast
            ? ($"Let version {rollout.Version} answer now?", $"Calls that name no version go to version {rollout.Version} at once, in every environment.")
            : ("Skip this stage?", $"Version {rollout.Version} gets {RolloutWords.Share(view.Plan.Stages[rollout.Stage + 1].Percent)} of the units at once, whatever the gates say. They go on watching.");
        if (await ConfirmDialog.OpenAsync(dialogs, title, text, isLast ? "Finish now" : "Skip stage", danger: false))
        {
            await StepAsync(id => rollouts.SkipAsync(Caller, Task.Id, id, null, CancellationToken.None), isLast ? $"Version {rollout.Version} answers the task" : "The next stage has begun");
        }
    }

    private async Task AbortAsync()
    {
        if (Shown is { } rollout && await ConfirmDialog.OpenAsync(
            dialogs, "Abort this rollout?", $"Version {rollout.BaseVersion} answers everything again, at once. Version {rollout.Version} stays, and can be rolled out anew.", "Abort rollout", danger: true))
        {
            await StepAsync(id => rollouts.AbortAsync(Caller, Task.Id, id, null, CancellationToken.None), $"Version {rollout.BaseVersion} answers everything again");
        }
    }

    private async Task StepAsync(Func<Guid, Task<Rollout>> verb, string done)
    {
        if (Shown is not { } rollout)
        {
            return;
        }

        try
        {
            await verb(rollout.Id);
            toasts.Success(done);
            await OnTaskChanged.InvokeAsync();
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}

/// <summary>What the tab shows.</summary>
public sealed record RolloutView(
    Rollout? Shown, RolloutPlan Plan, RolloutJudgement? Judgement, string Environment, IReadOnlyList<RolloutEvent> Events, IReadOnlyList<Rollout> All);
