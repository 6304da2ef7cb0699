using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;

namespace Loopai.Portal.Pages.Executions;

/// <summary>Every run of the environment: filtered by the address, paged by keys, and followed live.</summary>
public sealed partial class ExecutionsPage(
    ExecutionQueries executions, TaskDirectory directory, ExecutionEvents events, NavigationManager navigation, TimeProvider clock)
    : ComponentBase, IDisposable
{
    private const int ShownText = 90;

    private static readonly IReadOnlyList<Option> statuses =
        [new("failed", "Failed, any way"), new("success", "ok"), new("error", "error"), new("timeout", "timeout"), new("invalid_output", "invalid output")];

    private static readonly IReadOnlyList<Option> confidences =
        [new("0.5", "below 50 %"), new("0.6", "below 60 %"), new("0.7", "below 70 %"), new("0.8", "below 80 %"), new("0.9", "below 90 %"), new("0.95", "below 95 %")];

    private static readonly IReadOnlyList<Option> checks = [new("yes", "Sampled"), new("no", "Not sampled")];

    private readonly HashSet<Guid> fresh = [];
    private LoadState<TableWindow<Execution>> state = LoadState<TableWindow<Execution>>.Loading;
    private ExecutionsQuery query = new();
    private IReadOnlyList<TaskEntry> tasks = [];
    private IReadOnlyList<Option> taskOptions = [];
    private (ExecutionAskers Read, (Guid Organization, Guid Environment) Of)? askers;
    private IReadOnlyList<Option> keyOptions = [];
    private IReadOnlyList<Option> teamOptions = [];
    private IReadOnlyList<FilterChip> chips = [];
    private LiveTail? tail;
    private string? loaded;
    private long held;
    private bool busy;

    [Parameter] public string Org { get; set; } = "";

    [SupplyParameterFromQuery] public string? Cursor { get; set; }

    [SupplyParameterFromQuery(Name = "limit")] public string? LimitText { get; set; }

    [SupplyParameterFromQuery] public string? Live { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private int PageSize => LimitText switch { "25" => 25, "100" => 100, _ => 50 };

    /// <summary>What is over cannot be followed.</summary>
    private bool CanBeLive => query.Range.Length is not null;

    private bool IsLive => Live == "1" && CanBeLive && Cursor is null;

    private string ExportUrl => PortalUrls.ExecutionsCsv(Org, new Uri(navigation.Uri).Query);

    private TaskEntry? Chosen => tasks.FirstOrDefault(task => task.Id == query.Task);

    public void Dispose() => tail?.Dispose();

    protected override async Task OnParametersSetAsync()
    {
        query = ExecutionsQuery.Parse(new Uri(navigation.Uri).Query);
        chips = Chips();
        var wanted = $"{Caller.EnvironmentId} {navigation.Uri}";
        if (!RendererInfo.IsInteractive || loaded == wanted)
        {
            return;
        }

        loaded = wanted;
        tail?.Dispose();
        tail = null;
        fresh.Clear();
        held = 0;
        if (tasks.Count == 0)
        {
            tasks = (await LoadState.FromAsync(() => directory.ListAsync(Caller, CancellationToken.None))).ValueOrDefault ?? [];
            taskOptions = [.. tasks.Select(task => new Option(task.Id.ToString(), task.IsArchived ? $"{task.Name} (archived)" : task.Name))];
        }

        await NameAsync();

        // The tail begins before the list is read, so that nothing falls between the two.
        var filter = query.ToFilter(clock.GetUtcNow());
        tail = CanBeLive && Cursor is null ? LiveTail.Start(events, Caller, filter, () => InvokeAsync(Arrived), clock) : null;
        await LoadAsync();
    }

    /// <summary>Who asked and whose tasks, as people call them. A key or team that is gone is named by its id, so that it can be taken away.</summary>
    private async Task NameAsync()
    {
        // Keys are of one environment.
        if (askers is not { } known || known.Of != (Caller.OrganizationId, Caller.EnvironmentId))
        {
            var read = (await LoadState.FromAsync(() => executions.AskersAsync(Caller, CancellationToken.None))).ValueOrDefault ?? new ExecutionAskers([], []);
            askers = known = (read, (Caller.OrganizationId, Caller.EnvironmentId));
        }

        keyOptions = With(Options(known.Read.Keys, "No key"), query.Key, "No key");
        teamOptions = With(known.Read.Teams.Count == 0 ? [] : Options(known.Read.Teams, "No team"), query.Team, "No team");
        chips = Chips();

        static IReadOnlyList<Option> Options(IReadOnlyList<ExecutionAsker> askers, string none) =>
            [.. askers.Select(a => new Option(a.Id.ToString(), a.Name)), new Option(AnalyticsDimensions.None, none)];

        static IReadOnlyList<Option> With(IReadOnlyList<Option> options, string? chosen, string none) => chosen is null || options.Any(o => o.Value == chosen)
            ? options
            : [.. options, new Option(chosen, chosen == AnalyticsDimensions.None ? none : $"{chosen[..8]}…")];
    }

    private FilterChip[] Chips()
    {
        (string Name, string Label, string? Value)[] set =
        [
            ("unit", "Unit", query.Unit), ("key", "Key", NameOf(keyOptions, query.Key)), ("team", "Team", NameOf(teamOptions, query.Team)),
        ];
        return [.. set.Where(s => s.Value is not null).Select(s => new FilterChip($"{s.Label}: {s.Value}", () => Set((s.Name, null))))];

        static string? NameOf(IReadOnlyList<Option> options, string? value) => value is null ? null : options.FirstOrDefault(o => o.Value == value)?.Label ?? value;
    }

    private async Task LoadAsync()
    {
        busy = state is LoadState<TableWindow<Execution>>.Loaded;
        var filter = query.ToFilter(clock.GetUtcNow());
        state = await LoadState.FromAsync(async () =>
        {
            var page = await executions.ListAsync(Caller, filter, new PageRequest(PageSize, Cursor), CancellationToken.None);
            return new TableWindow<Execution>(page.Items, page.NextCursor);
        });
        busy = false;
    }

    private void Arrived()
    {
        if (IsLive)
        {
            ShowHeld();
        }
        else
        {
            held = tail?.Waiting ?? 0;
        }

        StateHasChanged();
    }

    /// <summary>Puts what came on top. While the list is followed it may grow past a page; the way to older rows then leads on from its end.</summary>
    private void ShowHeld()
    {
        held = 0;
        fresh.Clear();
        if (tail?.Take() is not { Count: > 0 } arrived || state is not LoadState<TableWindow<Execution>>.Loaded { Value: var window })
        {
            return;
        }

        var known = window.Items.Select(e => e.Id).ToHashSet();
        var added = arrived.Where(e => known.Add(e.Id)).ToList();
        fresh.UnionWith(added.Select(e => e.Id));
        var rows = added.Concat(window.Items).OrderByDescending(e => e.ExecutedAt).ThenByDescending(e => e.Id).ToList();
        state = LoadState<TableWindow<Execution>>.Of(rows.Count <= LiveTail.MostRows
            ? window with { Items = rows }
            : new TableWindow<Execution>([.. rows.Take(LiveTail.MostRows)], ExecutionQueries.CursorAfter(rows[LiveTail.MostRows - 1])));
    }

    private void ToggleLive() => navigation.NavigateTo(navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?> { ["live"] = IsLive ? null : "1", ["cursor"] = null }));

    private Task SearchAsync(string text)
    {
        text = text.Trim();
        if (Guid.TryParse(text, out var id) && ExecutionQueries.TimeOf(id) is not null)
        {
            navigation.NavigateTo(PortalUrls.Execution(Org, id, Shell.Environment));
            return Task.CompletedTask;
        }

        return Set(("unit", text));
    }

    private Task ClearAsync() =>
        Set(("task", null), ("version", null), ("status", null), ("sampled", null), ("output", null), ("unit", null), ("below", null), ("key", null), ("team", null));

    private Task Set(params (string Name, string? Value)[] values)
    {
        var changes = values.ToDictionary(v => v.Name, v => (object?)(string.IsNullOrEmpty(v.Value) ? null : v.Value), StringComparer.Ordinal);
        changes["cursor"] = null;
        navigation.NavigateTo(navigation.GetUriWithQueryParameters(changes));
        return Task.CompletedTask;
    }

    private string NameOf(Guid task) => tasks.FirstOrDefault(entry => entry.Id == task)?.Name ?? Format.Unknown;

    private static IReadOnlyList<Option> VersionsOf(TaskEntry task) =>
        [.. Enumerable.Range(1, task.LastVersion).Reverse().Take(100).Select(v => new Option(v.ToString(CultureInfo.InvariantCulture), v == task.ActiveVersion ? $"v{v}, active" : $"v{v}"))];

    private IReadOnlyList<Option> OutputsOf(TaskEntry task)
    {
        var outputs = (OutputClasses.Of(task.OutputSchema) ?? []).Select(output => new Option(output, output)).ToList();
        if (query.Output is { } set && outputs.All(option => option.Value != set))
        {
            outputs.Add(new Option(set, Short(set)));
        }

        return outputs;
    }

    private static string Short(string? text) => text is null ? Format.Unknown : text.Length <= ShownText ? text : text[..ShownText] + "…";
}
