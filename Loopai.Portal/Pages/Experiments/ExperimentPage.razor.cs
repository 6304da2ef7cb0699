using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Lifecycle;
using Loopai.Core.Rollouts;
using Loopai.Core.Tasks;
using Loopai.Portal.Pages.Experiments.Results;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Experiments;

/// <summary>One experiment: what it shows, what may be decided, and everything that was done to it.</summary>
public sealed partial class ExperimentPage(
    ExperimentService experiments, ExperimentReview review, ExperimentLifecycle life, ApprovalService approvals, DecisionService decisions, ResultReader results, TaskDirectory tasks, RolloutService rollouts,
    ExecutionEvents events, DialogService dialogs, Toasts toasts, TimeProvider time, NavigationManager navigation) : ComponentBase, IDisposable
{
    private LoadState<ShownExperiment> _state = LoadState<ShownExperiment>.Loading;
    private LiveRefresh? _live;
    private IReadOnlyList<Crumb> _crumbs = [];

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid Id { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private TimeProvider Clock => time;

    private Experiment Shown => _state.ValueOrDefault!.Experiment;

    private bool MayWrite => _state.ValueOrDefault is { } shown && Caller.May(Permissions.ExperimentsWrite, shown.Experiment.TaskId);

    private bool MayDecide => _state.ValueOrDefault is { } shown && Caller.May(Permissions.ExperimentsDecide, shown.Experiment.TaskId);

    public void Dispose() => _live?.Dispose();

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Experiments", PortalUrls.Experiments(Org, Shell.Environment))];
        if (RendererInfo.IsInteractive)
        {
            await LoadAsync();
            _live ??= LiveRefresh.Start(events, Caller, () => InvokeAsync(RefreshAsync), time);
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(ReadAsync);

    /// <summary>What is shown stays until something newer is there; a failure keeps it too.</summary>
    private async Task RefreshAsync()
    {
        if (_state.ValueOrDefault is not { } shown || !(shown.Experiment.IsLive || shown.Rollout is { EndedAt: null }))
        {
            return;
        }

        var fresh = await LoadState.FromAsync(ReadAsync);
        if (fresh.ValueOrDefault is not null)
        {
            _state = fresh;
            StateHasChanged();
        }
    }

    private async Task<ShownExperiment> ReadAsync()
    {
        var experiment = await experiments.GetAsync(Caller, Id, CancellationToken.None);
        var history = await experiments.HistoryAsync(Caller, Id, new PageRequest(100), CancellationToken.None);
        var name = Caller.MaySomewhere(Permissions.TasksRead) ? (await tasks.FindAsync(Caller, experiment.TaskId.ToString(), 1, CancellationToken.None)).FirstOrDefault()?.Name : null;
        var warnings = experiment.StartedAt is null ? await review.ReviewAsync(Caller, Id, CancellationToken.None) : [];
        var rollout = experiment.Decision?.RolloutId is { } id && Caller.May(Permissions.RolloutsRead, experiment.TaskId)
            ? await rollouts.GetAsync(Caller, experiment.TaskId, id, CancellationToken.None) : null;
        return new ShownExperiment(experiment, name ?? "a task", await results.FindAsync(Caller, experiment, CancellationToken.None), history.Items, warnings, rollout);
    }

    private Task StartAsync() => AskAsync(
        $"Start {Shown.Name}?", "The plan is frozen, and units are let in at once.", "Start", reason => life.StartAsync(Caller, Id, reason, CancellationToken.None),
        warnings: _state.ValueOrDefault?.Warnings);

    private Task PauseAsync() => AskAsync(
        $"Pause {Shown.Name}?", "All of its units get the control, and nothing is counted until it goes on.", "Pause", reason => life.PauseAsync(Caller, Id, reason, CancellationToken.None));

    private Task ResumeAsync() => AskAsync(
        $"Resume {Shown.Name}?", "Every unit gets the variant that it had.", "Resume", reason => life.ResumeAsync(Caller, Id, reason, CancellationToken.None));

    private Task StopAsync() => AskAsync(
        $"Stop {Shown.Name}?", "The task's active version answers everybody. A stopped experiment cannot be started again; its clone can.", "Stop",
        reason => life.StopAsync(Caller, Id, reason, CancellationToken.None), danger: true);

    private Task ArchiveAsync() => AskAsync(
        $"Archive {Shown.Name}?", "It leaves the list. Its report stays.", "Archive", reason => life.ArchiveAsync(Caller, Id, reason, CancellationToken.None));

    private Task UndoAsync() => AskAsync(
        "Undo the decision?",
        Shown.Decision is { ActivatedVersion: { } after, VersionBefore: { } before } ? $"Version {before} answers everybody again instead of version {after}."
        : Shown.Decision is { RolloutId: not null, VersionBefore: { } earlier } ? $"The rollout ends, and version {earlier} answers everybody again." : "The experiment is stopped and undecided again.",
        "Undo", reason => decisions.UndoAsync(Caller, Id, reason, CancellationToken.None), danger: true);

    private Task RequestApprovalAsync() => AskAsync(
        "Ask for approval?", "Whoever may decide experiments can approve the plan as it stands. A later change asks again.", "Ask",
        reason => approvals.RequestAsync(Caller, Id, reason, CancellationToken.None));

    private Task ApproveAsync() => AskAsync(
        $"Approve {Shown.Name}?", "It may then be started as it stands.", "Approve", reason => approvals.ApproveAsync(Caller, Id, reason, CancellationToken.None));

    private async Task ScheduleAsync() => await ShowAsync(await ScheduleDialog.OpenAsync(dialogs, Caller, Shown));

    private async Task DecideAsync()
    {
        var result = _state.ValueOrDefault?.Result;
        await ShowAsync(await DecideDialog.OpenAsync(dialogs, Caller, Shown, result?.Ship, result?.Sentence));
    }

    private async Task CloneAsync()
    {
        try
        {
            var clone = await experiments.CloneAsync(Caller, Id, null, CancellationToken.None);
            toasts.Success($"{clone.Name} is a draft with a seed of its own");
            navigation.NavigateTo(PortalUrls.EditExperiment(Org, clone.Id, Shell.Environment));
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }

    private async Task AskAsync(
        string title, string text, string action, Func<string, Task<Experiment>> act, bool danger = false, IReadOnlyList<ExperimentWarning>? warnings = null) =>
        await ShowAsync(await ReasonDialog.OpenAsync(dialogs, title, text, action, act, danger, warnings));

    private async Task ShowAsync(Experiment? changed)
    {
        if (changed is not null)
        {
            await LoadAsync();
        }
    }
}

/// <summary>An experiment with what belongs to it.</summary>
public sealed record ShownExperiment(
    Experiment Experiment, string TaskName, ResultView? Result, IReadOnlyList<ExperimentChange> History, IReadOnlyList<ExperimentWarning> Warnings, Rollout? Rollout);
