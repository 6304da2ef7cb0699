using System.Globalization;
using Loopai.Core.Analytics;

namespace Loopai.Core.Reports.Building.Sections;

/// <summary>Figures by task, version, key or team, the greatest first and the rest as one line, with all of it at the end.</summary>
public sealed class TableSection(FigureReader figures) : ISectionSource
{
    public SectionKind Kind => SectionKind.Table;

    public string Title => "Figures";

    public async Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct)
    {
        var dimension = section.Dimension ?? AnalyticsDimensions.Task;
        var now = await figures.ReadAsync(context, context.Period, section.Metrics, dimension, AnalyticsInterval.None, section.Top, ct);
        var title = section.Title.Length > 0 ? section.Title : Title;
        if (now.Series.Count == 0)
        {
            return new SectionContent(title, Kind, [], "Nothing ran in this time.");
        }

        IReadOnlyList<ReportColumn> columns =
            [new(CultureInfo.InvariantCulture.TextInfo.ToTitleCase(dimension)), .. section.Metrics.Select(m => new ReportColumn(FigureReader.LabelOf(m), FigureReader.KindOf(m)))];
        List<IReadOnlyList<object?>> rows = [.. now.Series.Select(s => (IReadOnlyList<object?>)[s.Label, .. s.Totals.Select(v => (object?)v)])];
        if (now.Series.Count > 1)
        {
            rows.Add(["Total", .. now.Totals.Select(v => (object?)v)]);
        }

        return new SectionContent(title, Kind, [new TableBlock(columns, rows)], now.Notes.Count > 0 ? string.Join(' ', now.Notes) : null);
    }
}
