using Loopai.Core.Access;
using Loopai.Core.Audit.Streaming;
using Loopai.Core.Errors;
using Radzen;

namespace Loopai.Portal.Pages.Audit;

/// <summary>Where the log is carried to, and how each of the receivers takes it.</summary>
public sealed partial class AuditStreamsPage(AuditStreamService service, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<TableWindow<AuditStreamState>> streams = LoadState<TableWindow<AuditStreamState>>.Loading;
    private string? loaded;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private bool MayManage => Caller.May(Permissions.AuditManage);

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && loaded != Org)
        {
            (loaded, streams) = (Org, LoadState<TableWindow<AuditStreamState>>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => streams = await LoadState.FromAsync(async () =>
        new TableWindow<AuditStreamState>(await service.ListAsync(Caller, CancellationToken.None)));

    private async Task CreateAsync()
    {
        if (await StreamDialog.OpenAsync(dialogs, Caller) is { } created)
        {
            await LoadAsync();
            StateHasChanged();
            if (created.Stream.Kind == AuditStreamKind.Webhook)
            {
                await StreamSecretDialog.OpenAsync(dialogs, created);
            }
        }
    }

    private Task TestAsync(AuditStream stream) => ActAsync(async () =>
    {
        var test = await service.TestAsync(Caller, stream.Id, CancellationToken.None);
        if (test.Delivered)
        {
            toasts.Success($"{stream.Name} took the test event");
        }
        else
        {
            toasts.Error($"{stream.Name} did not take the test event", test.Error);
        }
    });

    private Task SwitchAsync(AuditStream stream) => ActAsync(async () =>
    {
        await service.UpdateAsync(Caller, stream.Id, new AuditStreamChange(IsEnabled: !stream.IsEnabled), CancellationToken.None);
        toasts.Success(stream.IsEnabled ? $"{stream.Name} is off; events wait for it" : $"{stream.Name} is on");
    });

    private async Task DeleteAsync(AuditStream stream)
    {
        if (await ConfirmDialog.OpenAsync(
            dialogs, $"Delete {stream.Name}?", $"No more events go to {stream.Url}. What it already took stays there.", "Delete stream", danger: true))
        {
            await ActAsync(async () =>
            {
                await service.DeleteAsync(Caller, stream.Id, CancellationToken.None);
                toasts.Success($"{stream.Name} is deleted");
            });
        }
    }

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

    private static Tone ToneOf(AuditStream stream) => stream.State switch
    {
        "delivering" => Tone.Good,
        "failing" => Tone.Bad,
        "waiting" => Tone.Accent,
        _ => Tone.Neutral,
    };
}
