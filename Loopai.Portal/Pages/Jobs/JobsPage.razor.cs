using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Jobs;
using Loopai.Core.Programs;
using Loopai.Core.Reports.Running;
using Loopai.Core.Reports.Scheduling;

namespace Loopai.Portal.Pages.Jobs;

/// <summary>What runs by itself, refreshed while somebody looks.</summary>
public sealed partial class JobsPage(
    JobService jobs, RunService runs, GenerationService generations, ScheduleService schedules, Toasts toasts, NavigationManager navigation, TimeProvider clock) : ComponentBase
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(3);
    private static readonly Option[] _states = [new("running", "Running and waiting"), new("failed", "Failed"), new("succeeded", "Done")];

    private readonly CancellationTokenSource _stop = new();
    private LoadState<TableWindow<Job>> _jobs = LoadState<TableWindow<Job>>.Loading;
    private LoadState<TableWindow<PlannedJob>> _planned = LoadState<TableWindow<PlannedJob>>.Loading;
    private bool _follows;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "show")] public string? Show { get; set; }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            await LoadAsync();
            if (!_follows)
            {
                _follows = true;
                _ = FollowAsync(_stop.Token);
            }
        }
    }

    private async Task LoadAsync()
    {
        var board = await LoadState.FromAsync(() => jobs.GetAsync(Caller, CancellationToken.None));
        _jobs = board switch
        {
            LoadState<JobBoard>.Loaded loaded => LoadState<TableWindow<Job>>.Of(new TableWindow<Job>([.. loaded.Value.Jobs.Where(IsShown)])),
            LoadState<JobBoard>.Broken broken => new LoadState<TableWindow<Job>>.Broken(broken.Failure),
            _ => LoadState<TableWindow<Job>>.Loading,
        };
        _planned = board switch
        {
            LoadState<JobBoard>.Loaded loaded => LoadState<TableWindow<PlannedJob>>.Of(new TableWindow<PlannedJob>(loaded.Value.Planned)),
            LoadState<JobBoard>.Broken broken => new LoadState<TableWindow<PlannedJob>>.Broken(broken.Failure),
            _ => LoadState<TableWindow<PlannedJob>>.Loading,
        };
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                await InvokeAsync(async () =>
                {
                    await LoadAsync();
                    StateHasChanged();
                });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page is gone.
        }
    }

    private bool IsShown(Job job) => Show switch
    {
        "running" => job.State is JobState.Running or JobState.Waiting, "failed" => job.State == JobState.Failed, "succeeded" => job.State == JobState.Succeeded, _ => true,
    };

    private string HrefOf(Job job) => job.Kind == JobKind.Report ? PortalUrls.ReportRun(Org, job.Id, Shell.Environment) : PortalUrls.Task(Org, job.SubjectId, "versions", Shell.Environment);

    private static string Word(Job job) => job.State switch
    {
        JobState.Waiting when job.Error is not null => "tries again", JobState.Waiting => "waiting", JobState.Running => "running", JobState.Succeeded => "done", JobState.Failed => "failed",
        JobState.Cancelled => "cancelled",
    };

    private static Tone ToneOf(Job job) => job.State switch
    {
        JobState.Waiting => job.Error is null ? Tone.Neutral : Tone.Warn, JobState.Running => Tone.Accent, JobState.Succeeded => Tone.Good, JobState.Failed => Tone.Bad, JobState.Cancelled => Tone.Neutral,
    };

    private void Go(string? state) => navigation.NavigateTo(PortalUrls.Jobs(Org, Shell.Environment, state));

    private Task CancelAsync(Job job) => ActAsync(() => job.Kind == JobKind.Report
        ? runs.CancelAsync(Caller, job.Id, CancellationToken.None)
        : generations.CancelAsync(Caller, job.SubjectId, job.Id, CancellationToken.None));

    private Task RetryAsync(Job job) => ActAsync(() => runs.RetryAsync(Caller, job.Id, CancellationToken.None));

    private Task PauseAsync(PlannedJob job) => ActAsync(() => schedules.PauseAsync(Caller, job.ReportId, job.ScheduleId, !job.IsPaused, CancellationToken.None));

    private async Task ActAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (LoopaiException e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
