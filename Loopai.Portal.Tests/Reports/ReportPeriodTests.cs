using Loopai.Core.Reports;
using Loopai.Core.Reports.Building;

namespace Loopai.Portal.Tests.Reports;

public sealed class ReportPeriodTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData(PeriodKind.Day, "2026-03-04T08:00:00Z", "2026-03-03", "2026-03-03", "2026-03-02", "2026-03-02")]
    [InlineData(PeriodKind.Week, "2026-03-04T08:00:00Z", "2026-02-23", "2026-03-01", "2026-02-16", "2026-02-22")]
    [InlineData(PeriodKind.Month, "2026-03-04T08:00:00Z", "2026-02-01", "2026-02-28", "2026-01-01", "2026-01-31")]
    [InlineData(PeriodKind.Quarter, "2026-03-04T08:00:00Z", "2025-10-01", "2025-12-31", "2025-07-01", "2025-09-30")]
    // In Berlin it is April already.
    [InlineData(PeriodKind.Month, "2026-03-31T22:30:00Z", "2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28")]
    // A Monday's own week is not over.
    [InlineData(PeriodKind.Week, "2026-03-02T00:30:00Z", "2026-02-23", "2026-03-01", "2026-02-16", "2026-02-22")]
    public void Of_AMoment_IsTheLastFullPeriodOfTheZone(PeriodKind kind, string now, string first, string last, string firstBefore, string lastBefore)
    {
        var definition = new ReportDefinition { Period = kind };
        var period = ReportPeriod.Of(definition, DateTimeOffset.Parse(now), Berlin);
        (period.First, period.Last).ShouldBe((DateOnly.Parse(first), DateOnly.Parse(last)));
        var before = period.Before(definition, Berlin)!;
        (before.First, before.Last).ShouldBe((DateOnly.Parse(firstBefore), DateOnly.Parse(lastBefore)));
        before.To.ShouldBe(period.From);
    }

    [Fact]
    public void Of_AMonthInWhichTheClockChanges_IsAnHourShorter()
    {
        var march = ReportPeriod.Of(new ReportDefinition { Period = PeriodKind.Month }, new(2026, 4, 2, 8, 0, 0, TimeSpan.Zero), Berlin);
        (march.To - march.From).ShouldBe(TimeSpan.FromHours((31 * 24) - 1));
        march.From.ShouldBe(new DateTimeOffset(2026, 2, 28, 23, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void Words_AreShortWhereThePeriodHasAName()
    {
        var definition = new ReportDefinition { Period = PeriodKind.Month };
        var now = new DateTimeOffset(2026, 4, 2, 8, 0, 0, TimeSpan.Zero);
        ReportPeriod.Of(definition, now, Berlin).Words(System.Globalization.CultureInfo.GetCultureInfo("de")).ShouldBe("März 2026");
        ReportPeriod.Of(definition, now, Berlin).FileWords().ShouldBe("2026-03");
        ReportPeriod.Of(definition with { Period = PeriodKind.Week }, now, Berlin).FileWords().ShouldBe("2026-03-23_2026-03-29");
    }
}
