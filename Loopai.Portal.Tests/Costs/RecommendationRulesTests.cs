using Loopai.Core.Access;
using Loopai.Core.Costs.Recommendations;
using Loopai.Core.Programs;
using Loopai.Core.Validation;

namespace Loopai.Portal.Tests.Costs;

public sealed class RecommendationRulesTests
{
    private static readonly Guid Task = Guid.CreateVersion7();

    [Fact]
    public void EnoughFor_PublishedAndWorkedNumbers_AreMet()
    {
        RecommendationRules.EnoughFor(0.95, 0.025).ShouldBe(304);
        var difference = RecommendationRules.Difference(Share(56, 70), Share(48, 80));
        difference.Low.ShouldBe(0.0524, 0.00005);
        difference.High.ShouldBe(0.3339, 0.00005);
        RealizedSaving.PerMonth(0.002m, 0.50m, 1000, 10).ShouldBe(4.50m);
        RealizedSaving.PerMonth(0.002m, 0.50m, 99, 10).ShouldBeNull("fewer than a hundred executions say nothing");
    }

    [Fact]
    public void LowerSampling_IntervalNarrowerThanTheTargetNeeds_SaysBothWidthsAndWhatItSaves()
    {
        var found = RecommendationRules.LowerSampling(Facts(checks: Checks(1900, 2000, 0.05, cost: 100m), target: 0.90))!;

        // 304 checks of 40,000 executions instead of 2,000: 0.76 % instead of 5 %.
        (found.Rate, found.Permission, found.Confidence).ShouldBe((0.0076, Permissions.TasksWrite, RecommendationConfidence.High));
        found.SavingPerMonth.ShouldBe(84.8m);
        found.Evidence[0].Low!.Value.ShouldBe(0.9396m, 0.0001m);
        (found.Evidence[1].High! - found.Evidence[1].Low!).Value.ShouldBe(0.05m, 0.0001m);
        (found.Evidence[2].Value, found.Evidence[3].Value).ShouldBe((2000m, 304m));
        found.Title.ShouldContain("0.76 %");
    }

    [Fact]
    public void LowerSampling_TooFewOrFreeOrNeeded_IsSilent()
    {
        RecommendationRules.LowerSampling(Facts(checks: Checks(95, 100, 0.05, 5m), target: 0.5)).ShouldBeNull("a hundred checks may move");
        RecommendationRules.LowerSampling(Facts(checks: Checks(1900, 2000, 0.05, 0m), target: 0.9)).ShouldBeNull("labels cost nothing");
        RecommendationRules.LowerSampling(Facts(checks: Checks(1900, 2000, 0.05, 100m), target: 0.94)).ShouldBeNull("a point beside the target every check is needed");
        RecommendationRules.LowerSampling(Facts(checks: Checks(1900, 2000, 0.05, 100m), target: 0.96)).ShouldBeNull("below its target nobody should look away");
        RecommendationRules.LowerSampling(Facts(checks: Checks(1900, 2000, 0.05, 100m), target: 0.9) with { IsMoving = true }).ShouldBeNull("a rollout needs its verdicts");
        RecommendationRules.LowerSampling(Facts(checks: Checks(1900, 2000, 0.05, 100m), target: 0.1))!.Rate.ShouldBe(0.0076, "far from the target ±2.5 points are still wanted");
        var unpriced = RecommendationRules.LowerSampling(Facts(checks: Checks(1900, 2000, 0.05, 0m) with { Unpriced = 2000 }, target: 0.9))!;
        unpriced.SavingPerMonth.ShouldBeNull("what people's checks cost nobody has said");
    }

    [Theory]
    [InlineData(960, true)]
    [InlineData(950, true)]
    [InlineData(930, false)]
    public void CheaperVersion_OnlyWhereItIsSurelyNotWorse(int right, bool expected)
    {
        var facts = Facts(versions: [Version(2, cost: 10m, right: 950), Version(1, cost: 4m, right: right)]);
        var found = RecommendationRules.CheaperVersion(facts);
        (found is not null).ShouldBe(expected && RecommendationRules.Difference(Share(right * 10, 10_000), Share(9500, 10_000)).Low >= -RecommendationRules.Margin);
        if (found is not null)
        {
            (found.Other, found.SavingPerMonth, found.Baseline).ShouldBe((1, 6m, 0.001m));
        }
    }

    [Fact]
    public void CheaperVersion_DraftOrUnpricedOrHardlyCheaper_IsSilent()
    {
        RecommendationRules.CheaperVersion(Facts(versions: [Version(2, 10m, 950), Version(1, 4m, 990, status: ProgramStatus.Draft)])).ShouldBeNull();
        RecommendationRules.CheaperVersion(Facts(versions: [Version(2, 10m, 950), Version(1, 0m, 990) with { Unpriced = 3 }])).ShouldBeNull("what has no price is not free");
        RecommendationRules.CheaperVersion(Facts(versions: [Version(2, 10m, 950), Version(1, 9m, 990)])).ShouldBeNull();
    }

    [Fact]
    public void CheaperVersion_FailsOrIsSlowOrWasTakenBack_IsSilent()
    {
        Found(v => v).ShouldNotBeNull();
        Found(v => v with { Failures = 500 }).ShouldBeNull("one of twenty brings no answer");
        Found(v => v with { Failures = 20 })!.SavingPerMonth!.Value.ShouldBe(5.99m, 0.01m, "failures cost too");
        Found(v => v with { P95Ms = 201 }).ShouldBeNull("the task's target is 200 ms");
        Found(v => v with { WasRolledBack = true }).ShouldBeNull();
        RecommendationRules.CheaperVersion(Facts(versions: [Version(2, 10m, 950), Version(1, 4m, 960)]) with { IsMoving = true }).ShouldBeNull();

        static Recommendation? Found(Func<VersionFacts, VersionFacts> other) => RecommendationRules.CheaperVersion(
            Facts(versions: [Version(2, 10m, 950), other(Version(1, 4m, 960) with { P95Ms = 150 })]) with { LatencyTargetMs = 200 });
    }

    [Fact]
    public void TopicOf_AnotherRateOfTheSameTask_IsTheSameTopic()
    {
        var found = RecommendationRules.LowerSampling(Facts(checks: Checks(1900, 2000, 0.05, cost: 100m), target: 0.90))!;
        found.Id.ShouldBe($"sampling-{Task:n}-7600");
        Recommendation.TopicOf(found.Id).ShouldBe($"sampling-{Task:n}");
        Recommendation.TopicOf($"version-{Task:n}-2-1").ShouldBe($"version-{Task:n}-2-1");
    }

    [Fact]
    public void LearnProgram_ReferenceModelOrWrittenCode_CanBeTakenByALearnedOne()
    {
        var unanswered = RecommendationRules.LearnProgram(Facts(active: null) with { TrainingExamples = 600, ReferencePerCall = 0.0002m, Versions = [] }, 0.000001m)!;
        (unanswered.SavingPerMonth, unanswered.SavingPerThousand, unanswered.Confidence).ShouldBe((null, 0.199m, RecommendationConfidence.Medium));

        var written = Facts(versions: [Version(2, 10m, 950) with { Language = ProgramLanguage.Python }]) with { TrainingExamples = 40 };
        var found = RecommendationRules.LearnProgram(written, 0.0001m)!;
        (found.SavingPerMonth, found.Confidence).ShouldBe((9m, RecommendationConfidence.Low));
        RecommendationRules.LearnProgram(written with { TrainingExamples = 12 }, 0.0001m).ShouldBeNull();
        RecommendationRules.LearnProgram(written with { IsGenerating = true }, 0.0001m).ShouldBeNull("it is on its way");
        RecommendationRules.LearnProgram(written, 0.002m).ShouldBeNull("a learned one would cost more");
    }

    [Fact]
    public void UnusedKey_TwoMonths_CountFromItsLastUse()
    {
        var now = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
        var key = new KeyFacts(Guid.CreateVersion7(), "old", now.AddDays(-400), now.AddDays(-61));
        RecommendationRules.UnusedKey(key, now)!.Why.ShouldStartWith("Nobody has used it for 61 days.");
        RecommendationRules.UnusedKey(key with { LastUsedAt = now.AddDays(-59) }, now).ShouldBeNull();
        RecommendationRules.UnusedKey(key with { LastUsedAt = null }, now)!.Why.ShouldContain("400 days ago");
    }

    private static TaskFacts Facts(CheckFacts? checks = null, double? target = null, int? active = 2, IReadOnlyList<VersionFacts>? versions = null) =>
        new(Task, "Spam filter", active, 0.05, target, 0, false, null, 30, versions ?? [Version(2, 10m, 950)], checks ?? CheckFacts.None);

    /// <summary>Ten thousand executions, a thousand of them checked.</summary>
    private static VersionFacts Version(int number, decimal cost, int right, ProgramStatus status = ProgramStatus.Validated) =>
        new(number, ProgramLanguage.Model, number == 2 ? ProgramStatus.Active : status, 10_000, cost, 0, Share(right * 10, 10_000));

    private static CheckFacts Checks(int right, int count, double rate, decimal cost) =>
        new(count, new WeightedShare(count / rate, right / rate, count / rate / rate), cost, 0);

    private static WeightedShare Share(int right, int count) => new(count, right, count);
}
