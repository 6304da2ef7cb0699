using Loopai.Core.Errors;

namespace Loopai.Core.Analytics.Dashboards;

/// <summary>What a board has to keep to. Every fault is told at once.</summary>
internal static class BoardRules
{
    private const int MaxDescriptionLength = 1000;
    private const int MaxIdLength = 40;

    public static void Check(BoardDraft draft, bool isNew)
    {
        var errors = new FieldErrors()
            .AddIf(isNew ? string.IsNullOrWhiteSpace(draft.Name) : draft.Name is not null && string.IsNullOrWhiteSpace(draft.Name), "name", "A board needs a name.")
            .AddIf(draft.Name?.Trim().Length > Dashboard.MaxNameLength, "name", $"A name has at most {Dashboard.MaxNameLength} characters.")
            .AddIf(draft.Description?.Length > MaxDescriptionLength, "description", $"A description has at most {MaxDescriptionLength} characters.")
            .AddIf(draft.Panels?.Count > BoardContent.MostPanels, "panels", $"A board has at most {BoardContent.MostPanels} panels.")
            .AddIf(draft.Panels is { } all && all.Select(p => p.Id).Distinct(StringComparer.Ordinal).Count() != all.Count, "panels", "Each panel needs an id of its own.");
        errors.AddIf(draft.TimeZone is { Length: > 0 } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _), "timeZone", "Give an IANA name such as Europe/Berlin, or nothing for the organization's.");
        foreach (var (index, panel) in (draft.Panels ?? []).Index())
        {
            Check(panel, $"panels[{index}].", errors);
        }

        errors.ThrowIfAny("dashboard.invalid", "The board cannot be taken as it stands.");
    }

    /// <summary>The faults of one panel, as its editor names them.</summary>
    public static void Check(BoardPanel panel, string prefix, FieldErrors errors)
    {
        var metrics = panel.Metrics ?? [];
        var known = metrics.Select(AnalyticsMetrics.Find).ToList();
        errors
            .AddIf(string.IsNullOrWhiteSpace(panel.Id) || panel.Id.Length > MaxIdLength, prefix + "id", $"Give 1 to {MaxIdLength} characters.")
            .AddIf(string.IsNullOrWhiteSpace(panel.Title), prefix + "title", "A panel needs a title.")
            .AddIf(panel.Title?.Length > BoardPanel.MaxTitleLength, prefix + "title", $"A title has at most {BoardPanel.MaxTitleLength} characters.")
            .AddIf(metrics.Count == 0, prefix + "metrics", "Choose what is shown.")
            .AddIf(known.Contains(null), prefix + "metrics", $"Choose among {string.Join(", ", AnalyticsMetrics.All.Select(m => m.Name))}.")
            .AddIf(metrics.Distinct(StringComparer.Ordinal).Count() != metrics.Count, prefix + "metrics", "Each metric once.")
            .AddIf(panel.Kind != PanelKind.Table && known.OfType<AnalyticsMetric>().Select(m => m.Unit).Distinct().Count() > 1, prefix + "metrics", "A chart shows metrics of one unit; a table shows any.")
            .AddIf(panel.Kind is PanelKind.Number or PanelKind.HeatMap or PanelKind.Histogram && metrics.Count > 1, prefix + "metrics", "This kind of panel shows one metric.")
            .AddIf(metrics.Count > 8, prefix + "metrics", "At most 8.")
            .AddIf(panel.Kind != PanelKind.Table && panel.Dimension is not null && metrics.Count > 1, prefix + "metrics", "A chart that is broken down shows one metric.")
            .AddIf(panel.Dimension is { } dimension && !AnalyticsDimensions.All.Contains(dimension), prefix + "dimension", $"Choose among {string.Join(", ", AnalyticsDimensions.All)}.")
            .AddIf(
                panel.Dimension == AnalyticsDimensions.Status && metrics.Any(m => m != AnalyticsMetrics.Executions), prefix + "dimension",
                "By status only executions are counted.")
            .AddIf(panel.Kind is PanelKind.HeatMap && panel.Dimension is null, prefix + "dimension", "A heat map needs something to break down by.")
            .AddIf(panel.Kind is PanelKind.Histogram && panel.Dimension is not null, prefix + "dimension", "A histogram shows the latencies of everything together.")
            .AddIf(panel.Top is < 1 or > 20, prefix + "top", "1 to 20.")
            .AddIf(panel.Width is not (3 or 4 or 6 or 8 or 12), prefix + "width", "3, 4, 6, 8 or 12 of twelve columns.")
            .AddIf(panel.Filters?.Count > 8, prefix + "filters", "At most 8.")
            .AddIf(panel.Filters?.Any(f => f?.Dimension is null || !AnalyticsDimensions.Filters.Contains(f.Dimension)) == true, prefix + "filters", $"Choose among {string.Join(", ", AnalyticsDimensions.Filters)}.")
            .AddIf(panel.Filters?.Any(f => f?.Values is not { Count: > 0 }) == true, prefix + "filters", "Choose at least one value, or take the filter away.")
            .AddIf(
                panel.Filters?.Any(f => f?.Dimension == AnalyticsDimensions.Status) == true && metrics.Any(m => m != AnalyticsMetrics.Executions), prefix + "filters",
                "By status only executions are counted.");
    }
}
