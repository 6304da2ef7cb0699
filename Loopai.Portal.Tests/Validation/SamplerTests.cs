using FsCheck;
using FsCheck.Fluent;
using Loopai.Core.Errors;
using Loopai.Core.Validation;

namespace Loopai.Portal.Tests.Validation;

public class SamplerTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 10, 20, 0, TimeSpan.Zero);

    public static TheoryData<string, SamplingPolicy> Policies => new()
    {
        { "random", new SamplingPolicy { Rate = 0.05 } },
        { "stratified", new SamplingPolicy { Rate = 0.01, PerOutputPerHour = 20 } },
        { "low confidence", new SamplingPolicy { Rate = 0.02, LowConfidenceBelow = 0.3, LowConfidenceRate = 0.6 } },
        { "new version", new SamplingPolicy { Rate = 0.02, NewVersionRate = 1, NewVersionHalfLife = 300 } },
        { "all together", new SamplingPolicy { Rate = 0.02, PerOutputPerHour = 15, LowConfidenceBelow = 0.2, LowConfidenceRate = 0.4, NewVersionRate = 0.5 } },
    };

    /// <summary>
    /// Over many days of the same traffic, the mean of the estimates has to be the truth: the z value of their difference is a draw of a standard
    /// normal. The seed is fixed, so the test gives the same answer each time; 4 would be met by chance once in 16,000 seeds.
    /// </summary>
    [Theory]
    [MemberData(nameof(Policies))]
    public void Decide_UnderEachPolicy_EstimatesWithoutBias(string policyName, SamplingPolicy policy)
    {
        _ = policyName;
        var random = new Random(11);
        var totals = new List<double>();
        var shares = new List<double>();
        const int Days = 250;
        var (trueTotal, trueShare) = (0.0, 0.0);
        for (var day = 0; day < Days; day++)
        {
            var traffic = Traffic(2_000, new Random(7)).ToList();
            trueTotal = traffic.Count(t => t.Correct);
            trueShare = trueTotal / traffic.Count;
            var estimate = Watch(new Sampler(), policy, traffic, random);
            totals.Add(estimate.MatchedWeights);
            shares.Add(estimate.Estimate ?? 0);
        }

        Math.Abs(ZScore(totals, trueTotal)).ShouldBeLessThan(4, "Horvitz–Thompson total");

        // A ratio of two unbiased sums is off by the order of 1/n; what is asked for is that it stays below a fiftieth.
        Math.Abs(shares.Average() - trueShare).ShouldBeLessThan(0.02, "Hájek share");
    }

    [Fact]
    public void Decide_AnyPolicy_ChoosesAsOftenAsItSays() => Prop.ForAll(AnyPolicy(), policy =>
    {
        // The draw 0 is below every probability above 0, so a sampler that saw the same past and draws 0 says what the probability is.
        var random = new Random(3);
        var (subject, teller) = (new Sampler(), new Sampler());
        var (said, chosen, variance) = (0.0, 0, 0.0);
        foreach (var (context, _) in Traffic(4_000, new Random(5)))
        {
            var probability = teller.Decide(policy, context, randomness: 0).Probability ?? 0;
            said += probability;
            variance += probability * (1 - probability);
            chosen += subject.Decide(policy, context, Draw(random)).Sampled ? 1 : 0;
        }

        return Math.Abs(chosen - said) <= (6 * Math.Sqrt(variance)) + 1e-6;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(25).WithReplay(1, 3));

    [Fact]
    public void Decide_StrongestRule_IsNamed()
    {
        var policy = new SamplingPolicy { Rate = 0.1, LowConfidenceBelow = 0.5, LowConfidenceRate = 0.7, NewVersionRate = 0.9, NewVersionHalfLife = 100 };
        Of(policy, new SamplingContext(1, 0.9, 1_000_000, Forced: false, Start)).ShouldBe((SampledBy.Random, 0.1));
        Of(policy, new SamplingContext(1, 0.4, 1_000_000, Forced: false, Start)).ShouldBe((SampledBy.LowConfidence, 0.7));
        Of(policy, new SamplingContext(1, 0.4, 0, Forced: false, Start)).ShouldBe((SampledBy.NewVersion, 0.9));
        Of(policy with { PerOutputPerHour = 5 }, new SamplingContext(1, 0.4, 0, Forced: false, Start)).ShouldBe((SampledBy.Stratified, 1.0));
        Of(policy, new SamplingContext(1, null, 100, Forced: false, Start)).ShouldBe((SampledBy.NewVersion, 0.5));
    }

    [Fact]
    public void Decide_Forced_HasNoProbability() =>
        new Sampler().Decide(new SamplingPolicy { Rate = 0 }, new SamplingContext(1, null, 0, Forced: true, Start), ulong.MaxValue)
            .ShouldBe(new SamplingDecision(true, SampledBy.Forced, null));

    [Theory]
    [InlineData(0, 0UL, false)]
    [InlineData(1, ulong.MaxValue, true)]
    public void Decide_RateAtAnEnd_IsCertain(double rate, ulong randomness, bool sampled) =>
        new Sampler().Decide(new SamplingPolicy { Rate = rate }, new SamplingContext(1, null, 0, Forced: false, Start), randomness).Sampled.ShouldBe(sampled);

    [Fact]
    public void Decide_StratifiedSteadyTraffic_ChecksAboutTheTargetOfRareAndCommon()
    {
        var policy = new SamplingPolicy { Rate = 0, PerOutputPerHour = 20 };
        var sampler = new Sampler();
        var random = new Random(2);
        var checkedOf = new Dictionary<ulong, int>();
        for (var second = 0; second < 5 * 3600; second++)
        {
            var output = second % 120 == 0 ? 2UL : 1UL; // 30 an hour of the rare one, 3,570 of the common one
            var decision = sampler.Decide(policy, new SamplingContext(output, null, 0, Forced: false, Start.AddSeconds(second)), Draw(random));
            if (second >= 3600 && decision.Sampled)
            {
                checkedOf[output] = checkedOf.GetValueOrDefault(output) + 1;
            }
        }

        checkedOf[1].ShouldBeInRange(50, 110, "4 hours with 20 each");
        checkedOf[2].ShouldBeInRange(50, 110, "4 hours with 20 each");
    }

    [Fact]
    public void Decide_MoreOutputsThanTheCap_FallsBackOnTheRateAndKeepsMemoryBounded()
    {
        var sampler = new Sampler(maxOutputs: 100);
        var policy = new SamplingPolicy { Rate = 0.25, PerOutputPerHour = 1 };
        for (var output = 0UL; output < 5_000; output++)
        {
            Of(sampler, policy, new SamplingContext(output, null, 0, Forced: false, Start)).ShouldBe(output < 100 ? (SampledBy.Stratified, 1.0) : (SampledBy.Random, 0.25));
        }

        sampler.TrackedOutputs.ShouldBe(100);
        Of(sampler, policy, new SamplingContext(9_999, null, 0, Forced: false, Start.AddHours(3))).ShouldBe((SampledBy.Stratified, 1.0), "the old ones are forgotten");
        sampler.TrackedOutputs.ShouldBe(1);
    }

    [Fact]
    public void Decide_FromManyThreads_CountsEachArrivalOnce()
    {
        var sampler = new Sampler();
        var policy = new SamplingPolicy { Rate = 0, PerOutputPerHour = 10 };
        Parallel.For(0, 8_000, i => sampler.Decide(policy, new SamplingContext((ulong)(i % 4), null, 0, Forced: false, Start)));
        sampler.TrackedOutputs.ShouldBe(4);
        Of(sampler, policy, new SamplingContext(0, null, 0, Forced: false, Start)).ShouldBe((SampledBy.Stratified, 10.0 / 2_001));
    }

    [Fact]
    public void Decide_KnownOutput_AllocatesNothing()
    {
        var sampler = new Sampler();
        var policy = new SamplingPolicy { PerOutputPerHour = 5, LowConfidenceBelow = 0.5, NewVersionRate = 0.5 };
        var context = new SamplingContext(1, 0.4, 10, Forced: false, Start);
        sampler.Decide(policy, context, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0UL; i < 1_000; i++)
        {
            sampler.Decide(policy, context, i << 54);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Validate_EverythingWrong_SaysAllOfIt()
    {
        var errors = new FieldErrors();
        new SamplingPolicy
        {
            Rate = 1.1, PerOutputPerHour = -1, LowConfidenceBelow = 2, LowConfidenceRate = double.NaN, NewVersionRate = -0.1, NewVersionHalfLife = 0, Oracle = Oracle.Version,
        }.Validate(errors, "sampling");
        Should.Throw<InvalidException>(() => errors.ThrowIfAny("task.invalid", "No.")).Errors.Keys.Order().ShouldBe(
        [
            "sampling.lowConfidenceBelow", "sampling.lowConfidenceRate", "sampling.newVersionHalfLife", "sampling.newVersionRate",
            "sampling.oracleVersion", "sampling.perOutputPerHour", "sampling.rate",
        ]);
    }

    [Fact]
    public void Validate_Default_IsFine()
    {
        var errors = new FieldErrors();
        new SamplingPolicy().Validate(errors, "sampling");
        errors.Any.ShouldBeFalse();
    }

    private static (string?, double) Of(SamplingPolicy policy, SamplingContext context) => Of(new Sampler(), policy, context);

    private static (string?, double) Of(Sampler sampler, SamplingPolicy policy, SamplingContext context)
    {
        var decision = sampler.Decide(policy, context, randomness: 0);
        return (decision.SampledBy, decision.Probability ?? 0);
    }

    private static ulong Draw(Random random) => (ulong)random.NextInt64() << 1;

    /// <summary>Outputs of very different frequency; the rare and the unsure are wrong more often, so that any bias shows.</summary>
    private static IEnumerable<(SamplingContext Context, bool Correct)> Traffic(int count, Random random)
    {
        for (var i = 0; i < count; i++)
        {
            var output = (ulong)Math.Min(9, (int)Math.Floor(-Math.Log(1 - random.NextDouble()) * 1.5));
            var confidence = Math.Sqrt(random.NextDouble());
            var correct = random.NextDouble() < Math.Clamp(0.2 + (0.8 * confidence) - (0.05 * output) + (i > count / 2 ? 0.1 : 0), 0, 1);
            yield return (new SamplingContext(output, confidence, i, Forced: false, Start.AddSeconds(i * 8)), correct);
        }
    }

    private static WeightedShare Watch(Sampler sampler, SamplingPolicy policy, List<(SamplingContext Context, bool Correct)> traffic, Random random)
    {
        var sum = default(WeightedShare);
        foreach (var (context, correct) in traffic)
        {
            var decision = sampler.Decide(policy, context, Draw(random));
            sum += decision is { Sampled: true, Probability: { } probability } ? WeightedShare.Of(correct, probability) : default;
        }

        return sum;
    }

    private static double ZScore(List<double> values, double truth)
    {
        var mean = values.Average();
        var variance = values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1);
        return variance == 0 ? mean == truth ? 0 : double.PositiveInfinity : (mean - truth) / Math.Sqrt(variance / values.Count);
    }

    private static Arbitrary<SamplingPolicy> AnyPolicy()
    {
        var share = Gen.Choose(0, 1_000).Select(n => n / 1_000.0);
        var policies =
            from rate in share
            from perHour in Gen.Choose(0, 50)
            from below in share
            from low in share
            from fresh in share
            from halfLife in Gen.Choose(1, 5_000)
            select new SamplingPolicy
            {
                Rate = rate / 4, PerOutputPerHour = perHour, LowConfidenceBelow = below, LowConfidenceRate = low, NewVersionRate = fresh, NewVersionHalfLife = halfLife,
            };
        return policies.ToArbitrary();
    }
}
