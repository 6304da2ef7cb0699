using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Portal.Tests.Experiments.Analysis;

public sealed class ComparerTests
{
    [Fact]
    public void Compare_GoalThatHasNoFiguresYet_CountsAmongTheComparisons()
    {
        var metric = new PlannedMetric(MetricRole.Goal, 0.01, BuiltInMetrics.Find("accuracy")!);
        var known = new Comparer.Pair(metric, "b", Of(4_000, 400), Of(4_000, 480));
        var comparer = new Comparer(new AnalysisPlan(), Sequential.DefaultTuning, guardrails: 0, goals: 2);

        var both = comparer.Compare([known, new Comparer.Pair(metric, "b", default, default)], corrected: true, awaited: true);

        both[0].AdjustedPValue!.Value.ShouldBe(Math.Min(1, 2 * both[0].Relative.PValue!.Value), 1e-12);
        both[1].AdjustedPValue.ShouldBeNull();
        var alone = comparer.Compare([known], corrected: true, awaited: true)[0].AdjustedInterval!.Value;
        both[0].AdjustedInterval!.Value.ShouldSatisfyAllConditions(i => i.Low!.Value.ShouldBeLessThan(alone.Low!.Value), i => i.High!.Value.ShouldBeGreaterThan(alone.High!.Value));
    }

    private static Measured Of(int units, int converted) => Sample.Proportion(units, converted) is var sample ? new Measured(units, sample.Value, sample, null) : default;
}
