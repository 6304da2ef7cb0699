using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Loopai.Portal.Pages.Tasks.Rollouts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Tasks.Versions;

/// <summary>The versions of a task, newest first, and what can be done with them.</summary>
public sealed partial class VersionList(ProgramService programs, DialogService dialogs, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    private const int PerPage = 50;

    private readonly HashSet<int> _chosen = [];
    private LoadState<TableWindow<VersionRow>> _state = LoadState<TableWindow<VersionRow>>.Loading;
    private GenerationProgress? _progress;
    private Guid? _loaded;
    private string? _cursor;
    private double _scale;

    [Parameter, EditorRequired] public TaskDefinition Task { get; set; } = null!;

    [Parameter] public EventCallback OnTaskChanged { get; set; }

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private bool IsOpen => Task.Status == Loopai.Core.Tasks.TaskStatus.Active;

    private bool MayWrite => IsOpen && Caller.May(Permissions.ProgramsWrite, Task.Id);

    private bool MayActivate => IsOpen && Caller.May(Permissions.ProgramsActivate, Task.Id);

    private bool MayRollOut => MayActivate && Caller.May(Permissions.RolloutsWrite, Task.Id);

    private string? CountNote => Task.LastVersion == 0 ? null : Task.ActiveVersion is { } active ? $"v{active} answers" : "none answers yet";

    private string CompareUrl => PortalUrls.Versions(Shell.OrganizationSlug, Task.Id, Shell.Environment, left: _chosen.Min(), right: _chosen.Max());

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != Task.Id)
        {
            _loaded = Task.Id;
            _cursor = null;
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        _state = await LoadState.FromAsync(async () =>
        {
            var page = await programs.ListAsync(Caller, Task.Id, new PageRequest(PerPage, _cursor), CancellationToken.None);
            return new TableWindow<VersionRow>([.. page.Items.Select(p => new VersionRow(p, VersionReport.Read(p.Report)))], page.NextCursor);
        });

        // One scale for all bars: from a little below the worst lower bound, so that differences can be seen.
        var lows = (_state.ValueOrDefault?.Items ?? []).Select(row => row.Report.Accuracy?.Low).OfType<double>().Append(Task.AccuracyTarget ?? 1);
        _scale = Math.Max(0, Math.Floor((lows.Min() - 0.02) * 20) / 20);
    }

    private async Task RequestAsync(TableRequest request)
    {
        _cursor = request.Cursor;
        await LoadAsync();
    }

    private string Url(int version) => PortalUrls.Versions(Shell.OrganizationSlug, Task.Id, Shell.Environment, version);

    private Tone ToneOf(Measured measured) => Task.AccuracyTarget is not { } target ? Tone.Accent
        : measured.Low >= target ? Tone.Good : measured.High < target ? Tone.Bad : Tone.Warn;

    private bool IsBack(int version) => Task.ActiveVersion is { } active && version < active;

    private void Choose(int version, bool chosen)
    {
        if (chosen)
        {
            _chosen.Add(version);
        }
        else
        {
            _chosen.Remove(version);
        }
    }

    private async Task GenerateAsync()
    {
        if (await GenerateDialog.OpenAsync(dialogs, Caller, Task) is { } job)
        {
            _progress?.Watch(job);
        }
    }

    private async Task AddCodeAsync()
    {
        if (await AddCodeDialog.OpenAsync(dialogs, Caller, Task) is { } version)
        {
            await OnTaskChanged.InvokeAsync();
            navigation.NavigateTo(Url(version));
        }
    }

    private async Task ActivateAsync(ProgramSummary version)
    {
        if (await Activation.AskAsync(dialogs, programs, toasts, Caller, Task, version))
        {
            await OnTaskChanged.InvokeAsync();
            await LoadAsync();
        }
    }

    private async Task RollOutAsync(ProgramSummary version)
    {
        if (await RolloutDialog.OpenAsync(dialogs, Caller, Task, version, Shell.Environment) is { } rollout)
        {
            navigation.NavigateTo(PortalUrls.Rollout(Shell.OrganizationSlug, Task.Id, rollout.Id, Shell.Environment));
        }
    }

    private async Task FinishedAsync()
    {
        await OnTaskChanged.InvokeAsync();
        await LoadAsync();
    }
}

/// <summary>A version and what was measured of it.</summary>
public sealed record VersionRow(ProgramSummary Program, VersionReport Report)
{
    public int Version => Program.Version;
}
