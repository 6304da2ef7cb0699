using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Tasks;

namespace Loopai.Portal.Pages.Tasks.Plugins;

/// <summary>The plugins that work for a task.</summary>
public sealed partial class PluginsTab(PluginAttachmentService attachments, InstalledPlugins installed, Toasts toasts) : ComponentBase
{
    private LoadState<TaskPlugins> _state = LoadState<TaskPlugins>.Loading;
    private Guid _loaded;
    private string? _chosen;
    private string? _environment;
    private bool _all;

    [Parameter, EditorRequired] public TaskDefinition Task { get; set; } = null!;

    [Parameter] public EventCallback OnTaskChanged { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private bool MayManage => Caller.May(Permissions.PluginsManage);

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Task.Id)
        {
            _loaded = Task.Id;
            await LoadAsync();
        }
    }

    private static string Sees(AttachedPlugin attached) => attached switch
    {
        { Installation.Kind: not PluginKind.Validator } => "",
        { Attachment.Scope: PluginScope.All, Attachment.StopsAtFailure: true } => ", every execution, stops when it finds something",
        { Attachment.Scope: PluginScope.All } => ", every execution",
        { Attachment.StopsAtFailure: true } => ", sampled executions, stops when it finds something",
        _ => ", sampled executions",
    };

    private PluginKind? ChosenKind(TaskPlugins plugins) => plugins.Installed.FirstOrDefault(i => $"{i.Installation.Id}" == _chosen)?.Installation.Kind;

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () => new TaskPlugins(
        await attachments.ListAsync(Caller, Task.Id, CancellationToken.None),
        [.. (await installed.ListAsync(Caller, CancellationToken.None)).Where(i => i.Installation.Kind != PluginKind.WebhookHandler)]));

    private Task AttachAsync() => ActAsync(async () =>
    {
        var attached = await attachments.AttachAsync(
            Caller, new AttachPlugin { InstallationId = Guid.Parse(_chosen!), TaskId = Task.Id, Environment = _environment, Scope = _all ? PluginScope.All : PluginScope.Sampled }, CancellationToken.None);
        toasts.Success($"{attached.Installation.DisplayName} works for {Task.Name}");
        _chosen = null;
    });

    private Task MoveAsync(TaskPlugins plugins, int at, int by) => ActAsync(async () =>
    {
        var order = plugins.Attached.Select(a => a.Attachment.Id).ToList();
        (order[at], order[at + by]) = (order[at + by], order[at]);
        await attachments.OrderAsync(Caller, Task.Id, order, CancellationToken.None);
    });

    private Task ChangeAsync(AttachedPlugin attached, AttachPlugin change) => ActAsync(async () => await attachments.UpdateAsync(Caller, attached.Attachment.Id, change, CancellationToken.None));

    private Task DetachAsync(AttachedPlugin attached) => ActAsync(async () =>
    {
        await attachments.DetachAsync(Caller, attached.Attachment.Id, CancellationToken.None);
        toasts.Success($"{attached.Installation.DisplayName} is detached");
    });

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

/// <param name="Attached">Those that work for the task, in their order.</param>
/// <param name="Installed">Those that could.</param>
public sealed record TaskPlugins(IReadOnlyList<AttachedPlugin> Attached, IReadOnlyList<InstallationItem> Installed);
