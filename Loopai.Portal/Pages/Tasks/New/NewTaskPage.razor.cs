using System.Text;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace Loopai.Portal.Pages.Tasks.New;

/// <summary>Makes a task from examples or from schemas. What was typed stays when something is refused.</summary>
public sealed partial class NewTaskPage(TaskService tasks, ExampleService examples, Toasts toasts, NavigationManager navigation) : ComponentBase
{
    /// <summary>An editor in the browser holds so much with ease; a larger file is taken without being shown.</summary>
    private const int MostShown = 200_000;

    private const int MostBytes = 32 * 1024 * 1024;

    private static readonly Option[] _ways = [new("examples", "From examples"), new("schemas", "From schemas")];

    private static readonly IReadOnlyDictionary<string, string[]> None = new Dictionary<string, string[]>(StringComparer.Ordinal);

    private NewTaskForm _form = new();
    private ExampleDrafts? _drafts;
    private string? _fileName;
    private bool _adjustsSampling;
    private string? _failure;
    private IReadOnlyDictionary<string, string[]> _errors = None;
    private MadeTask? _made;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "from")] public string? From { get; set; }

    private NavigationManager Location => navigation;

    private string Way => From == "schemas" ? "schemas" : "examples";

    private string Readiness =>
        Way == "examples" && _drafts?.Good.Any() is not true ? "Paste or upload a few examples to begin"
        : _form.Name.Trim().Length == 0 ? "Give the task a name"
        : "Ready to be created";

    private async Task ReadAsync(string text)
    {
        if (text.Length == 0)
        {
            _fileName = null;
        }

        _form = _form with { Text = text };
        _drafts = text.Trim().Length == 0 ? null : await ExampleDrafts.ReadAsync(text, CancellationToken.None);
        if (_drafts?.Good.Any() is true)
        {
            _form = _form.WithProposal(_drafts);
        }
    }

    private async Task UploadAsync(InputFileChangeEventArgs chosen)
    {
        try
        {
            _failure = null;
            using var reader = new StreamReader(chosen.File.OpenReadStream(MostBytes), Encoding.UTF8);
            var text = await reader.ReadToEndAsync();
            _fileName = text.Length > MostShown ? chosen.File.Name : null;
            await ReadAsync(text);
        }
        catch (IOException)
        {
            _failure = $"{chosen.File.Name} is larger than {Format.Bytes(MostBytes)}. Start with a part of it: the rest can be uploaded on the Examples tab, where files may be larger.";
        }
    }

    private async Task CreateAsync()
    {
        (_failure, _errors) = (null, None);
        if (Way == "examples" && _drafts?.Good.Any() is not true)
        {
            _failure = "Paste or upload at least one example that can be read, or start from schemas instead.";
            return;
        }

        try
        {
            var (task, _) = await tasks.CreateAsync(Caller, _form.ToSpecification(), CancellationToken.None);
            _made = Way == "examples" ? await ImportAsync(task) : new MadeTask(task, null, null);
        }
        catch (InvalidException e)
        {
            (_errors, _failure) = (e.Errors, "Some fields need a look before the task can be created.");
        }
        catch (ConflictException e)
        {
            _errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["name"] = [e.Message] };
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }

    /// <summary>The task is there by now: if its examples cannot be taken, that is told beside it and nothing is undone.</summary>
    private async Task<MadeTask> ImportAsync(TaskDefinition task)
    {
        try
        {
            using var body = new MemoryStream(Encoding.UTF8.GetBytes(_form.Text));
            return new MadeTask(task, await examples.ImportAsync(Caller, task.Id, body, _drafts!.Format, CancellationToken.None), null);
        }
        catch (Exception e)
        {
            return new MadeTask(task, null, PageFailures.Sentence(e));
        }
    }

    private string? ErrorOf(string field) =>
        _errors.FirstOrDefault(e => e.Key == field || e.Key.StartsWith(field + "/", StringComparison.Ordinal)) is { Value: { } messages } ? string.Join(' ', messages) : null;
}

/// <param name="Task">The task.</param>
/// <param name="Import">What became of its examples; null without any.</param>
/// <param name="Failure">Why they could not be taken.</param>
public sealed record MadeTask(TaskDefinition Task, ImportResult? Import, string? Failure);
