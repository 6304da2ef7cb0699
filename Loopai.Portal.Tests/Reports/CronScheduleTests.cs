using Loopai.Core.Reports.Scheduling;

namespace Loopai.Portal.Tests.Reports;

public sealed class CronScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    // 29 March 2026, 02:00 to 03:00 does not exist in Berlin.
    [InlineData("30 2 * * *", "2026-03-27T12:00:00Z", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    // 25 October 2026, 02:00 to 03:00 comes twice: the first time counts.
    [InlineData("30 2 * * *", "2026-10-23T12:00:00Z", "2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    // Every hour goes by the hours that pass.
    [InlineData("30 * * * *", "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z")]
    [InlineData("30 * * * *", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z")]
    // Several skipped times are one moment.
    [InlineData("0,15,30,45 2 * * *", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z", "2026-03-30T00:15:00Z")]
    public void Next_ClockChanges_RunsOnceADay(string cron, string after, params string[] expected) =>
        CronSchedule.Parse(cron).Next(DateTimeOffset.Parse(after), Berlin, expected.Length).ShouldBe(expected.Select(DateTimeOffset.Parse));

    [Theory]
    [InlineData("0 7 * * MON", "2026-03-04T00:00:00Z", "2026-03-09T07:00:00Z")]
    [InlineData("0 7 * * 1-5", "2026-03-06T08:00:00Z", "2026-03-09T07:00:00Z")]
    [InlineData("0 7 * * 7", "2026-03-04T00:00:00Z", "2026-03-08T07:00:00Z")]
    [InlineData("*/20 6-7 * * *", "2026-03-04T06:41:00Z", "2026-03-04T07:00:00Z")]
    [InlineData("0 0 1 JAN,jul *", "2026-03-04T00:00:00Z", "2026-07-01T00:00:00Z")]
    [InlineData("0 6 L * *", "2026-02-04T00:00:00Z", "2026-02-28T06:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-03-04T00:00:00Z", "2028-02-29T00:00:00Z")]
    // Both kinds of day: either will do, as in cron.
    [InlineData("0 0 13 * FRI", "2026-03-08T00:00:00Z", "2026-03-13T00:00:00Z")]
    [InlineData("0 0 13 * FRI", "2026-03-13T00:00:00Z", "2026-03-20T00:00:00Z")]
    public void Next_Fields_MeanWhatCronMeans(string cron, string after, string expected) =>
        CronSchedule.Parse(cron).Next(DateTimeOffset.Parse(after), TimeZoneInfo.Utc).ShouldBe(DateTimeOffset.Parse(expected));

    [Theory]
    [InlineData("")]
    [InlineData("0 7 * *")]
    [InlineData("0 7 * * MON EXTRA")]
    [InlineData("60 7 * * *")]
    [InlineData("0 7 0 * *")]
    [InlineData("0 7 * * FUN")]
    [InlineData("0 7 5-1 * *")]
    [InlineData("*/0 7 * * *")]
    [InlineData("0 7 31 2 *")]
    [InlineData("-1 7 * * *")]
    public void TryParse_WhatWouldNeverRun_IsToldSo(string cron)
    {
        CronSchedule.TryParse(cron, out _, out var error).ShouldBeFalse();
        error.ShouldNotBeEmpty();
    }
}
