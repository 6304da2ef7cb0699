using System.Numerics;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Portal.Tests.Experiments.Statistics;

/// <summary>What the methods promise, counted. Seeds are fixed, so every run counts the same.</summary>
public class SimulationTests
{
    private const int Experiments = 10_000;

    private const int Looks = 100;

    /// <summary>Units of both arms that join between two looks.</summary>
    private const int Joining = 64;

    /// <summary>Twice 32 units a look, of which each bit drawn converts or not.</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 5)]
    public void Sequential_UnderNoEffectWithAHundredLooks_IsRarelyWrongWhereNaiveLookingOftenIs(int rarity, int seed)
    {
        var random = new Random(seed);
        var (naive, sequential, oneSided) = (0, 0, 0);
        for (var experiment = 0; experiment < Experiments; experiment++)
        {
            var (a, b) = (0, 0);
            var (naiveFound, sequentialFound, oneSidedFound) = (false, false, false);
            for (var look = 1; look <= Looks; look++)
            {
                var bits = ulong.MaxValue;
                for (var i = 0; i < rarity; i++)
                {
                    bits &= (ulong)random.NextInt64(long.MinValue, long.MaxValue);
                }

                a += BitOperations.PopCount(bits & uint.MaxValue);
                b += BitOperations.PopCount(bits >> 32);
                var n = (double)look * Joining / 2;
                var d = Difference.Between(Sample.Proportion((long)n, a), Sample.Proportion((long)n, b), Scale.Absolute);
                if (d.State != EffectState.Estimated)
                {
                    continue;
                }

                var z = d.Uplift / d.StandardError;
                naiveFound |= Math.Abs(z) > 1.96;
                sequentialFound |= Sequential.PValue(z, d.Units, 0.05, 2_000) <= 0.05;
                oneSidedFound |= Sequential.PValue(z, d.Units, 0.05, 2_000, Tail.Greater) <= 0.05;
            }

            naive += naiveFound ? 1 : 0;
            sequential += sequentialFound ? 1 : 0;
            oneSided += oneSidedFound ? 1 : 0;
        }

        ((double)sequential / Experiments).ShouldBeLessThanOrEqualTo(0.05);
        ((double)oneSided / Experiments).ShouldBeLessThanOrEqualTo(0.05);
        ((double)naive / Experiments).ShouldBeGreaterThan(0.25);
    }

    [Fact]
    public void Guardrail_AskedAtEveryLookWithTenOfThem_RarelyStopsAFaultlessVersion()
    {
        var (random, stopped) = (new Random(7), 0);
        const int Times = 1_000;
        for (var time = 0; time < Times; time++)
        {
            var (a, b) = (new int[10], new int[10]);
            var hurt = false;
            for (var look = 1; look <= 50 && !hurt; look++)
            {
                for (var g = 0; g < a.Length; g++)
                {
                    var bits = (ulong)random.NextInt64() & (ulong)random.NextInt64() & (ulong)random.NextInt64() & (ulong)random.NextInt64() & (ulong)random.NextInt64();
                    a[g] += BitOperations.PopCount(bits & uint.MaxValue);
                    b[g] += BitOperations.PopCount(bits >> 32);
                    hurt |= Guardrail.Judge(Sample.Proportion(look * 32, a[g]), Sample.Proportion(look * 32, b[g]), false, 0, 0.05, a.Length).State == GuardrailState.Hurt;
                }
            }

            stopped += hurt ? 1 : 0;
        }

        ((double)stopped / Times).ShouldBeLessThanOrEqualTo(0.05);
    }

    /// <summary>4,000 experiments with a true effect: 0.95 plus or minus four deviations of such a count.</summary>
    [Theory]
    [InlineData(Scale.Absolute)]
    [InlineData(Scale.Relative)]
    public void FixedHorizon_OfSkewedValues_CoversAsOftenAsItSays(Scale scale)
    {
        var random = new Random(11);
        var covered = 0;
        const int Times = 4_000;
        var truth = scale == Scale.Absolute ? 0.1 : 0.05;
        for (var time = 0; time < Times; time++)
        {
            var effect = FixedHorizon.Test(Difference.Between(Exponentials(random, 400, 2), Exponentials(random, 600, 2.1), scale), 0.05);
            covered += effect.Interval!.Value.Holds(truth) ? 1 : 0;
        }

        ((double)covered / Times).ShouldBeInRange(0.95 - 0.014, 0.95 + 0.014);
    }

    [Fact]
    public void Between_RatioOfUnitsWithDifferentTraffic_CoversAsOftenAsItSays()
    {
        var random = new Random(13);
        var covered = 0;
        const int Times = 3_000;
        for (var time = 0; time < Times; time++)
        {
            covered += FixedHorizon.Test(Difference.Between(Clicks(random, 500), Clicks(random, 500), Scale.Relative), 0.05).Interval!.Value.Holds(0) ? 1 : 0;
        }

        ((double)covered / Times).ShouldBeInRange(0.95 - 0.016, 0.95 + 0.016);

        // A unit with much traffic clicks less, so calls are not independent, and treating them so would cover far too seldom.
        static Sample Clicks(Random random, int units)
        {
            var sums = new double[5];
            for (var i = 0; i < units; i++)
            {
                var views = 1 + (int)(-8 * Math.Log(1 - random.NextDouble()));
                var rate = random.NextDouble() < 0.5 ? 0.1 : 0.6;
                var clicks = 0;
                for (var v = 0; v < views; v++)
                {
                    clicks += random.NextDouble() < rate ? 1 : 0;
                }

                double[] terms = [clicks, clicks * clicks, views, views * views, clicks * views];
                for (var t = 0; t < terms.Length; t++)
                {
                    sums[t] += terms[t];
                }
            }

            return Sample.Ratio(units, sums[0], sums[1], sums[2], sums[3], sums[4]);
        }
    }

    [Fact]
    public void Cuped_WithAPastThatForetells_CoversAndIsNarrower()
    {
        var random = new Random(17);
        var (covered, width, plainWidth) = (0, 0.0, 0.0);
        const int Times = 2_000;
        for (var time = 0; time < Times; time++)
        {
            var (a, plainA) = Arm(0);
            var (b, plainB) = Arm(0.5);
            var effect = FixedHorizon.Test(Difference.Between(a, b, Scale.Relative), 0.05);
            covered += effect.Interval!.Value.Holds(0.5 / 10) ? 1 : 0;
            width += effect.StandardError!.Value;
            plainWidth += Difference.Between(plainA, plainB, Scale.Relative).StandardError;
        }

        ((double)covered / Times).ShouldBeInRange(0.95 - 0.02, 0.95 + 0.02);
        (width / plainWidth).ShouldBeInRange(0.5, 0.7);

        (Sample Adjusted, Sample Plain) Arm(double effect)
        {
            var sums = new double[5];
            for (var i = 0; i < 300; i++)
            {
                var habit = 10 + (4 * Normal(random));
                var (before, during) = (habit + (2 * Normal(random)), habit + effect + (2 * Normal(random)));
                double[] terms = [during, during * during, before, before * before, during * before];
                for (var t = 0; t < terms.Length; t++)
                {
                    sums[t] += terms[t];
                }
            }

            return (Sample.Adjusted(SampleKind.Mean, 300, sums[0], sums[1], sums[2], sums[3], sums[4]), Sample.Mean(300, sums[0], sums[1]));
        }
    }

    [Fact]
    public void Stratification_OfStrataThatDiffer_CoversAndIsNarrower()
    {
        var random = new Random(19);
        var (covered, width, plainWidth) = (0, 0.0, 0.0);
        const int Times = 2_000;
        double[] levels = [1, 5, 12];
        for (var time = 0; time < Times; time++)
        {
            var counts = new int[2, 3];
            var sums = new double[2, 3, 2];
            for (var i = 0; i < 1_000; i++)
            {
                var (arm, stratum) = (random.Next(2), random.Next(3));
                var value = levels[stratum] * (arm == 1 ? 1.1 : 1) + Normal(random);
                counts[arm, stratum]++;
                sums[arm, stratum, 0] += value;
                sums[arm, stratum, 1] += value * value;
            }

            var strata = Enumerable.Range(0, 3).Select(s => new Stratum(Of(0, s), Of(1, s))).ToList();
            var d = Stratification.Between(strata, Scale.Relative);
            covered += FixedHorizon.Test(d, 0.05).Interval!.Value.Holds(0.1) ? 1 : 0;
            width += d.StandardError;
            plainWidth += Difference.Between(strata.Select(s => s.Control).Aggregate((l, r) => l + r), strata.Select(s => s.Treatment).Aggregate((l, r) => l + r), Scale.Relative).StandardError;

            Sample Of(int arm, int s) => Sample.Mean(counts[arm, s], sums[arm, s, 0], sums[arm, s, 1]);
        }

        ((double)covered / Times).ShouldBeInRange(0.95 - 0.02, 0.95 + 0.02);
        (width / plainWidth).ShouldBeLessThan(0.35);
    }

    [Fact]
    public void Quantiles_OfClusteredLatencies_CoverAboutAsOftenAsTheySay()
    {
        var random = new Random(23);
        var covered = 0;
        const int Times = 400;
        double[] bounds = [.. Enumerable.Range(1, 400).Select(i => i * 0.02)];

        // exp(N(0, 0.5²) + N(0, 0.5²)), of which half lies below 1.
        for (var time = 0; time < Times; time++)
        {
            var counts = Enumerable.Range(0, 64).Select(_ => new long[bounds.Length]).ToArray();
            for (var unit = 0; unit < 640; unit++)
            {
                var habit = 0.5 * Normal(random);
                for (var call = 0; call < 10; call++)
                {
                    counts[unit % 64][Math.Clamp((int)(Math.Exp(habit + (0.5 * Normal(random))) / 0.02), 0, bounds.Length - 1)]++;
                }
            }

            var estimate = Quantiles.Estimate(new GroupedHistogram(bounds, counts), 0.5, 640)!.Value;
            covered += Math.Abs(estimate.Value - 1) <= Distributions.StudentQuantile(0.975, estimate.DegreesOfFreedom) * estimate.StandardError ? 1 : 0;
        }

        ((double)covered / Times).ShouldBeInRange(0.91, 0.99);
    }

    [Theory]
    [InlineData(Correction.Holm)]
    [InlineData(Correction.BenjaminiHochberg)]
    public void Corrections_OfTenComparisonsOneOfThemReal_KeepTheirPromise(Correction correction)
    {
        var random = new Random(29);
        var (anyFalse, shareFalse, allCover) = (0, 0.0, 0);
        const int Times = 3_000;
        for (var time = 0; time < Times; time++)
        {
            var truths = Enumerable.Range(0, 10).Select(i => i == 0 ? 3.5 : 0.0).ToArray();
            var z = truths.Select(t => t + Normal(random)).ToArray();
            var adjusted = Corrections.Adjust([.. z.Select(v => 2 * Distributions.NormalCdf(-Math.Abs(v)))], correction);
            var reach = Distributions.NormalQuantile(1 - (Corrections.IntervalAlpha(adjusted, correction, 0.05) / 2));
            var intervals = z.Select((v, i) => Corrections.Agree(ConfidenceInterval.Around(v, reach), v, adjusted[i] <= 0.05)).ToArray();
            for (var i = 0; i < z.Length; i++)
            {
                // p and interval never disagree: 0 is inside exactly when nothing was found, an end at 0 being outside.
                (intervals[i].Low < 0 && intervals[i].High > 0).ShouldBe(adjusted[i] > 0.05);
            }

            var wrong = adjusted.Skip(1).Count(p => p <= 0.05);
            anyFalse += wrong > 0 ? 1 : 0;
            shareFalse += wrong / (double)Math.Max(1, adjusted.Count(p => p <= 0.05));
            allCover += intervals.Zip(truths).All(pair => pair.First.Holds(pair.Second)) ? 1 : 0;
        }

        (shareFalse / Times).ShouldBeLessThan(0.058);
        if (correction == Correction.Holm)
        {
            ((double)anyFalse / Times).ShouldBeLessThan(0.062);
            ((double)allCover / Times).ShouldBeGreaterThan(0.938);
        }
    }

    private static Sample Exponentials(Random random, int units, double mean)
    {
        var (sum, squares) = (0.0, 0.0);
        for (var i = 0; i < units; i++)
        {
            var value = -mean * Math.Log(1 - random.NextDouble());
            (sum, squares) = (sum + value, squares + (value * value));
        }

        return Sample.Mean(units, sum, squares);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
