using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Radzen;

namespace Loopai.Portal.Pages.Executions;

/// <summary>One execution: what came in, what came out, whether it was right, and what another version would say.</summary>
public sealed partial class ExecutionPage(
    ExecutionQueries executions, TaskDirectory directory, RerunService reruns, ExampleService examples, InstalledPlugins plugins, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private const int MostVersions = 20;
    private const int MostVerdicts = 50;

    private LoadState<ShownExecution> state = LoadState<ShownExecution>.Loading;
    private Guid? loaded;
    private Rerun? rerun;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid Id { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private ShownExecution? Shown => state.ValueOrDefault;

    private string Title => Shown is null ? "Execution" : Shown.Task?.Name ?? "Execution of a removed task";

    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && loaded != Id)
        {
            (loaded, rerun, state) = (Id, null, LoadState<ShownExecution>.Loading);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => state = await LoadState.FromAsync(async () =>
    {
        var execution = await executions.GetAsync(Caller, Id, CancellationToken.None);
        var task = Caller.May(Permissions.TasksRead, execution.TaskId) ? await directory.FindAsync(Caller, execution.TaskId.ToString(), 1, CancellationToken.None) : [];
        var validation = execution.SampledBy is not null && Caller.May(Permissions.ValidationsRead, execution.TaskId)
            ? await executions.FindValidationAsync(Caller, Id, CancellationToken.None)
            : null;
        var verdicts = Caller.May(Permissions.PluginsRead)
            ? (await plugins.ListVerdictsAsync(Caller, new VerdictFilter(ExecutionId: Id), new PageRequest(MostVerdicts), CancellationToken.None)).Items
            : [];
        return new ShownExecution(execution, task.Count > 0 ? task[0] : null, validation, verdicts);
    });

    private async Task RerunAsync(int version)
    {
        var result = await LoadState.FromAsync(() => reruns.RerunAsync(Caller, Id, version, ExecutionSource.Portal, CancellationToken.None));
        switch (result)
        {
            case LoadState<ExecutionOutcome>.Loaded { Value.Execution: { } again }:
                rerun = new Rerun(again, version);
                break;
            case LoadState<ExecutionOutcome>.Loaded { Value.Failure: { } failure }:
                toasts.Failed(failure);
                break;
            case LoadState<ExecutionOutcome>.Broken broken:
                toasts.Error(broken.Failure.Title, broken.Failure.Advice);
                break;
        }
    }

    private async Task AddExampleAsync()
    {
        if (Shown is not { } shown || await ExampleDialog.OpenAsync(dialogs, shown) is not { } output)
        {
            return;
        }

        try
        {
            using var input = JsonDocument.Parse(shown.Execution.Input);
            await examples.AddAsync(
                Caller, shown.Execution.TaskId, new ExampleInput { Input = input.RootElement.Clone(), Output = output }, "portal", CancellationToken.None);
            toasts.Success("Added to the examples", $"{Title} has one labelled answer more.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            toasts.Failed(e);
        }
    }

    private static IEnumerable<int> VersionsOf(ShownExecution shown) => Enumerable.Range(1, shown.Task!.LastVersion).Reverse().Take(MostVersions);

    private static string VersionLabel(ShownExecution shown, int version) => $"Version {version}" + (version == shown.Task!.ActiveVersion, version == shown.Execution.Version) switch
    {
        (true, true) => ", active, the same",
        (true, false) => ", active",
        (false, true) => ", the same",
        (false, false) => "",
    };

    private static string Reason(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Success => "The program answered.",
        ExecutionStatus.Error => "The program failed.",
        ExecutionStatus.Timeout => "The program did not answer in time.",
        ExecutionStatus.InvalidOutput => "The answer does not fit the task's output schema.",
    };

    private static string SourceWord(ExecutionSource source) => source switch
    {
        ExecutionSource.Api => "API",
        ExecutionSource.Batch => "batch",
        ExecutionSource.Portal => "portal",
        ExecutionSource.Import => "import",
        ExecutionSource.Shadow => "shadow of another execution",
    };
}

/// <summary>An execution with what belongs to it.</summary>
public sealed record ShownExecution(Execution Execution, TaskEntry? Task, ValidationRecord? Validation, IReadOnlyList<PluginVerdict> Verdicts);

/// <summary>The same input, asked again.</summary>
public sealed record Rerun(Execution Execution, int Version);
