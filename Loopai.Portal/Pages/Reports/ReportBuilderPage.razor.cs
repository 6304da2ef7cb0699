using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Reports;
using Loopai.Core.Reports.Building;

namespace Loopai.Portal.Pages.Reports;

/// <summary>Writes a report, with what it looks like beside it.</summary>
public sealed partial class ReportBuilderPage(ReportService reports, NavigationManager navigation) : ComponentBase
{
    private static readonly Option[] _templates = [new("", "Nothing"), .. ReportTemplates.All.Select(t => new Option(t.Key, t.Name))];
    private static readonly Option[] _periods = [.. Enum.GetValues<PeriodKind>().Select(p => new Option($"{p}", ReportWords.Of(p)))];
    private static readonly Option[] _comparisons =
        [new($"{ComparedWith.PeriodBefore}", "The period before"), new($"{ComparedWith.YearBefore}", "The same a year before"), new($"{ComparedWith.Nothing}", "Nothing")];

    private static readonly Option[] _papers = [new($"{PaperSize.A4}", "A4"), new($"{PaperSize.Letter}", "Letter")];
    private static readonly Option[] _languages =
        [.. new[] { "en", "en-GB", "de", "de-CH", "fr", "es", "it", "nl", "pt", "pl", "sv", "ja", "ko" }.Select(l => new Option(l, CultureInfo.GetCultureInfo(l).EnglishName))];

    private LoadState<ReportForm> _state = LoadState<ReportForm>.Loading;
    private ReportForm _form = new();
    private ReportDocument? _preview;
    private bool _previewing;
    private int _wanted;
    private int? _version;
    private string? _failure;
    private (Guid?, string?)? _loaded;
    private Crumb[] _crumbs = [];
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public Guid? Id { get; set; }

    [SupplyParameterFromQuery(Name = "template")] public string? Template { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private static IReadOnlyList<Option> Kinds { get; } = [.. Enum.GetValues<SectionKind>().Select(k => new Option($"{k}", ReportWords.Of(k)))];

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Reports", PortalUrls.Reports(Org, Shell.Environment))];
        if (RendererInfo.IsInteractive && _loaded != (Id, Template))
        {
            _loaded = (Id, Template);
            await LoadAsync();
        }
    }

    private async Task LoadAsync()
    {
        _state = await LoadState.FromAsync(async () =>
        {
            if (Id is not { } id)
            {
                return ReportTemplates.Find(Template) is { } template ? ReportForm.Of(template) : new ReportForm();
            }

            var detail = await reports.GetAsync(Caller, id, null, CancellationToken.None);
            _version = detail.Report.Version;
            return ReportForm.Of(detail);
        });
        _form = _state.ValueOrDefault ?? new ReportForm();
        await PreviewAsync();
    }

    private void ChooseTemplate(string key) => navigation.NavigateTo(PortalUrls.NewReport(Org, Shell.Environment, key), replace: true);

    private Task AddAsync(string kind) => Enum.TryParse<SectionKind>(kind, out var known) ? ChangeAsync(() => _form.Add(known)) : Task.CompletedTask;

    private Task ChangeAsync(Action change)
    {
        change();
        return PreviewAsync();
    }

    /// <summary>Of several that are under way only the last one is shown.</summary>
    private async Task PreviewAsync()
    {
        var mine = ++_wanted;
        if (_form.Sections.Count == 0)
        {
            _preview = null;
            return;
        }

        _previewing = true;
        StateHasChanged();
        var (document, errors) = await DrawAsync();
        if (mine == _wanted)
        {
            (_previewing, _preview, _errors) = (false, document, errors);
        }
    }

    private async Task<(ReportDocument? Document, IReadOnlyDictionary<string, string[]> Errors)> DrawAsync()
    {
        var none = new Dictionary<string, string[]>(StringComparer.Ordinal);
        try
        {
            var draft = _form.ToDraft();
            return (await reports.PreviewAsync(Caller, draft with { Name = string.IsNullOrWhiteSpace(draft.Name) ? "A new report" : draft.Name }, CancellationToken.None), none);
        }
        catch (InvalidException e)
        {
            return (null, e.Errors);
        }
        catch (LoopaiException e)
        {
            _failure = PageFailures.Sentence(e);
            return (null, none);
        }
    }

    private async Task SaveAsync()
    {
        _failure = null;
        try
        {
            var saved = Id is { } id
                ? await reports.UpdateAsync(Caller, id, _form.ToDraft(), _version, CancellationToken.None)
                : await reports.CreateAsync(Caller, _form.ToDraft(), CancellationToken.None);
            navigation.NavigateTo(PortalUrls.Report(Org, saved.Report.Id, Shell.Environment));
        }
        catch (InvalidException e)
        {
            (_errors, _failure) = (e.Errors, "Some of this cannot be saved yet; it is marked below.");
        }
        catch (LoopaiException e)
        {
            _failure = PageFailures.Sentence(e);
        }
    }

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateOnly? Day(string? text) => DateOnly.TryParse(text, CultureInfo.InvariantCulture, out var day) ? day : null;

    private string? ErrorOf(string field) => _errors.TryGetValue(field, out var messages) ? string.Join(' ', messages) : null;
}
