using System.Globalization;
using System.Text.RegularExpressions;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Loopai.Portal.Pages.Tasks.Versions;

/// <summary>Takes a program that somebody wrote. It is tried on the task's examples before it becomes a version.</summary>
public sealed partial class AddCodeDialog(ProgramService programs, IProgramSandbox sandbox, DialogService dialogs) : ComponentBase
{
    private static readonly IReadOnlyList<Option> Languages = [new(nameof(ProgramLanguage.Python), "Python"), new(nameof(ProgramLanguage.JavaScript), "JavaScript")];

    private readonly Dictionary<ProgramLanguage, string> _kept = [];
    private ProgramLanguage _language = ProgramLanguage.Python;
    private string _code = "";
    private string? _notes;
    private string? _failure;
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    private IReadOnlyList<CodeMark> _marks = [];

    [Parameter] public Caller Caller { get; set; } = null!;

    [Parameter] public TaskDefinition Task { get; set; } = null!;

    private SandboxAvailability Availability => sandbox.Availability(_language);

    /// <summary>The number of the version that was made, or null.</summary>
    public static Task<int?> OpenAsync(DialogService dialogs, Caller caller, TaskDefinition task) =>
        dialogs.OpenAsync<AddCodeDialog, int?>("Add code", new() { [nameof(Caller)] = caller, [nameof(Task)] = task }, DialogWidth.Large);

    protected override void OnInitialized() => _code = CodeTemplate.For(_language, Task);

    private void ChooseLanguage(string name)
    {
        _kept[_language] = _code;
        _language = Enum.Parse<ProgramLanguage>(name);
        _code = _kept.TryGetValue(_language, out var kept) ? kept : CodeTemplate.For(_language, Task);
        (_marks, _failure) = ([], null);
        _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    }

    private async Task SaveAsync()
    {
        (_marks, _failure) = ([], null);
        _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        try
        {
            var made = await programs.CreateAsync(Caller, Task.Id, new CreateProgram(_language, _code, _notes), CancellationToken.None);
            dialogs.Close(made.Version);
        }
        catch (InvalidException e)
        {
            _errors = e.Errors;
            _marks = MarksIn(Error("code") ?? "");
            _failure = e.Errors.Keys.All(field => field is "code" or "notes") ? null : PageFailures.Sentence(e);
        }
        catch (LoopaiException e)
        {
            _failure = PageFailures.Sentence(e);
        }
    }

    private string? Error(string field) => _errors.TryGetValue(field, out var messages) ? string.Join(' ', messages) : null;

    private static IReadOnlyList<CodeMark> MarksIn(string error) =>
        LineNumber().Match(error) is { Success: true } match ? [new CodeMark(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), error)] : [];

    [GeneratedRegex(@"\bline (\d{1,6})\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex LineNumber();
}
