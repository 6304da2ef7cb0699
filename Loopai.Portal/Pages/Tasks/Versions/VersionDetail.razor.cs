using Loopai.Core.Access;
using Loopai.Core.Programs;
using Loopai.Core.Programs.Models;
using Loopai.Core.Tasks;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Tasks.Versions;

/// <summary>One version: how good it is and how that is known, and what it is made of.</summary>
public sealed partial class VersionDetail(ProgramService programs, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private LoadState<VersionFull> _state = LoadState<VersionFull>.Loading;
    private (Guid, int)? _loaded;

    [Parameter, EditorRequired] public TaskDefinition Task { get; set; } = null!;

    [Parameter, EditorRequired] public int Version { get; set; }

    [Parameter] public EventCallback OnTaskChanged { get; set; }

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    private bool IsOpen => Task.Status == Loopai.Core.Tasks.TaskStatus.Active;

    private bool MayWrite => IsOpen && Caller.May(Permissions.ProgramsWrite, Task.Id);

    private bool MayActivate => IsOpen && Caller.May(Permissions.ProgramsActivate, Task.Id);

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _loaded != (Task.Id, Version))
        {
            (_loaded, _state) = ((Task.Id, Version), LoadState<VersionFull>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => _state = await LoadState.FromAsync(async () =>
    {
        var program = await programs.GetAsync(Caller, Task.Id, Version, CancellationToken.None);
        var model = program.Language == ProgramLanguage.Model ? ModelProgram.Load(program.Artifact).Describe() : null;
        return new VersionFull(ProgramSummary.Of(program), VersionReport.Read(program.Report), model, ProgramText.Of(program));
    });

    private async Task ActivateAsync()
    {
        if (_state.ValueOrDefault is { } shown && await Activation.AskAsync(dialogs, programs, toasts, Caller, Task, shown.Program))
        {
            await OnTaskChanged.InvokeAsync();
            await LoadAsync();
        }
    }
}

/// <param name="Program">The version.</param>
/// <param name="Report">What was measured.</param>
/// <param name="Model">What a model is made of; null for code.</param>
/// <param name="Text">The source, or the model in words.</param>
public sealed record VersionFull(ProgramSummary Program, VersionReport Report, ModelDescription? Model, string Text);
