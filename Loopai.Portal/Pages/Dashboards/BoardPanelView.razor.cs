using System.Globalization;
using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Analytics.Annotations;
using Loopai.Core.Analytics.Dashboards;

namespace Loopai.Portal.Pages.Dashboards;

public sealed partial class BoardPanelView(PanelReader reader, NavigationManager navigation) : ComponentBase
{
    private LoadState<PanelFigures> _state = LoadState<PanelFigures>.Loading;
    private (BoardPanel, BoardScope, Guid, string, int)? _loaded;
    private IReadOnlyList<Mark>? _marked;
    private bool _busy;

    [Parameter, EditorRequired] public BoardPanel Panel { get; set; } = null!;

    [Parameter, EditorRequired] public BoardScope Scope { get; set; } = null!;

    [Parameter, EditorRequired] public TimeZoneInfo Zone { get; set; } = TimeZoneInfo.Utc;

    [Parameter, EditorRequired] public string Org { get; set; } = "";

    [Parameter] public IReadOnlyList<Mark> Marks { get; set; } = [];

    /// <summary>Counts refreshes of the whole board.</summary>
    [Parameter] public int Beat { get; set; }

    /// <summary>What stands in the head instead of the download, while a board is arranged.</summary>
    [Parameter] public RenderFragment? Controls { get; set; }

    [Parameter] public EventCallback<ChartZoom> OnZoom { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private string EmptyText => Panel.Metrics[0] switch
    {
        AnalyticsMetrics.Cost or AnalyticsMetrics.CostPerExecution or AnalyticsMetrics.CostPerCorrect => "Nothing has a price yet",
        AnalyticsMetrics.Accuracy or AnalyticsMetrics.Validated => "Nothing was checked in this range",
        _ => "No executions in this range",
    };

    protected override async Task OnParametersSetAsync()
    {
        var wanted = (Panel, Scope, Caller.EnvironmentId, Zone.Id, Beat);
        if (_loaded == wanted)
        {
            // Marks come after the figures, which need not be read again for them.
            if (_marked != Marks && _state.ValueOrDefault is { } shown)
            {
                _marked = Marks;
                _state = LoadState<PanelFigures>.Of(PanelFigures.Of(shown.Panel, shown.Query, shown.Result, Marks, shown.Odd));
            }

            return;
        }

        _marked = Marks;

        // A beat alone refreshes behind what is shown, and keeps it when that fails.
        var isBeat = _loaded is { } before && (before.Item1, before.Item2, before.Item3, before.Item4) == (wanted.Panel, wanted.Scope, wanted.EnvironmentId, wanted.Id);
        _loaded = wanted;
        if (!isBeat)
        {
            _busy = _state.ValueOrDefault is not null;
            await LoadAsync();
            return;
        }

        if (await ReadAsync() is LoadState<PanelFigures>.Loaded fresh)
        {
            _state = fresh;
        }
    }

    private async Task LoadAsync()
    {
        _state = await ReadAsync();
        _busy = false;
    }

    private Task<LoadState<PanelFigures>> ReadAsync() => LoadState.FromAsync(() => reader.ReadAsync(Caller, Panel, Scope, Zone, Marks, CancellationToken.None));

    private void Open(PanelFigures figures, ChartClick click)
    {
        var index = Panel.Kind == PanelKind.HeatMap ? click.Index % Math.Max(1, figures.Result.Buckets.Count) : click.Index;
        var series = Panel.Kind == PanelKind.HeatMap
            ? figures.Result.Series.ElementAtOrDefault(click.Index / Math.Max(1, figures.Result.Buckets.Count))
            : figures.Result.Series.FirstOrDefault(s => s.Label == click.Series);
        if (figures.Stretch(index) is { } stretch && Caller.MaySomewhere(Permissions.ExecutionsRead))
        {
            navigation.NavigateTo(Scope.ExecutionsUrl(Org, Shell.Environment, Panel, series, stretch.From, stretch.To));
        }
    }

    private string Unusual(PanelFigures figures)
    {
        var metric = AnalyticsMetrics.Find(Panel.Metrics[0])!;
        return string.Join("\n", figures.Odd.TakeLast(3).Select(o => (figures.Odd.Any(other => other.Line != o.Line) ? $"{o.Line}, " : "") + PanelWords.Unusual(
            o.Anomaly, metric, figures.Result.Currency, TimeZoneInfo.ConvertTime(o.At, Zone).ToString("ddd d MMM HH:mm", CultureInfo.InvariantCulture))));
    }

    private string LabelOf(PanelFigures figures)
    {
        var metric = AnalyticsMetrics.Find(Panel.Metrics[0])!;
        return $"{Panel.Title}: {metric.Label} {PanelWords.Text(metric.Unit, figures.Result.Totals[0], figures.Result.Currency)} in all";
    }
}
