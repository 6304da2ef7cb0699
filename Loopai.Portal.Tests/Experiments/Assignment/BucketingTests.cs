using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Loopai.Core.Experiments.Assignment;

namespace Loopai.Portal.Tests.Experiments.Assignment;

public class BucketingTests
{
    [Fact]
    public void Choose_WhenCoverageGrows_MovesNoUnitBetweenVariants() =>
        Prop.ForAll(Splits.ToArbitrary(), split =>
        {
            var (weights, less, more) = split;
            var before = Bucketing.Ranges(weights, less);
            var after = Bucketing.Ranges(weights, more);
            return Enumerable.Range(0, 10_000).Select(b => b / 10_000.0).All(b =>
                Bucketing.Choose(b, before) is var was && (was == Bucketing.None || Bucketing.Choose(b, after) == was));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Choose_WithWeightsInHundredthsOfAPercent_GivesEachVariantExactlyItsBuckets() =>
        Prop.ForAll(Splits.ToArbitrary(), split =>
        {
            var ranges = Bucketing.Ranges(split.Weights, 1);
            var counts = new int[split.Weights.Length];
            for (var b = 0; b < 10_000; b++)
            {
                counts[Bucketing.Choose(b / 10_000.0, ranges)]++;
            }

            return counts.SequenceEqual(split.Weights.Select(w => (int)Math.Round(w * 10_000)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Ranges_WhenOneVariantsWeightGoesToAnother_LeavesTheOthersWhereTheyWere()
    {
        Bucketing.Ranges([0.2, 0.3, 0.5], 1)[0].ShouldBe(Bucketing.Ranges([0.2, 0.5, 0.3], 1)[0]);
    }

    [Fact]
    public void Ranges_CoverageThatIsNoNumber_CoversNobody() => Bucketing.Ranges([0.5, 0.5], double.NaN).ShouldAllBe(r => r.Start == r.End);

    [Fact]
    public void Bucket_OfManyUnits_IsSpreadEvenlyAndUnlikeAnotherSeeds()
    {
        // Chi-square of 100 cells with 99 degrees of freedom: 148.2 is its 0.999 quantile. The units are fixed, so the figures are.
        const int Units = 100_000;
        var cells = new int[100];
        var pairs = new int[100];
        for (var i = 0; i < Units; i++)
        {
            var unit = string.Create(CultureInfo.InvariantCulture, $"user-{i}");
            var (one, other) = (Hashing.Bucket("checkout", unit), Hashing.Bucket("pricing", unit));
            cells[(int)(one * 100)]++;
            pairs[((int)(one * 10) * 10) + (int)(other * 10)]++;
        }

        ChiSquare(cells).ShouldBeLessThan(148.2);
        ChiSquare(pairs).ShouldBeLessThan(148.2);

        static double ChiSquare(int[] counts) => counts.Sum(c => Math.Pow(c - (Units / 100.0), 2) / (Units / 100.0));
    }

    [Fact]
    public void Bucket_LongUnitOfAnyScript_IsTheSameFromEverySpan()
    {
        var unit = string.Concat(Enumerable.Repeat("ユーザー✨é", 2_000));
        Hashing.Bucket("seed", ("x" + unit).AsSpan(1)).ShouldBe(Hashing.Bucket("seed", unit));
    }

    [Fact]
    public void Assign_OnTheHotPath_AllocatesNothing()
    {
        using var attributes = JsonDocument.Parse("""{"country": "DE", "age": 41, "plan": {"name": "pro"}, "tags": ["a", "b"], "agent": "Mobile Safari"}""");
        var condition = Condition.Parse(
            """
            {"country": {"$in": ["DE", "FR"]}, "age": {"$gte": 18, "$lt": 66}, "plan.name": {"$ne": "free"}, "tags": {"$size": {"$gt": 1}, "$in": ["b"]},
             "$or": [{"beta": true}, {"agent": {"$gt": "A"}}]}
            """, out _)!;
        var ranges = Bucketing.Ranges([0.5, 0.5], 1);
        var exclusive = new NamespaceRange("checkout", 0, 1);
        for (var i = 0; i < 100; i++)
        {
            Assign("user-1").ShouldNotBe(Bucketing.None);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0;
        for (var i = 0; i < 1_000; i++)
        {
            sum += Assign("user-1");
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0, $"{sum}");

        int Assign(string unit) =>
            condition.Matches(attributes.RootElement) && exclusive.Holds(unit) ? Bucketing.Choose(Hashing.Bucket("seed", unit), ranges) : Bucketing.None;
    }

    private sealed record Split(double[] Weights, double Less, double More)
    {
        public void Deconstruct(out double[] weights, out double less, out double more) => (weights, less, more) = (Weights, Less, More);
    }

    /// <summary>2 to 20 weights in hundredths of a percent that sum to 1, and two coverages.</summary>
    private static Gen<Split> Splits =>
        from count in Gen.Choose(2, 20)
        from cuts in Gen.ArrayOf(Gen.Choose(0, 10_000), count - 1)
        from coverages in Gen.ArrayOf(Gen.Choose(0, 10_000), 2)
        let edges = cuts.Append(0).Append(10_000).Order().ToArray()
        let weights = Enumerable.Range(1, edges.Length - 1).Select(i => (edges[i] - edges[i - 1]) / 10_000.0).ToArray()
        select new Split(weights, coverages.Min() / 10_000.0, coverages.Max() / 10_000.0);
}
