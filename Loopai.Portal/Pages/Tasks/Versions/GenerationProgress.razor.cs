using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Programs;
using Loopai.Core.Programs.Generation;
using Loopai.Core.Tasks;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Tasks.Versions;

public sealed partial class GenerationProgress(GenerationService generations, Toasts toasts) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private GenerationSnapshot? _job;
    private bool _dismissed;
    private bool _cancelling;
    private Guid? _asked;

    [Parameter, EditorRequired] public TaskDefinition Task { get; set; } = null!;

    [Parameter] public EventCallback OnFinished { get; set; }

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private bool MayCancel => Caller.May(Permissions.ProgramsWrite, Task.Id);

    public bool IsRunning => _job is { IsFinished: false };

    /// <summary>Shows a job that was just started.</summary>
    public void Watch(GenerationSnapshot job)
    {
        (_job, _dismissed, _cancelling) = (job, false, false);
        StateHasChanged();
        _ = FollowAsync(job.Id);
    }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive || _asked == Task.Id)
        {
            return;
        }

        _asked = Task.Id;
        try
        {
            var latest = await generations.ListAsync(Caller, Task.Id, new PageRequest(1), _leaving.Token);
            if (latest.Items is [{ IsFinished: false } running])
            {
                Watch(running);
            }
        }
        catch (Exception e) when (e is LoopaiException or OperationCanceledException)
        {
            // The list beside this one says what is wrong.
        }
    }

    private static string Stage(GenerationSnapshot job) =>
        job.Status == JobStatus.Queued ? "Waiting for its turn" : job.Stage.Length > 0 ? char.ToUpperInvariant(job.Stage[0]) + job.Stage[1..] : "Working";

    /// <summary>Stays "cancelling" until the job is seen to have ended.</summary>
    private async Task CancelAsync()
    {
        _cancelling = true;
        try
        {
            await generations.CancelAsync(Caller, Task.Id, _job!.Id, CancellationToken.None);
        }
        catch (LoopaiException e)
        {
            _cancelling = false;
            toasts.Failed(e);
        }
    }

    private async Task FollowAsync(Guid id)
    {
        try
        {
            await foreach (var now in generations.WatchAsync(Caller, Task.Id, id, _leaving.Token))
            {
                await InvokeAsync(() =>
                {
                    _job = now;
                    StateHasChanged();
                });
            }

            await InvokeAsync(OnFinished.InvokeAsync);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The viewer left; the job goes on without being watched.
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }
}
