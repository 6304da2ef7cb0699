using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Portal.Tests.Experiments.Statistics;

public class DifferencePropertyTests
{
    [Fact]
    public void Between_ArmsSwapped_ChangesTheSign() => Prop.ForAll(Pairs.ToArbitrary(), pair =>
    {
        var there = Difference.Between(pair.Control, pair.Treatment, Scale.Absolute);
        var back = Difference.Between(pair.Treatment, pair.Control, Scale.Absolute);
        return there.State == back.State && Near(there.Uplift, -back.Uplift) && Near(there.StandardError, back.StandardError);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Between_MetricScaled_LeavesTheRelativeUpliftAndItsTestAlone() => Prop.ForAll(Pairs.ToArbitrary(), pair =>
    {
        var once = FixedHorizon.Test(Difference.Between(pair.Control, pair.Treatment, Scale.Relative), 0.05);
        var often = FixedHorizon.Test(Difference.Between(Scaled(pair.Control, 1_000), Scaled(pair.Treatment, 1_000), Scale.Relative), 0.05);
        return pair.Control.Kind == SampleKind.Proportion
            || (once.State == often.State && Near(once.Uplift ?? 0, often.Uplift ?? 0) && Near(once.PValue ?? 0, often.PValue ?? 0));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Tests_OfAnything_GiveFiniteFiguresOrANamedState() => Prop.ForAll(Wild.ToArbitrary(), pair =>
    {
        foreach (var scale in new[] { Scale.Absolute, Scale.Relative })
        {
            var d = Difference.Between(pair.Control, pair.Treatment, scale);
            var guardrail = Guardrail.Judge(pair.Control, pair.Treatment, true, 0.01, 0.05, 3);

            // The serializer refuses what is not a number, so nothing of the kind can be in it.
            JsonSerializer.Serialize(new object?[]
            {
                FixedHorizon.Test(d, 0.05), FixedHorizon.Test(d, 0.05, Tail.Less), Sequential.Test(d, 0.05), Sequential.Test(d, 0.01, 100, Tail.Greater),
                Bayesian.Posterior(d, scale, null, 0.05), Bayesian.Posterior(d, scale, UpliftPrior.Default, 0.05, true), guardrail,
                Bandit.Weigh([pair.Control, pair.Treatment]), Power.Now(d, new PowerDesign(0.1)), Power.Detectable(d, new PowerDesign(0.1)),
                pair.Control.Value, Stratification.Between([new Stratum(pair.Control, pair.Treatment), new Stratum(pair.Treatment, pair.Control)], scale),
            }).ShouldNotBeNull();
        }

        return true;
    }).QuickCheckThrowOnFailure();

    public static TheoryData<string, Sample, Sample, EffectState, EffectState> Degenerate => new()
    {
        { "no units", Sample.Mean(0, 0, 0), Sample.Mean(100, 10, 20), EffectState.TooFewUnits, EffectState.TooFewUnits },
        { "one unit", Sample.Mean(1, 3, 9), Sample.Mean(100, 10, 20), EffectState.TooFewUnits, EffectState.TooFewUnits },
        { "no conversions", Sample.Proportion(1_000, 0), Sample.Proportion(1_000, 3), EffectState.NoVariance, EffectState.NoVariance },
        { "all convert", Sample.Proportion(1_000, 1_000), Sample.Proportion(1_000, 999), EffectState.NoVariance, EffectState.NoVariance },
        { "equal values", Sample.Mean(3, 0.3, 0.03), Sample.Mean(3, 0.6, 0.12), EffectState.NoVariance, EffectState.NoVariance },
        { "control 0", Sample.Mean(100, 0, 50), Sample.Mean(100, 10, 20), EffectState.Estimated, EffectState.ZeroBaseline },
        { "no denominator", Sample.Ratio(100, 0, 0, 0, 0, 0), Sample.Ratio(100, 50, 60, 100, 120, 55), EffectState.NoVariance, EffectState.NoVariance },
        { "ratio always 1", Sample.Ratio(100, 250, 900, 250, 900, 900), Sample.Ratio(100, 50, 60, 100, 120, 55), EffectState.NoVariance, EffectState.NoVariance },
        { "beyond computing", Sample.Mean(10, 1e200, double.MaxValue), Sample.Mean(10, 1, 2), EffectState.OutOfRange, EffectState.OutOfRange },
        { "a billion units", Sample.Proportion(1_000_000_000, 100_000_000), Sample.Proportion(1_000_000_000, 100_100_000), EffectState.Estimated, EffectState.Estimated },
    };

    [Theory]
    [MemberData(nameof(Degenerate))]
    public void Between_DegenerateArms_NamesTheirState(string what, Sample control, Sample treatment, EffectState absolute, EffectState relative)
    {
        Difference.Between(control, treatment, Scale.Absolute).State.ShouldBe(absolute, what);
        Difference.Between(control, treatment, Scale.Relative).State.ShouldBe(relative, what);
    }

    [Fact]
    public void FixedHorizon_OfABillionUnits_IsRightToTheLastDigit()
    {
        // z = 0.0001 / √(0.1·0.9/10⁹ + 0.1001·0.8999/10⁹), by hand.
        var effect = FixedHorizon.Test(
            Difference.Between(Sample.Proportion(1_000_000_000, 100_000_000), Sample.Proportion(1_000_000_000, 100_100_000), Scale.Absolute), 0.05);
        effect.Uplift!.Value.ShouldBe(0.0001, 1e-12);
        effect.StandardError!.Value.ShouldBe(Math.Sqrt((0.09 + (0.1001 * 0.8999)) / 1e9), 1e-15);
        effect.Interval!.Value.High!.Value.ShouldBe(0.0001 + (1.959963984540054 * effect.StandardError.Value), 1e-12);
    }

    [Fact]
    public void Stratification_OneStratum_IsThePlainDifference()
    {
        var (control, treatment) = (Sample.Mean(500, 1_000, 4_000), Sample.Mean(500, 1_100, 4_500));
        Stratification.Between([new Stratum(control, treatment)], Scale.Relative).ShouldBe(Difference.Between(control, treatment, Scale.Relative));
    }

    [Theory]
    [InlineData(GuardrailState.Collecting, 20, 0, 20, 20)]
    [InlineData(GuardrailState.Watching, 200, 2, 200, 4)]
    [InlineData(GuardrailState.Hurt, 500, 0, 500, 100)]
    [InlineData(GuardrailState.Safe, 100_000, 5_000, 100_000, 4_000)]
    public void Guardrail_OfErrors_SpeaksAlsoWhereAnArmHasNone(GuardrailState expected, long controlUnits, double controlErrors, long units, double errors) =>
        Guardrail.Judge(Sample.Proportion(controlUnits, controlErrors), Sample.Proportion(units, errors), higherIsBetter: false, 0.05, 0.05, 3).State.ShouldBe(expected);

    [Fact]
    public void Guardrail_WorseWithinTheTolerance_IsNotHurt()
    {
        var (control, worse) = (Sample.Mean(50_000, 50_000, 60_000), Sample.Mean(50_000, 51_500, 64_000));
        Guardrail.Judge(control, worse, higherIsBetter: false, 0, 0.05, 1).State.ShouldBe(GuardrailState.Hurt);
        Guardrail.Judge(control, worse, higherIsBetter: false, 0.1, 0.05, 1).State.ShouldBe(GuardrailState.Safe);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.01)]
    [InlineData(0.0025)]
    public void Sequential_CorrectedInterval_SaysWhatThePValueSays(double corrected)
    {
        var d = Difference.Between(Sample.Proportion(4_000, 400), Sample.Proportion(4_000, 480), Scale.Relative);
        for (var factor = 0.5; factor < 3; factor += 0.01)
        {
            var effect = Sequential.Test(d with { Uplift = d.Uplift * factor }, corrected, tunedAlpha: 0.05);
            effect.Interval!.Value.Holds(0).ShouldBe(effect.PValue > corrected);
        }
    }

    [Fact]
    public void Guardrail_OfQuantiles_ComparesBeyondTheTolerance()
    {
        var (control, slower) = (new PointEstimate(100, 1, 60, 50_000), new PointEstimate(120, 1, 60, 50_000));
        Guardrail.Judge(control, slower, higherIsBetter: false, 0.1, 0.05, 1).State.ShouldBe(GuardrailState.Hurt);
        Guardrail.Judge(control, slower, higherIsBetter: false, 0.3, 0.05, 1).State.ShouldBe(GuardrailState.Safe);
        Guardrail.Judge(control, slower, higherIsBetter: true, 0, 0.05, 1).State.ShouldBe(GuardrailState.Safe);
        Guardrail.Judge(control with { Units = 29 }, slower, higherIsBetter: false, 0.1, 0.05, 1).State.ShouldBe(GuardrailState.Collecting);
        Guardrail.Judge(control, null, higherIsBetter: true, 0, 0.05, 1).State.ShouldBe(GuardrailState.Collecting);
    }

    [Fact]
    public void McNemar_OfFewDiscordantInputs_IsTheExactTest()
    {
        // 2 · P(X ≤ 5 of 20 fair coins) = 2 · 21700 / 2²⁰.
        var effect = Paired.McNemar(100, 5, 15, 0.05);
        effect.PValue!.Value.ShouldBe(43_400 / 1_048_576.0, 1e-12);
        effect.Uplift!.Value.ShouldBe(0.1, 1e-15);
        Paired.McNemar(100, 0, 0, 0.05).State.ShouldBe(EffectState.NoVariance);
        FixedHorizon.Test(Difference.Within(Paired.Differences(100, 5, 15)), 0.05).Uplift!.Value.ShouldBe(0.1, 1e-15);
    }

    [Fact]
    public void SampleRatio_ArmWithoutWeight_AddsNoDegreeOfFreedomAndMayHaveNoUnits()
    {
        SampleRatio.Test([10_000, 0, 10_500], [0.5, 0, 0.5]).ShouldBe(SampleRatio.Test([10_000, 10_500], [0.5, 0.5]));
        SampleRatio.Test([10_000, 1, 10_000], [0.5, 0, 0.5]).IsMismatch.ShouldBeTrue();
        SampleRatio.Test([0, 0], [0.5, 0.5]).ShouldBe(new SampleRatio(0, 1, 1, false));
    }

    private static bool Near(double left, double right) => Math.Abs(left - right) <= 1e-9 * Math.Max(1e-6, Math.Abs(left));

    private static Sample Scaled(Sample s, double factor) => s.Kind switch
    {
        SampleKind.Mean => Sample.Mean(s.Units, s.Sums[0] * factor, s.Products[0, 0] * factor * factor),
        SampleKind.Ratio => Sample.Ratio(s.Units, s.Sums[0] * factor, s.Products[0, 0] * factor * factor, s.Sums[1], s.Products[1, 1], s.Products[0, 1] * factor),
        SampleKind.Proportion => s,
    };

    private sealed record Pair(Sample Control, Sample Treatment);

    private static Gen<Sample> MeanSample => Gen.Choose(-50, 50).NonEmptyListOf().Where(l => l.Count > 1)
        .Select(l => Sample.Mean(l.Count, l.Sum(v => v / 4.0), l.Sum(v => v * v / 16.0)));

    private static Gen<Sample> RatioSample => Gen.Choose(0, 9).Two().NonEmptyListOf().Where(l => l.Count > 1)
        .Select(l => Sample.Ratio(
            l.Count, l.Sum(v => v.Item1), l.Sum(v => v.Item1 * v.Item1), l.Sum(v => v.Item2 + 1), l.Sum(v => (v.Item2 + 1) * (v.Item2 + 1)), l.Sum(v => v.Item1 * (v.Item2 + 1))));

    private static Gen<Sample> ProportionSample => from n in Gen.Choose(0, 2_000) from x in Gen.Choose(0, n) select Sample.Proportion(n, x);

    private static Gen<Pair> Pairs => Gen.OneOf(
        MeanSample.Two().Select(t => new Pair(t.Item1, t.Item2)), RatioSample.Two().Select(t => new Pair(t.Item1, t.Item2)), ProportionSample.Two().Select(t => new Pair(t.Item1, t.Item2)));

    private static Gen<double> AnyNumber => Gen.OneOf(
        Gen.Elements(0, 1, -1, 1e-300, 1e300, double.MaxValue, double.Epsilon, 1e17, 0.1, -0.1), Gen.Choose(-1_000, 1_000).Select(i => i / 8.0));

    /// <summary>Sums that need not even belong together.</summary>
    private static Gen<Pair> Wild => Gen.OneOf(
        Pairs,
        (from n in Gen.Elements(0L, 1, 2, 3, 1_000, 1_000_000_000) from v in Gen.ArrayOf(AnyNumber, 2) select Sample.Mean(n, v[0], v[1])).Two().Select(t => new Pair(t.Item1, t.Item2)),
        (from n in Gen.Elements(0L, 1, 2, 3, 1_000, 1_000_000_000) from v in Gen.ArrayOf(AnyNumber, 5) select Sample.Ratio(n, v[0], v[1], v[2], v[3], v[4])).Two()
            .Select(t => new Pair(t.Item1, t.Item2)),
        (from n in Gen.Elements(0L, 1, 2, 3, 1_000, 1_000_000_000) from v in Gen.ArrayOf(AnyNumber, 5) select Sample.Adjusted(SampleKind.Mean, n, v[0], v[1], v[2], v[3], v[4])).Two()
            .Select(t => new Pair(t.Item1, t.Item2)));
}
