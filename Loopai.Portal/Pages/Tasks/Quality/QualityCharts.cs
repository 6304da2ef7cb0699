using Loopai.Core.Validation;

namespace Loopai.Portal.Pages.Tasks.Quality;

/// <summary>Quality as options of the Chart component.</summary>
internal static class QualityCharts
{
    public static object ByDay(IReadOnlyList<DayQuality> days, double? target)
    {
        // The band is stacked: an invisible line up to the lower bound, and on it the width of the interval.
        var floor = Math.Floor(Math.Max(0, days.Select(day => day.Accuracy.Low).Append(target ?? 1).DefaultIfEmpty(0).Min() - 0.02) * 20) / 20;
        return new Dictionary<string, object?>
        {
            ["unit"] = "percent",
            ["xAxis"] = new { type = "time", minInterval = 86_400_000 },
            ["yAxis"] = new { type = "value", min = floor, max = 1, splitNumber = 4, axisLabel = new { formatter = "format:percent" } },
            ["series"] = new object[]
            {
                Band("Low", days.Select(day => Point(day, day.Accuracy.Low)), 0),
                Band("Interval", days.Select(day => Point(day, day.Accuracy.High - day.Accuracy.Low)), .14),
                new Dictionary<string, object?>
                {
                    ["type"] = "line", ["name"] = "Accuracy", ["data"] = days.Select(day => Point(day, day.Accuracy.Value)), ["showSymbol"] = days.Count < 40,
                    ["symbolSize"] = 5, ["itemStyle"] = new { color = "var(--c-1)" }, ["lineStyle"] = new { width = 2, color = "var(--c-1)" },
                    ["markLine"] = target is null ? null : new
                    {
                        symbol = "none", silent = true, lineStyle = new { color = "var(--text-3)", type = "dashed" },
                        label = new { formatter = "target", position = "insideEndTop", color = "var(--text-2)", fontSize = 11 }, data = new[] { new { yAxis = target } },
                    },
                },
            },
        };
    }

    public static ChartTable DayTable(IReadOnlyList<DayQuality> days) => new(
        ["Day", "Accuracy", "95 % interval", "Verdicts"],
        [
            .. days.Select(day => (IReadOnlyList<string>)
            [
                day.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), Format.Percent(day.Accuracy.Value),
                Format.PercentInterval(day.Accuracy.Low, day.Accuracy.High), Format.Exact(day.Validated),
            ]),
        ]);

    /// <summary>Counts by right class and answer; what has no class of its own is left out.</summary>
    public static IReadOnlyList<IReadOnlyList<long>> Matrix(Confusion confusion)
    {
        var cells = confusion.Cells.Where(cell => cell is { Expected: not null, Actual: not null }).ToDictionary(cell => (cell.Expected!, cell.Actual!), cell => cell.Count);
        return [.. confusion.Classes.Select(right => (IReadOnlyList<long>)[.. confusion.Classes.Select(answered => cells.GetValueOrDefault((right.Class, answered.Class)))])];
    }

    private static object[] Point(DayQuality day, double value) =>
        [new DateTimeOffset(day.Day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)).ToUnixTimeMilliseconds(), value];

    private static Dictionary<string, object?> Band(string name, IEnumerable<object[]> points, double opacity) => new()
    {
        ["type"] = "line",
        ["name"] = name,
        ["stack"] = "band",
        ["data"] = points,
        ["showSymbol"] = false,
        ["silent"] = true,
        ["tooltip"] = new { show = false },
        ["itemStyle"] = new { color = "var(--c-1)" },
        ["lineStyle"] = new { opacity = 0 },
        ["areaStyle"] = new { opacity, color = "var(--c-1)" },
    };
}
