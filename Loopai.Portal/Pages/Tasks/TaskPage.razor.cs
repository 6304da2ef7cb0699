using Loopai.Core.Access;
using Loopai.Core.Tasks;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Tasks;

/// <summary>A task: its header, and one of its tabs.</summary>
public sealed partial class TaskPage(TaskService tasks, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<TaskDefinition> _state = LoadState<TaskDefinition>.Loading;
    private IReadOnlyList<Crumb> _crumbs = [];
    private TaskTab? _tab;
    private Guid _shown;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid Id { get; set; }

    [Parameter] public string? Tab { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Tasks", PortalUrls.Tasks(Org, Shell.Environment))];
        _tab = TaskTabs.Find(Tab);
        if (!RendererInfo.IsInteractive)
        {
            return;
        }

        if (_shown != Id)
        {
            (_shown, _state) = (Id, LoadState<TaskDefinition>.Loading);
        }

        await LoadAsync();
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(() => tasks.GetAsync(Caller, Id, CancellationToken.None));

    private async Task ArchiveAsync(TaskDefinition task)
    {
        if (await TaskConfirmations.ArchiveAsync(dialogs, task))
        {
            await DoAsync(() => tasks.ArchiveAsync(Caller, task.Id, CancellationToken.None), $"{task.Name} is archived");
        }
    }

    private Task RestoreAsync(TaskDefinition task) => DoAsync(() => tasks.RestoreAsync(Caller, task.Id, CancellationToken.None), $"{task.Name} is back in service");

    private async Task DoAsync(Func<Task<TaskDefinition>> verb, string done)
    {
        try
        {
            _state = LoadState<TaskDefinition>.Of(await verb());
            toasts.Success(done);
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }
}
