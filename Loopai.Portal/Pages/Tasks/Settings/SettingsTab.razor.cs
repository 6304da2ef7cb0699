using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Core.Tasks;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Tasks.Settings;

/// <summary>Edits what a task is to be. Nothing typed is lost when saving fails, or when somebody else saved first.</summary>
public sealed partial class SettingsTab(TaskService tasks, TeamService teams, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private static readonly IReadOnlyDictionary<string, string[]> None = new Dictionary<string, string[]>(StringComparer.Ordinal);

    private SettingsForm _form = SettingsForm.Empty;
    private SettingsForm _saved = SettingsForm.Empty;
    private IReadOnlyDictionary<string, string[]> _errors = None;
    private IReadOnlyList<Option> _teams = [];
    private string? _failure;
    private bool _hasChangedMeanwhile;
    private int _revision;
    private Guid _taskId;

    [Parameter, EditorRequired] public TaskDefinition Task { get; set; } = null!;

    [Parameter] public EventCallback OnTaskChanged { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    private bool IsArchived => Task.Status == Core.Tasks.TaskStatus.Archived;

    private bool IsLocked => IsArchived || !Caller.May(Permissions.TasksWrite, Task.Id);

    private bool IsDirty => _form != _saved;

    /// <summary>Who may not see teams is not asked for one.</summary>
    protected override async Task OnInitializedAsync()
    {
        if (Caller.May(Permissions.OrganizationRead))
        {
            var all = await LoadState.FromAsync(() => teams.ListAsync(Caller, CancellationToken.None));
            _teams = [.. (all.ValueOrDefault ?? []).Select(t => new Option(t.Team.Id.ToString(), t.Team.Name))];
        }
    }

    protected override void OnParametersSet()
    {
        // A reload behind an edit must not take the edit away; the revision it was based on stays with it.
        if (_taskId != Task.Id || (!IsDirty && _revision != Task.Revision))
        {
            Take(Task);
        }
    }

    private void Take(TaskDefinition task)
    {
        (_taskId, _revision) = (task.Id, task.Revision);
        _form = _saved = SettingsForm.Of(task);
        (_errors, _failure, _hasChangedMeanwhile) = (None, null, false);
    }

    private void Edit(SettingsForm form) => _form = form;

    private void Discard() => Take(Task);

    private async Task SaveAsync()
    {
        try
        {
            (_errors, _failure) = (None, null);
            var task = await tasks.UpdateAsync(Caller, Task.Id, _form.ToSpecification(_saved), _revision, CancellationToken.None);
            Take(task);
            toasts.Success("Saved");
            await OnTaskChanged.InvokeAsync();
        }
        catch (ChangedMeanwhileException)
        {
            _hasChangedMeanwhile = true;
        }
        catch (InvalidException e)
        {
            (_errors, _failure) = (e.Errors, "Some fields need a look before this can be saved.");
        }
        catch (ConflictException e)
        {
            _failure = e.Message;
        }
        catch (Exception e)
        {
            _failure = PageFailures.Sentence(e);
        }
    }

    private async Task KeepMineAsync()
    {
        try
        {
            _revision = (await tasks.GetAsync(Caller, Task.Id, CancellationToken.None)).Revision;
            _hasChangedMeanwhile = false;
            await SaveAsync();
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }

    private async Task TakeTheirsAsync()
    {
        try
        {
            Take(await tasks.GetAsync(Caller, Task.Id, CancellationToken.None));
            await OnTaskChanged.InvokeAsync();
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }

    private async Task ArchiveAsync()
    {
        if (await TaskConfirmations.ArchiveAsync(dialogs, Task))
        {
            await DoAsync(() => tasks.ArchiveAsync(Caller, Task.Id, CancellationToken.None), $"{Task.Name} is archived");
        }
    }

    private Task RestoreAsync() => DoAsync(() => tasks.RestoreAsync(Caller, Task.Id, CancellationToken.None), $"{Task.Name} is back in service");

    private async Task DoAsync(Func<Task<TaskDefinition>> verb, string done)
    {
        try
        {
            Take(await verb());
            toasts.Success(done);
            await OnTaskChanged.InvokeAsync();
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }

    private string? ErrorOf(string field) => _errors.TryGetValue(field, out var messages) ? string.Join(' ', messages) : null;

    // The editor shows the schema's own faults as they are typed; here is what only the service knows.
    private string? SchemaError(string field) =>
        _errors.FirstOrDefault(e => e.Key.StartsWith(field, StringComparison.Ordinal)) is { Value: { } messages } ? string.Join(' ', messages) : null;
}
