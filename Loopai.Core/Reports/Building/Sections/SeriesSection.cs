using Loopai.Core.Analytics;

namespace Loopai.Core.Reports.Building.Sections;

/// <summary>A figure over the days of the period, whole or broken down.</summary>
public sealed class SeriesSection(FigureReader figures) : ISectionSource
{
    /// <summary>More days than this are shown by week.</summary>
    private const int MostDays = 92;

    public SectionKind Kind => SectionKind.Series;

    public string Title => "Over time";

    public async Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct)
    {
        var metric = section.Metrics[0];
        var days = context.Period.Last.DayNumber - context.Period.First.DayNumber + 1;
        var interval = days == 1 ? AnalyticsInterval.Hour : days > MostDays ? AnalyticsInterval.Week : AnalyticsInterval.Day;
        var result = await figures.ReadAsync(context, context.Period, [metric], section.Dimension, interval, section.Dimension is null ? null : section.Top, ct);
        var title = section.Title.Length > 0 ? section.Title : Title;
        if (result.Series.Count == 0)
        {
            return new SectionContent(title, Kind, [], "Nothing ran in this time.");
        }

        var isSum = AnalyticsMetrics.Find(metric)?.IsSum == true;
        if (isSum && result.Series.All(s => s.Points.All(p => p.Values[0] is null or 0)))
        {
            return new SectionContent(title, Kind, [], "None in this time.");
        }

        List<ChartLine> lines =
            [.. result.Series.Select(s => new ChartLine(section.Dimension is null ? FigureReader.LabelOf(metric) : s.Label, [.. s.Points.Select(p => (double?)p.Values[0])]))];
        return new SectionContent(
            title, Kind, [new ChartBlock($"{title}: {FigureReader.LabelOf(metric)}", FigureReader.KindOf(metric), result.Buckets, lines, isSum && section.Dimension is not null)],
            result.Notes.Count > 0 ? string.Join(' ', result.Notes) : null);
    }
}
