using Loopai.Core.Access;
using Loopai.Core.Analytics;
using Loopai.Core.Errors;
using Loopai.Core.Executions;

namespace Loopai.Portal.Pages.Overview;

/// <summary>The first page of an organization: what happened, what changed, and where somebody is needed.</summary>
public sealed partial class OverviewPage(
    OverviewService overviews, AttentionService attention, ExecutionEvents events, TimeProvider clock) : ComponentBase, IDisposable
{
    private static readonly IReadOnlyList<Option> ranges =
        [new("24h", "24 h"), new("7d", "7 days"), new("14d", "14 days"), new("30d", "30 days")];

    private LoadState<Shown> state = LoadState<Shown>.Loading;
    private OverviewRange range = OverviewRange.Default;
    private LiveRefresh? live;
    private (Guid Organization, Guid Environment, string Range)? loaded;

    [Parameter] public string Org { get; set; } = "";

    [SupplyParameterFromQuery] public string? Range { get; set; }

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private string Subtitle => $"{Shell.Environment}, compared with {Against}";

    private string Against => range.Text switch { "24h" => "the same day last week", "7d" => "the 7 days before", "14d" => "the 14 days before", _ => "the 30 days before" };

    public void Dispose() => live?.Dispose();

    protected override async Task OnParametersSetAsync()
    {
        range = RangeOf(Range);
        var wanted = (Caller.OrganizationId, Caller.EnvironmentId, range.Text);
        if (!RendererInfo.IsInteractive || loaded == wanted)
        {
            return;
        }

        var elsewhere = loaded is { } before && (before.Organization, before.Environment) != (wanted.OrganizationId, wanted.EnvironmentId);
        if (elsewhere)
        {
            state = LoadState<Shown>.Loading;
        }

        loaded = wanted;
        live?.Dispose();
        await LoadAsync();
        live = LiveRefresh.Start(events, Caller, () => InvokeAsync(RefreshAsync), clock);
    }

    private async Task LoadAsync() => state = await LoadState.FromAsync(ReadAsync);

    /// <summary>A refresh that fails leaves what is shown; the next one may succeed.</summary>
    private async Task RefreshAsync()
    {
        if (await LoadState.FromAsync(ReadAsync) is LoadState<Shown>.Loaded fresh)
        {
            state = fresh;
            StateHasChanged();
        }
    }

    private async Task<Shown> ReadAsync()
    {
        var overview = overviews.GetAsync(Caller, range, CancellationToken.None);
        var items = attention.ListAsync(Caller, CancellationToken.None);
        return Shown.Of(await overview, await items);
    }

    /// <summary>An old link with a range that is no more still opens.</summary>
    private static OverviewRange RangeOf(string? text)
    {
        try
        {
            return OverviewRange.Parse(text);
        }
        catch (InvalidException)
        {
            return OverviewRange.Default;
        }
    }

    private static string Per(int minutes) => minutes switch { 15 => "per 15 minutes", 60 => "per hour", _ => $"per {minutes / 60} hours" };

    private static string ChartLabel(Core.Analytics.Overview overview) =>
        $"Executions {Per(overview.BucketMinutes)}: {Format.Exact(overview.Now.Executions)} in all, {Format.Exact(overview.Now.Failed)} of them failed";

    /// <summary>An overview with what the chart draws of it.</summary>
    private sealed record Shown(Core.Analytics.Overview Overview, IReadOnlyList<AttentionItem> Attention, object Chart, ChartTable Table)
    {
        public static Shown Of(Core.Analytics.Overview overview, IReadOnlyList<AttentionItem> attention)
        {
            ChartSeries[] series =
            [
                new("ok", [.. overview.Series.Select(p => (p.At, (double?)p.Ok))], "var(--c-1)"),
                new("failed", [.. overview.Series.Select(p => (p.At, (double?)p.Failed))], "var(--bad)"),
            ];
            return new Shown(overview, attention, ChartOption.TimeSeries(series, marks: Marks(overview), bars: true, until: overview.To), ChartOption.Table(series, Format.Exact));
        }

        /// <summary>Activations too close for their names to stand beside each other become one mark.</summary>
        private static List<ChartMark> Marks(Core.Analytics.Overview overview)
        {
            var apart = (overview.To - overview.From) / 5;
            var groups = new List<List<Activation>>();
            foreach (var activation in overview.Activations)
            {
                if (groups.Count > 0 && activation.At - groups[^1][0].At < apart)
                {
                    groups[^1].Add(activation);
                }
                else
                {
                    groups.Add([activation]);
                }
            }

            return [.. groups.Select(g => new ChartMark(g[0].At, g.Count == 1 ? $"{g[0].TaskName} v{g[0].Version}" : $"{g.Count} activations"))];
        }
    }
}
