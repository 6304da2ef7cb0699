using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Tasks.Playground;

/// <summary>Asks a version, or two, and shows what comes back.</summary>
public sealed partial class PlaygroundTab(
    ExecutionService executions, ExampleService examples, ProgramService programs, DialogService dialogs, Toasts toasts) : ComponentBase
{
    private static readonly Option[] _views = [new("form", "Form"), new("json", "JSON")];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly IReadOnlyDictionary<string, string[]> None = new Dictionary<string, string[]>(StringComparer.Ordinal);

    private IReadOnlyList<ProgramSummary> _versions = [];
    private JsonNode? _input;
    private string _json = "{}";
    private string? _jsonError;
    private IReadOnlyList<CodeMark> _marks = [];
    private IReadOnlyDictionary<string, string[]> _errors = None;
    private IReadOnlyList<PlaygroundRun> _runs = [];
    private bool _isRunning;
    private Guid _loaded;

    [Parameter, EditorRequired] public TaskDefinition Task { get; set; } = null!;

    [Parameter] public EventCallback OnTaskChanged { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private string View { get; set; } = "form";

    private int? Version { get; set; }

    private int? Against { get; set; }

    private bool CanRun => Caller.May(Permissions.ExecutionsRun, Task.Id) && Task.Status != Core.Tasks.TaskStatus.Archived && (Version ?? Task.ActiveVersion) is not null;

    private IReadOnlyList<Option> VersionOptions =>
    [
        new("", Task.ActiveVersion is { } active ? $"Active, v{active}" : "No active version"),
        .. _versions.Select(Option),
    ];

    private IReadOnlyList<Option> CompareOptions => [.. _versions.Where(v => v.Version != (Version ?? Task.ActiveVersion)).Select(Option)];

    private string Agreement => _runs.All(r => OutputsAgree(r.Execution?.Output, _runs[0].Execution?.Output)) ? "the same from both" : "they differ";

    /// <summary>Faults that no field of the form shows.</summary>
    private List<(string Pointer, string Message)> LooseErrors =>
    [
        .. _errors.Where(e => View == "json" || e.Key.Count(c => c == '/') == 0 || !IsField(e.Key)).SelectMany(e => e.Value.Select(message => (e.Key, message))),
    ];

    protected override async Task OnParametersSetAsync()
    {
        if (_loaded == Task.Id || !RendererInfo.IsInteractive)
        {
            return;
        }

        _loaded = Task.Id;
        InputChanged(StartOf(Task.InputSchema));
        try
        {
            _versions = (await programs.ListAsync(Caller, Task.Id, new PageRequest(50), CancellationToken.None)).Items;
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }

    private static Option Option(ProgramSummary program) => new(
        program.Version.ToString(CultureInfo.InvariantCulture), $"v{program.Version} · {program.Strategy}{(program.Accuracy is { } accuracy ? " · " + Format.Percent(accuracy) : "")}");

    private static int? ParseVersion(string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var version) ? version : null;

    private static JsonNode? StartOf(string schema) => SchemaShape.Parse(schema) is JsonObject root && SchemaShape.IsForm(root) ? new JsonObject() : null;

    private static bool OutputsAgree(string? left, string? right) => Core.Validation.OutputMatch.Same(left, right);

    private bool IsField(string pointer) =>
        SchemaShape.Parse(Task.InputSchema) is JsonObject root && SchemaShape.IsForm(root)
        && SchemaShape.Members(root).Any(m => pointer == SchemaShape.Pointer("", m.Name));

    private void InputChanged(JsonNode? input)
    {
        (_input, _json) = (input, input?.ToJsonString(Indented) ?? "null");
        (_jsonError, _marks, _errors) = (null, [], None);
    }

    private void JsonChanged(string json)
    {
        _json = json;
        try
        {
            _input = JsonNode.Parse(json);
            (_jsonError, _marks, _errors) = (null, [], None);
        }
        catch (JsonException e)
        {
            var line = (int)(e.LineNumber ?? 0) + 1;
            (_jsonError, _marks) = ($"Line {line} cannot be read as JSON.", [new CodeMark(line, "This line cannot be read as JSON")]);
        }
    }

    private async Task FillAsync()
    {
        if (await FillDialog.OpenAsync(dialogs, Task, Caller) is { } input)
        {
            InputChanged(JsonNode.Parse(input));
        }
    }

    private async Task RunAsync()
    {
        if (_jsonError is not null || !CanRun)
        {
            return;
        }

        _isRunning = true;
        StateHasChanged();
        try
        {
            _errors = None;
            var input = JsonElement.Parse(_json);
            var expected = await ExpectedAsync(input);
            var first = await AskAsync(input, Version, expected);
            _runs = first is null ? [] : Against is { } other && await AskAsync(input, other, expected) is { } second ? [first, second] : [first];
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
        finally
        {
            _isRunning = false;
        }
    }

    private async Task<PlaygroundRun?> AskAsync(JsonElement input, int? version, string? expected)
    {
        var outcome = await executions.ExecuteAsync(
            Caller, new ExecutionRequest { TaskId = Task.Id, Input = input, Version = version, Source = ExecutionSource.Portal }, CancellationToken.None);
        if (outcome.Execution is null && outcome.Failure is InvalidException invalid)
        {
            // The service names the input's part as /input/text; the form and the editor know it as /text.
            _errors = invalid.Errors.ToDictionary(
                e => e.Key.StartsWith("/input", StringComparison.Ordinal) ? e.Key["/input".Length..] : e.Key, e => e.Value, StringComparer.Ordinal);
            return null;
        }

        return new PlaygroundRun(outcome.Execution, outcome.Execution is null ? outcome.Failure?.Message : null, expected);
    }

    /// <summary>What the examples say is right for this very input, if one of them knows it.</summary>
    private async Task<string?> ExpectedAsync(JsonElement input)
    {
        var labels = await examples.LabelsForAsync(Caller, Task.Id, [CanonicalJson.Hash(input)], CancellationToken.None);
        return labels.Values.FirstOrDefault();
    }
}

/// <summary>What came of asking a version once.</summary>
/// <param name="Execution">The record; null when the question was refused.</param>
/// <param name="Refusal">Why it was refused.</param>
/// <param name="Expected">What an example says is right for the input, as JSON.</param>
public sealed record PlaygroundRun(Execution? Execution, string? Refusal, string? Expected)
{
    public bool? IsRight => Expected is null || Execution is null ? null : Core.Validation.OutputMatch.Same(Expected, Execution.Output);
}
