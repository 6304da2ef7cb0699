using Loopai.Portal.Demo;

namespace Loopai.Portal.Tests.Demo;

public sealed class TrafficPlanTests
{
    // A Monday at noon, so that the fourteen days hold two whole weekends.
    private static readonly DateTimeOffset End = new(2026, 3, 16, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(2_000)]
    [InlineData(50_000)]
    public void Times_AnyCount_LieWithinTheDaysInOrderEachInItsOwnMillisecond(int count)
    {
        var times = TrafficPlan.Times(count, End.AddTicks(1234));

        times.Count.ShouldBe(count);
        times[0].ShouldBeGreaterThanOrEqualTo(End.AddDays(-TrafficPlan.Days));
        times[^1].ShouldBeLessThan(End);
        times.Zip(times.Skip(1)).ShouldAllBe(pair => pair.First < pair.Second);
        times.ShouldAllBe(t => t.Ticks % TimeSpan.TicksPerMillisecond == 0);
    }

    [Fact]
    public void Times_SameEnd_AreTheSame() => TrafficPlan.Times(500, End).ShouldBe(TrafficPlan.Times(500, End));

    [Fact]
    public void Times_TwoWeeks_LookLikeBusiness()
    {
        var times = TrafficPlan.Times(2_000, End);

        var weekend = times.Count(t => t.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) / 4.0;
        var workday = times.Count(t => t.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)) / 10.0;
        workday.ShouldBeGreaterThan(3 * weekend);
        times.Count(t => t.Hour is >= 8 and < 18).ShouldBeGreaterThan(times.Count * 7 / 10);
        times.Count(t => t >= End.AddDays(-7)).ShouldBeGreaterThan(times.Count * 11 / 20);
        times.Select(t => t.Date).Distinct().Count().ShouldBe(15);
    }
}
