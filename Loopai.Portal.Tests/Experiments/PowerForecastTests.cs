using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Planning;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Portal.Tests.Experiments;

public sealed class PowerForecastTests
{
    private static readonly PowerForecast Fixed = new(
        1000, 1, 0.5, 0.5, 1, Baseline.OfShare(0.1, 1), 0.1, new AnalysisPlan { Method = StatisticalMethod.FixedHorizon, TargetUnits = 40_000 });

    [Fact]
    public void DaysNeeded_FixedHorizon_IsWhatSampleSizeSays()
    {
        var perArm = SampleSize.ForProportion(0.1, 0.11, new TestPlan())!.Value;
        Fixed.DaysNeeded()!.Value.ShouldBe(perArm * 2 / 1000, perArm * 2 / 1000 * 0.06);
    }

    [Fact]
    public void DaysNeeded_MayBeLookedAtAnyTime_TakesLonger() =>
        (Fixed with { Plan = new AnalysisPlan() }).DaysNeeded()!.Value.ShouldBeGreaterThan(Fixed.DaysNeeded()!.Value);

    [Fact]
    public void DaysNeeded_WithLess_TakesLonger()
    {
        var days = Fixed.DaysNeeded()!.Value;
        (Fixed with { Coverage = 0.5 }).DaysNeeded()!.Value.ShouldBe(days * 2, days * 0.1);
        (Fixed with { MinimumEffect = 0.05 }).DaysNeeded()!.Value.ShouldBe(days * 4, days * 0.2);
        (Fixed with { Baseline = Baseline.OfShare(0.1, 0.25) }).DaysNeeded()!.Value.ShouldBe(days * 4, days * 0.2);
        (Fixed with { Treatment = 0.05, Control = 0.95 }).DaysNeeded()!.Value.ShouldBeGreaterThan(days * 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e-9)]
    public void DaysNeeded_WithoutTraffic_CannotBeSaid(double perDay)
    {
        var none = Fixed with { UnitsPerDay = perDay };
        none.DaysNeeded().ShouldBeNull();
        none.Curve(30).ShouldAllBe(p => double.IsFinite(p.Power));
    }

    [Fact]
    public void PowerAfter_ManyDays_ReachesThePlansPower()
    {
        var days = Fixed.DaysNeeded()!.Value;
        Fixed.PowerAfter(days).ShouldBe(0.8, 0.02);
        Fixed.Curve(days * 2).Select(p => p.Power).ShouldBeInOrder();
        Fixed.DetectableAfter(days)!.Value.ShouldBe(0.1, 0.005);
    }
}
