using Loopai.Core.Analytics;

namespace Loopai.Portal.Tests.Analytics;

public sealed class AnomaliesTests
{
    [Fact]
    public void Judge_TheWorkedExample_TellsTheFarOneOnly()
    {
        double[] earlier = [100, 104, 98, 102];

        Anomalies.Judge(160, earlier, isCount: true)!.Distance.ShouldBe((160 - 101) / Math.Sqrt(101), 1e-9);
        Anomalies.Judge(130, earlier, isCount: true).ShouldBeNull();
        Anomalies.Judge(160, [100, 104], isCount: true).ShouldBeNull();
    }

    [Fact]
    public void Judge_QuietWeeks_DoNotMakeEveryChangeAnAlarm()
    {
        Anomalies.Judge(3, [0, 0, 0, 0], isCount: true).ShouldBeNull();
        Anomalies.Judge(0.98, [0.96, 0.96, 0.96, 0.96], isCount: false).ShouldBeNull();
        Anomalies.Judge(0.2, [0.96, 0.96, 0.96, 0.96], isCount: false)!.Usual.ShouldBe(0.96);
    }

    [Fact]
    public void Find_HoursOverTheClockChange_AreHeldAgainstTheSameLocalHour()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var at = new DateTimeOffset(2026, 3, 30, 7, 0, 0, TimeSpan.Zero);

        // Nine in the morning: an hour later by UTC before the clocks went forward.
        var points = Enumerable.Range(1, 4).SelectMany(w => new[] { (at.AddDays(-7 * w), (double?)10), (at.AddDays(-7 * w).AddHours(1), 900) }).Append((at, 905)).ToList();

        Anomalies.Find(points, at, isCount: true, zone).ShouldBeEmpty();
    }
}
