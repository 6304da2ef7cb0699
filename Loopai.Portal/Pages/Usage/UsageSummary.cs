using Loopai.Core.Usage;

namespace Loopai.Portal.Pages.Usage;

/// <param name="Id">The key or the task; null for people in the portal.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Executions">How many.</param>
/// <param name="Errors">How many of them did not succeed.</param>
/// <param name="Ms">How long they ran.</param>
public sealed record UsageShare(Guid? Id, string Name, long Executions, long Errors, double Ms);

/// <summary>A report added up for people.</summary>
public sealed record UsageSummary(UsageReport Report, IReadOnlyList<UsageShare> ByKey, IReadOnlyList<UsageShare> ByTask, object Chart, ChartTable Table)
{
    /// <summary>More colours cannot be told apart.</summary>
    private const int MostSeries = 5;

    public long Executions => ByKey.Sum(share => share.Executions);

    public long Errors => ByKey.Sum(share => share.Errors);

    public double Ms => ByKey.Sum(share => share.Ms);

    public static UsageSummary Of(UsageReport report)
    {
        var byKey = Shares(report, row => (row.KeyId, row.Key));
        var first = byKey.Take(MostSeries).ToList();
        var series = first.Select(key => Series(report, key.Name, row => row.KeyId == key.Id)).ToList();
        if (byKey.Count > MostSeries)
        {
            series.Add(Series(report, "Others", row => first.All(key => key.Id != row.KeyId)));
        }

        return new UsageSummary(
            report, byKey, Shares(report, row => (row.TaskId, row.Task)), ChartOption.TimeSeries(series, bars: true, utc: true), ChartOption.Table(series, Format.Exact));
    }

    private static List<UsageShare> Shares(UsageReport report, Func<UsageRow, (Guid? Id, string Name)> by) =>
    [
        .. report.Items.GroupBy(by).Select(g => new UsageShare(g.Key.Id, g.Key.Name, g.Sum(r => r.Executions), g.Sum(r => r.Errors), g.Sum(r => r.ExecutionMs)))
            .OrderByDescending(share => share.Executions).ThenBy(share => share.Name, StringComparer.Ordinal),
    ];

    private static ChartSeries Series(UsageReport report, string name, Func<UsageRow, bool> which)
    {
        var byDay = report.Items.Where(which).GroupBy(row => row.Day).ToDictionary(g => g.Key, g => g.Sum(row => row.Executions));
        return new ChartSeries(
            name,
            [
                .. Enumerable.Range(0, report.To.DayNumber - report.From.DayNumber + 1).Select(report.From.AddDays)
                    .Select(day => (new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), (double?)byDay.GetValueOrDefault(day))),
            ]);
    }
}
