using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;
using Microsoft.AspNetCore.Components;

namespace Loopai.Portal.Pages.Tasks.Quality;

/// <summary>The quality of a task's answers, estimated from the sample that was checked.</summary>
public sealed partial class QualityTab(QualityService qualities, ValidationService validations, TimeProvider time, NavigationManager navigation) : ComponentBase
{
    private const int Looked = 200;
    private const int Listed = 12;
    private const string DefaultRange = "30d";
    private const string Lead =
        "A sample of the answers is checked; each checked answer stands for as many as its sampling left out (it weighs one over the probability it was chosen with), so the shares below are estimates for all executions.";

    private LoadState<TaskQuality> _state = LoadState<TaskQuality>.Loading;
    private LoadState<IReadOnlyList<ValidationDetail>> _checked = LoadState<IReadOnlyList<ValidationDetail>>.Loading;
    private TimeRange _range = TimeRange.Parse(null, DefaultRange);
    private string? _loaded;

    [Parameter, EditorRequired] public TaskDefinition Task { get; set; } = null!;

    [Parameter] public EventCallback OnTaskChanged { get; set; }

    [CascadingParameter] private Caller Caller { get; set; } = null!;

    [CascadingParameter] private ShellState Shell { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "range")] private string? Range { get; set; }

    [SupplyParameterFromQuery(Name = "version")] private int? Version { get; set; }

    [SupplyParameterFromQuery(Name = "expected")] private string? Expected { get; set; }

    [SupplyParameterFromQuery(Name = "answered")] private string? Answered { get; set; }

    

    private string EmptyText =>
        $"{Format.Percent(Task.Sampling.Rate)} of the answers are sampled and checked by {OracleWords}. Figures appear here as soon as there are verdicts.";

    private string OracleWords => Task.Sampling.Oracle switch
    {
        Oracle.Labels => "the task's labelled examples",
        Oracle.Person => "people",
        Oracle.LabelsThenPerson => "labelled examples, and by people where those do not know the input",
        Oracle.Version => $"version {Task.Sampling.OracleVersion}",
    };

    private string ListTitle => Expected is null ? "Recent mismatches" : $"Right: {Answers.Short(Expected)}, answered: {Answers.Short(Answered)}";

    protected override async Task OnParametersSetAsync()
    {
        _range = TimeRange.Parse(Range, DefaultRange);
        var wanted = $"{Task.Id} {Caller.EnvironmentIdOrNull} {Range} {Version} {Expected} {Answered}";
        if (RendererInfo.IsInteractive && wanted != _loaded)
        {
            _loaded = wanted;
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        var (from, to) = _range.At(time.GetUtcNow());
        _state = await LoadState.FromAsync(() => qualities.GetAsync(Caller, Task.Id, new QualityWindow(from, to), CancellationToken.None));
        if (_state.ValueOrDefault is { } quality && Shown(quality) is { } version)
        {
            var filter = new ValidationFilter(Task.Id, version.Version, Expected is null ? ValidationStatus.Mismatched : null, From: from, To: to, Expected: Expected);
            _checked = await LoadState.FromAsync(() => ListAsync(filter));
        }
    }

    /// <summary>Programs write the same answer in several ways, so the pair's answer is compared here and not in the database.</summary>
    private async Task<IReadOnlyList<ValidationDetail>> ListAsync(ValidationFilter filter)
    {
        var page = await validations.ListDetailsAsync(Caller, filter, new PageRequest(Expected is null ? Listed : Looked), CancellationToken.None);
        return [.. page.Items.Where(one => Expected is null || OutputMatch.Same(one.Output, Answered)).Take(Listed)];
    }

    private VersionQuality? Shown(TaskQuality quality) =>
        quality.Versions.FirstOrDefault(one => one.Version == Version)
        ?? quality.Versions.FirstOrDefault(one => one.Version == Task.ActiveVersion)
        ?? (quality.Versions is [var newest, ..] ? newest : null);

    private string Url(int? version = null, string? range = null, bool keepPair = true) => PortalUrls.Quality(
        Shell.OrganizationSlug, Task.Id, Shell.Environment, version ?? Version, range ?? Range, keepPair && version is null ? Expected : null,
        keepPair && version is null ? Answered : null);

    private string CellUrl(Confusion confusion, string right, string answered) => PortalUrls.Quality(
        Shell.OrganizationSlug, Task.Id, Shell.Environment, Version, Range, ClassOf(confusion, right), ClassOf(confusion, answered));

    private static string? ClassOf(Confusion confusion, string shown) => confusion.Classes.FirstOrDefault(one => Answers.Short(one.Class) == shown)?.Class;

    private void ChangeRange(TimeRange range) => navigation.NavigateTo(Url(range: range.Text));
}
