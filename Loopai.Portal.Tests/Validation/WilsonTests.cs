using Loopai.Core.Validation;

namespace Loopai.Portal.Tests.Validation;

public class WilsonTests
{
    /// <summary>R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 3.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Interval_PublishedCases_AreMet(double successes, double n, double low, double high)
    {
        var interval = Wilson.Interval(successes, n);
        interval.Low.ShouldBe(low, 0.00005);
        interval.High.ShouldBe(high, 0.00005);
    }

    [Fact]
    public void Interval_AllSuccesses_MirrorsNone()
    {
        var all = Wilson.Interval(20, 20);
        var none = Wilson.Interval(0, 20);
        all.High.ShouldBe(1);
        none.Low.ShouldBe(0);
        all.Low.ShouldBe(1 - none.High, 1e-12);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(-1, 5)]
    [InlineData(6, 5)]
    public void Interval_Impossible_IsRefused(double successes, double n) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Wilson.Interval(successes, n));

    [Fact]
    public void WeightedShare_WorkedExample_IsMet()
    {
        var share = WeightedShare.Of(matched: true, 0.1) + WeightedShare.Of(matched: false, 0.5);
        share.Estimate!.Value.ShouldBe(10.0 / 12, 1e-12);
        share.EffectiveSize.ShouldBe(144.0 / 104, 1e-12);
    }

    [Fact]
    public void WeightedShare_EqualProbabilities_IsThePlainProportion()
    {
        var share = Enumerable.Range(0, 263).Aggregate(default(WeightedShare), (sum, i) => sum + WeightedShare.Of(i < 81, 0.05));
        share.Estimate!.Value.ShouldBe(81.0 / 263, 1e-9);
        share.EffectiveSize.ShouldBe(263, 1e-6);
        share.Interval!.Value.Low.ShouldBe(0.2553, 0.00005);
    }

    [Fact]
    public void WeightedShare_NothingChecked_SaysNothing()
    {
        default(WeightedShare).Estimate.ShouldBeNull();
        default(WeightedShare).Interval.ShouldBeNull();
    }
}
