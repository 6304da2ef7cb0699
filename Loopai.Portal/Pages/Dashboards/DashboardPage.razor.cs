using Loopai.Core.Access;
using Loopai.Core.Analytics.Annotations;
using Loopai.Core.Analytics.Dashboards;
using Loopai.Core.Executions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.JSInterop;
using Radzen;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>A board, looked at or arranged. What it is looked at through is in the URL, so that a link shows the same.</summary>
public sealed partial class DashboardPage(
    DashboardService boards, BoardChoices choices, AnnotationService annotations, ExecutionEvents events, ViewerZone viewer, DialogService dialogs, Toasts toasts,
    NavigationManager navigation, IJSRuntime js, TimeProvider time) : ComponentBase, IAsyncDisposable
{
    private LoadState<Board> _state = LoadState<Board>.Loading;
    private BoardScope _scope = BoardScope.Parse("");
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private TimeZoneInfo _ownZone = TimeZoneInfo.Utc;
    private PanelOrder _panels = new([]);
    private IReadOnlyList<Mark> _marks = [];
    private IReadOnlyList<Option> _tasks = [];
    private IReadOnlyList<Option> _teams = [];
    private IReadOnlyList<FilterChip> _chips = [];
    private IReadOnlyList<string> _faults = [];
    private ElementReference _board;
    private IJSObjectReference? _module;
    private DotNetObjectReference<DashboardPage>? _self;
    private LiveRefresh? _live;
    private (Guid, Guid, string)? _loaded;
    private int _beat;

    [Parameter] public string Org { get; set; } = "";

    [Parameter] public string Id { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private Board? Board => _state.ValueOrDefault;

    private bool IsEditing => Board is { IsBuiltIn: false } && Caller.May(Permissions.DashboardsWrite)
        && QueryHelpers.ParseQuery(new Uri(navigation.Uri).Query).ContainsKey("edit");

    private bool IsLive => _scope.Range.Length is not null;

    private bool IsDirty => Board is { } board && (board.Content with { Panels = _panels.All }).ToString() != board.Content.ToString();

    /// <summary>A panel was dropped before another, or at the end.</summary>
    [JSInvokable]
    public Task Dropped(string id, string? before)
    {
        if (_panels.Put(id, before))
        {
            StateHasChanged();
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _live?.Dispose();
        _self?.Dispose();
        try
        {
            if (_module is not null)
            {
                await _module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The browser left first.
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        _scope = BoardScope.Parse(new Uri(navigation.Uri).Query);
        if (!RendererInfo.IsInteractive)
        {
            return;
        }

        var wanted = (Caller.OrganizationId, Caller.EnvironmentId, Id);
        if (_loaded != wanted)
        {
            _loaded = wanted;
            _live?.Dispose();
            _ownZone = await viewer.GetAsync();
            (_tasks, _teams) = await choices.ReadAsync(Caller, CancellationToken.None);
            await LoadAsync();
            _live = LiveRefresh.Start(events, Caller, () => InvokeAsync(Refresh), time);
        }

        _chips = Chips();

        // Of more tasks than the choice holds, one that is not in it may well be there.
        _faults = BoardAddress.Faults(
            new Uri(navigation.Uri).Query, _tasks.Count is > 0 and < BoardChoices.MostTasks ? _tasks : null, Caller.May(Permissions.OrganizationRead) ? _teams : null);
        await MarkAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (IsEditing)
        {
            _module ??= await js.InvokeAsync<IJSObjectReference>("import", "./js/board.js");
            _self ??= DotNetObjectReference.Create(this);
            await _module.InvokeVoidAsync("arrange", _board, _self);
        }
    }

    private async Task LoadAsync()
    {
        _state = await LoadState.FromAsync(() => boards.GetAsync(Caller, Id, CancellationToken.None));
        _panels = new PanelOrder(Board?.Content.Panels ?? []);
        _zone = ZoneOf(Board);
    }

    private static TimeZoneInfo ZoneOf(Board? board) => TimeZoneInfo.TryFindSystemTimeZoneById(board?.TimeZone ?? "UTC", out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>Marks are beside the point: without them figures still stand.</summary>
    private async Task MarkAsync()
    {
        var (from, to) = _scope.Range.At(time.GetUtcNow());
        var marks = await LoadState.FromAsync(() => annotations.ListAsync(Caller, from, to, CancellationToken.None));
        _marks = [.. (marks.ValueOrDefault ?? []).Where(m => _scope.Task is null || m.TaskId is null || m.TaskId == _scope.Task)];
    }

    private void Refresh()
    {
        if (IsLive && !IsEditing)
        {
            _beat++;
            StateHasChanged();
        }
    }

    private FilterChip[] Chips() =>
    [
        .. _tasks.Where(t => t.Value == _scope.Task?.ToString()).Select(t => new FilterChip(t.Label, () => Clear("task"))),
        .. _teams.Where(t => t.Value == _scope.Team).Select(t => new FilterChip(t.Label, () => Clear("team"))),
    ];

    private void Go(params (string Name, string? Value)[] changes) => navigation.NavigateTo(
        navigation.GetUriWithQueryParameters(changes.ToDictionary(c => c.Name, c => string.IsNullOrEmpty(c.Value) ? null : (object?)c.Value, StringComparer.Ordinal)));

    private Task Clear(string filter)
    {
        Go((filter, null));
        return Task.CompletedTask;
    }

    private void Zoom(ChartZoom zoom) => Go(("range", TimeRange.Between(zoom.From, zoom.To).Text));

    private async Task FullScreenAsync()
    {
        _module ??= await js.InvokeAsync<IJSObjectReference>("import", "./js/board.js");
        await _module.InvokeVoidAsync("fullScreen", _board);
    }

    private async Task StarAsync()
    {
        try
        {
            await boards.StarAsync(Caller, Id, !Board!.IsStarred, CancellationToken.None);
            _state = LoadState<Board>.Of(Board with { IsStarred = !Board.IsStarred });
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }

    private async Task AddAsync()
    {
        var fresh = new BoardPanel { Id = Guid.NewGuid().ToString("N")[..12], Title = "", Metrics = [Core.Analytics.AnalyticsMetrics.Executions] };
        if (await PanelDialog.OpenAsync(dialogs, "New panel", fresh, Caller, Shell, _scope, _zone) is { } panel)
        {
            _panels.Add(panel);
        }
    }

    private async Task EditAsync(BoardPanel panel)
    {
        if (await PanelDialog.OpenAsync(dialogs, panel.Title, panel, Caller, Shell, _scope, _zone) is { } changed)
        {
            _panels.Replace(changed);
        }
    }

    private void Discard()
    {
        _panels = new PanelOrder(Board!.Content.Panels);
        Go(("edit", null));
    }

    private async Task SaveAsync()
    {
        try
        {
            _state = LoadState<Board>.Of(await boards.UpdateAsync(Caller, Guid.Parse(Id), new BoardDraft { Panels = _panels.All }, Board!.Revision, CancellationToken.None));
            _panels = new PanelOrder(Board!.Content.Panels);
            toasts.Success("Saved");
            Go(("edit", null));
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }

    private async Task SettingsAsync()
    {
        if (await BoardDialog.OpenAsync(dialogs, Caller, Board, Board!.Content) is { } changed)
        {
            (_state, _zone) = (LoadState<Board>.Of(changed), ZoneOf(changed));
        }
    }

    private async Task CopyAsync()
    {
        if (await BoardDialog.OpenAsync(dialogs, Caller, null, Board!.Content) is { } copy)
        {
            navigation.NavigateTo(PortalUrls.Dashboard(Org, copy.Id, Shell.Environment));
        }
    }

    private async Task DeleteAsync()
    {
        var question = await ConfirmDialog.OpenAsync(dialogs, $"Delete {Board!.Name}?", $"The board goes with its {Format.Count(_panels.All.Count, "panel")}. The figures stay.", "Delete", danger: true);
        if (!question)
        {
            return;
        }

        try
        {
            await boards.DeleteAsync(Caller, Guid.Parse(Id), CancellationToken.None);
            navigation.NavigateTo(PortalUrls.Dashboards(Org, Shell.Environment));
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }
    }
}
