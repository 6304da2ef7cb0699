using Loopai.Core.Access;
using Loopai.Core.Flags;
using Radzen;

namespace Loopai.Portal.Pages.Flags;

/// <summary>A flag: what it is in the environment at hand, for whom, and what was done to it.</summary>
public sealed partial class FlagPage(FlagService flags, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<FlagDetail> _state = LoadState<FlagDetail>.Loading;
    private IReadOnlyList<Crumb> _crumbs = [];
    private Guid _shown;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid Id { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private bool MayWrite => Caller.May(Permissions.FlagsWrite);

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Flags", PortalUrls.Flags(Org, Shell.Environment))];
        if (!RendererInfo.IsInteractive)
        {
            return;
        }

        if (_shown != Id)
        {
            (_shown, _state) = (Id, LoadState<FlagDetail>.Loading);
        }

        await LoadAsync();
    }

    private FlagInEnvironment? Here(FlagDetail flag) => flag.Environments.FirstOrDefault(e => e.Key == Shell.Environment);

    private async Task LoadAsync() => _state = await LoadState.FromAsync(() => flags.GetAsync(Caller, Id, CancellationToken.None));

    private async Task ArchiveAsync(FeatureFlag flag)
    {
        if (await ConfirmDialog.OpenAsync(
            dialogs, $"Archive {flag.Key}?", "Programs are told that there is no such flag, in every environment, and use the value in their code. It can be restored.", "Archive flag", danger: true))
        {
            await DoAsync(() => flags.ArchiveAsync(Caller, flag.Id, CancellationToken.None), $"{flag.Key} is archived");
        }
    }

    private Task RestoreAsync(FeatureFlag flag) => DoAsync(() => flags.RestoreAsync(Caller, flag.Id, CancellationToken.None), $"{flag.Key} is back");

    private async Task DoAsync(Func<Task> verb, string done)
    {
        try
        {
            await verb();
            toasts.Success(done);
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }

        await LoadAsync();
    }
}
