using System.Globalization;
using System.Text;
using Loopai.Core.Analytics;
using Loopai.Portal.Pages.Executions;

namespace Loopai.Portal.Api;

/// <summary>An answer as a file: a row a series and point, or a row a series where there are no points.</summary>
public static class AnalyticsCsv
{
    public static IResult File(AnalyticsResult result, string name = "analytics") => Results.File(
        Encoding.UTF8.GetBytes(Text(result)), "text/csv", string.Create(CultureInfo.InvariantCulture, $"{name}-{result.From:yyyyMMdd}-{result.To:yyyyMMdd}.csv"));

    public static string Text(AnalyticsResult result)
    {
        var withPoints = result.Buckets.Count > 0;
        var text = new StringBuilder();
        string[] head =
        [
            .. withPoints ? ["start"] : Array.Empty<string>(), .. result.Dimensions, .. result.Dimensions.Select(d => d + "_name"), .. result.Metrics,
            .. result.CompareTotals is null ? [] : result.Metrics.Select(m => m + "_before"),
        ];
        text.AppendJoin(',', head).Append("\r\n");
        foreach (var series in result.Series)
        {
            if (!withPoints)
            {
                Row(text, result, series, null, series.Totals, series.CompareTotals);
            }

            foreach (var (index, point) in series.Points.Index())
            {
                Row(text, result, series, point.Start, point.Values, series.ComparePoints?.ElementAtOrDefault(index)?.Values);
            }
        }

        return text.ToString();
    }

    private static void Row(
        StringBuilder text, AnalyticsResult result, AnalyticsSeries series, DateTimeOffset? start, IReadOnlyList<decimal?> values, IReadOnlyList<decimal?>? before)
    {
        var keys = series.IsOther ? [.. result.Dimensions.Select(d => new AnalyticsValue(d, "other", "Other"))] : series.Key;
        string[] cells =
        [
            .. start is { } at ? [at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)] : Array.Empty<string>(),
            .. keys.Select(k => ExecutionsCsv.Cell(k.Value)), .. keys.Select(k => ExecutionsCsv.Cell(k.Label)), .. values.Select(Number),
            .. result.CompareTotals is null ? [] : result.Metrics.Select((_, i) => Number(before?[i])),
        ];
        text.AppendJoin(',', cells).Append("\r\n");
    }

    private static string Number(decimal? value) => value is { } number ? number.ToString("0.############", CultureInfo.InvariantCulture) : "";
}
