using Loopai.Core.Analytics;

namespace Loopai.Core.Reports.Building.Sections;

/// <summary>Figures of the period with their change.</summary>
public sealed class HeadlineSection(FigureReader figures) : ISectionSource
{
    public SectionKind Kind => SectionKind.Headline;

    public string Title => "At a glance";

    public async Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct)
    {
        var now = await figures.ReadAsync(context, context.Period, section.Metrics, null, AnalyticsInterval.None, null, ct);
        var before = context.Before is { } earlier ? await figures.ReadAsync(context, earlier, section.Metrics, null, AnalyticsInterval.None, null, ct) : null;
        return new SectionContent(
            section.Title.Length > 0 ? section.Title : Title, Kind,
            [
                new FiguresBlock([.. section.Metrics.Select((metric, i) => new ReportFigure(
                    FigureReader.LabelOf(metric), (double?)now.Totals[i], FigureReader.KindOf(metric), (double?)before?.Totals[i], FigureReader.MoreIsBetter(metric)))]),
            ],
            now.Notes.Count > 0 ? string.Join(' ', now.Notes) : null);
    }
}
