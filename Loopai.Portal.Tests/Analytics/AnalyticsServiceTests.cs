using Loopai.Core.Analytics;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Analytics;

public sealed class AnalyticsServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private static readonly string[] AllMetrics = ["executions", "errorRate", "accuracy", "latencyP95Ms", "cost", "costPerExecution", "costPerCorrect", "unpriced"];

    [Fact]
    public async Task QueryAsync_DaysInBerlinOverTheClockChangeWithOther_EqualsCounting()
    {
        var given = await GivenFigures.Async(fixture.Database);
        await given.RunAsync(1500, TimeSpan.FromDays(6));
        await given.JudgeAsync();
        var from = new DateTimeOffset(2026, 3, 27, 23, 0, 0, TimeSpan.Zero);
        var to = new DateTimeOffset(2026, 3, 30, 22, 0, 0, TimeSpan.Zero);

        var answer = await given.Service.QueryAsync(given.Caller, Query(from, to) with { Dimensions = ["key"], Top = 2, Compare = AnalyticsCompare.PreviousPeriod }, default);

        // Saturday, the Sunday of 23 hours, and Monday.
        answer.Buckets.ShouldBe([from, new(2026, 3, 28, 23, 0, 0, TimeSpan.Zero), new(2026, 3, 29, 22, 0, 0, TimeSpan.Zero)]);
        answer.CompareFrom.ShouldBe(new DateTimeOffset(2026, 3, 24, 23, 0, 0, TimeSpan.Zero));
        var verdicts = await given.VerdictsAsync();
        var own = given.Executions.Where(e => e.EnvironmentId == given.Organization.EnvironmentId).ToList();
        var asked = own.Where(e => e.ExecutedAt >= from && e.ExecutedAt < to).ToList();
        var top = asked.GroupBy(e => e.ApiKeyId).OrderByDescending(g => g.Count()).Select(g => g.Key).Take(2).ToList();
        answer.Series.Select(s => s.IsOther).ShouldBe([false, false, true]);
        for (var s = 0; s < 3; s++)
        {
            var its = own.Where(e => s < 2 ? e.ApiKeyId == top[s] : !top.Contains(e.ApiKeyId)).ToList();
            ShouldBe(answer.Series[s].Totals, its.Where(asked.Contains), verdicts);
            ShouldBe(answer.Series[s].CompareTotals!, its.Where(e => e.ExecutedAt >= answer.CompareFrom && e.ExecutedAt < answer.CompareTo), verdicts);
            for (var b = 0; b < 3; b++)
            {
                var end = b < 2 ? answer.Buckets[b + 1] : to;
                ShouldBe(answer.Series[s].Points[b].Values, its.Where(e => e.ExecutedAt >= answer.Buckets[b] && e.ExecutedAt < end), verdicts);
            }
        }

        ShouldBe(answer.Totals, asked, verdicts);
    }

    [Theory]
    [InlineData(AnalyticsInterval.None, "UTC", 6 * 24 * 60)]
    [InlineData(AnalyticsInterval.Minute, "UTC", 600)]
    [InlineData(AnalyticsInterval.Hour, "Asia/Kolkata", 1000)]
    [InlineData(AnalyticsInterval.Month, "America/New_York", 6 * 24 * 60)]
    public async Task QueryAsync_AnyIntervalAndZone_CountsEverythingOnce(AnalyticsInterval interval, string zone, int minutes)
    {
        var given = await GivenFigures.Async(fixture.Database);
        await given.RunAsync(400, TimeSpan.FromDays(6));
        var from = GivenFigures.Now.AddMinutes(-minutes);

        var answer = await given.Service.QueryAsync(
            given.Caller, Query(from, GivenFigures.Now) with { Metrics = ["executions"], Interval = interval, TimeZone = zone, Dimensions = ["status", "task"] }, default);

        var counted = given.Executions.Where(e => e.EnvironmentId == given.Organization.EnvironmentId && e.ExecutedAt >= answer.From && e.ExecutedAt < answer.To).ToList();
        answer.Notes.ShouldBe(interval is AnalyticsInterval.Minute or AnalyticsInterval.Hour ? [] : [answer.Notes.Single()]);
        answer.Totals.ShouldBe([counted.Count]);
        answer.Series.Sum(s => s.Totals[0]).ShouldBe(counted.Count);
        answer.Series.ShouldAllBe(s => interval == AnalyticsInterval.None || s.Points.Sum(p => p.Values[0]) == s.Totals[0]);
        (answer.From - from).Duration().ShouldBeLessThanOrEqualTo(TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task QueryAsync_Filters_LeaveOutWhatTheySay()
    {
        var given = await GivenFigures.Async(fixture.Database);
        await given.RunAsync(400, TimeSpan.FromDays(1));
        var query = Query(GivenFigures.Now.AddDays(-1), GivenFigures.Now) with { Metrics = ["executions"], Interval = AnalyticsInterval.None };

        var answer = await given.Service.QueryAsync(
            given.Caller,
            query with
            {
                Filters =
                [
                    new("task", AnalyticsOperator.NotIn, [given.Tasks[0].Id.ToString()]), new("key", AnalyticsOperator.In, [given.Keys[0].ToString(), "none"]),
                    new("status", AnalyticsOperator.NotIn, ["success"]),
                ],
            },
            default);

        answer.Totals.ShouldBe([given.Executions.Count(e => e.EnvironmentId == given.Organization.EnvironmentId && e.TaskId != given.Tasks[0].Id
            && (e.ApiKeyId is null || e.ApiKeyId == given.Keys[0]) && e.Status != ExecutionStatus.Success && e.ExecutedAt >= answer.From)]);
    }

    [Fact]
    public async Task QueryAsync_ByVersion_TellsTheVersionsOfTasksApart()
    {
        var given = await GivenFigures.Async(fixture.Database);
        await given.RunAsync(200, TimeSpan.FromHours(20));
        var query = Query(GivenFigures.Now.AddDays(-1), GivenFigures.Now) with { Metrics = ["executions"], Interval = AnalyticsInterval.None, Dimensions = ["version"] };

        var all = await given.Service.QueryAsync(given.Caller, query, default);
        var one = await given.Service.QueryAsync(given.Caller, query with { Filters = [new("task", AnalyticsOperator.In, [given.Tasks[0].Id.ToString()])] }, default);

        all.Dimensions.ShouldBe(["task", "version"]);
        var names = given.Tasks.ToDictionary(t => t.Id, t => t.Name);
        all.Series.ToDictionary(s => s.Label, s => s.Totals[0]).ShouldBe(
            given.Executions.Where(e => e.EnvironmentId == given.Organization.EnvironmentId).GroupBy(e => $"{names[e.TaskId]} · v{e.Version}").ToDictionary(g => g.Key, g => (decimal?)g.Count()),
            ignoreOrder: true);
        one.Series.Select(s => s.Label).Order(StringComparer.Ordinal).ShouldBe(["v1", "v2"]);
    }

    [Fact]
    public async Task QueryAsync_EverythingWrong_SaysAllOfIt()
    {
        var given = await GivenFigures.Async(fixture.Database);

        var invalid = await Should.ThrowAsync<InvalidException>(given.Service.QueryAsync(
            given.Caller,
            new AnalyticsQuery(["speed"], ["task", "moon"], [new("key", AnalyticsOperator.In, ["x"])], GivenFigures.Now, GivenFigures.Now.AddDays(-1), AnalyticsInterval.Minute, "Mars", AnalyticsCompare.None, 0),
            default));

        invalid.Errors.Keys.ShouldBe(["metrics", "dimensions", "filter", "to", "top", "timeZone"], ignoreOrder: true);
    }

    private static AnalyticsQuery Query(DateTimeOffset from, DateTimeOffset to) =>
        new(AllMetrics, [], [], from, to, AnalyticsInterval.Day, "Europe/Berlin", AnalyticsCompare.None, null);

    private static void ShouldBe(IReadOnlyList<decimal?> values, IEnumerable<Execution> executions, List<ValidationRecord> verdicts)
    {
        var its = executions.ToList();
        var judged = verdicts.Where(v => its.Exists(e => e.Id == v.ExecutionId)).ToList();
        var accuracy = judged.Count == 0 ? (double?)null : judged.Where(v => v.Status == ValidationStatus.Matched).Sum(v => 1 / v.Probability) / judged.Sum(v => 1 / v.Probability);
        var priced = its.Where(e => e.Cost is not null).ToList();
        values[0].ShouldBe(its.Count);
        Near(values[1], its.Count == 0 ? null : (double)its.Count(e => e.Status != ExecutionStatus.Success) / its.Count, 1e-12);
        Near(values[2], accuracy, 1e-8);
        Near(values[3], its.Count == 0 ? null : its.Select(e => e.LatencyUs).Order().ElementAt((int)(0.95 * (its.Count - 1))) / 1000.0, 0.01);
        values[4].ShouldBe(priced.Count == 0 ? null : priced.Sum(e => e.Cost));
        Near(values[5], priced.Count == 0 ? null : (double)priced.Average(e => e.Cost)!, 1e-9);
        Near(values[6], priced.Count == 0 || accuracy is not > 0 ? null : (double)priced.Average(e => e.Cost)! / accuracy, 1e-7);
        values[7].ShouldBe(its.Count - priced.Count);
    }

    private static void Near(decimal? value, double? expected, double relative)
    {
        (value is null).ShouldBe(expected is null);
        if (expected is { } e)
        {
            ((double)value!).ShouldBe(e, (Math.Abs(e) * relative) + 1e-15);
        }
    }
}
