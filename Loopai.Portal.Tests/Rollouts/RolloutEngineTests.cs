using System.Text.Json;
using Loopai.Core.Rollouts;
using Loopai.Portal.Api;

namespace Loopai.Portal.Tests.Rollouts;

public sealed class RolloutEngineTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Covers_WindowWithoutDays_IsOnAllDays()
    {
        var asked = JsonSerializer.Deserialize<RolloutRequest>("{\"windows\":[{\"from\":\"09:00\",\"until\":\"17:00\"}]}", ApiJson.Options)!.ToPlan();
        var kept = RolloutJson.PlanOf(new Rollout
        {
            Id = default, OrganizationId = default, EnvironmentId = default, TaskId = default, Version = 2, BaseVersion = 1, Plan = RolloutJson.Write(asked), Course = "[]",
            StartedBy = "test", StartedAt = Start, NextLookAt = Start,
        });

        Enumerable.Range(0, 7).ShouldAllBe(day => kept.Windows[0].Covers(Start.AddDays(day), TimeZoneInfo.Utc) && !kept.Windows[0].Covers(Start.AddDays(day).AddHours(-1), TimeZoneInfo.Utc));
    }

    [Fact]
    public void Judge_TooSoon_HoldsAndSaysUntilWhen()
    {
        var judged = Judge(minutes: 5, Arm(10_000, 200), Arm(500, 10));

        (judged.Step, judged.Sentence).ShouldBe((RolloutStep.Hold, "It stays at 5 % until 09:10 UTC at least."));
        judged.NotBefore.ShouldBe(Start.AddMinutes(10));
    }

    [Fact]
    public void Judge_TooFewUnits_HoldsAndSaysHowMany() =>
        Judge(minutes: 20, Arm(1_000, 20), Arm(60, 1)).Sentence.ShouldBe("It waits for 40 more units in this stage.");

    [Fact]
    public void Judge_EverythingFine_MovesOn() =>
        Judge(minutes: 20, Arm(10_000, 200), Arm(500, 10)).ShouldSatisfyAllConditions(j => j.Step.ShouldBe(RolloutStep.Advance), j => j.Sentence.ShouldContain("25 %"));

    [Fact]
    public void Judge_LooksWorseThanTolerated_WaitsUntilItIsClear()
    {
        var judged = Judge(minutes: 20, Arm(10_000, 200), Arm(200, 16));

        judged.Step.ShouldBe(RolloutStep.Hold);
        judged.Gates.Single(g => g.Metric == RolloutMetric.Errors).State.ShouldBe(GateState.Doubtful);
        judged.Sentence.ShouldBe("It waits until it is clear whether more executions fail.");
    }

    [Fact]
    public void Judge_WorseBeyondDoubt_GoesBackAndTellsTheNumbers()
    {
        var judged = Judge(minutes: 2, Arm(10_000, 200), Arm(500, 75));

        judged.Step.ShouldBe(RolloutStep.RollBack);
        judged.Sentence.ShouldStartWith("Errors: 15 % with the new version against 2 %; that is worse by at least");
        judged.Gates.ShouldAllBe(g => g.Alpha == 0.01);
    }

    [Fact]
    public void Judge_HardLimit_GoesBackAtOnceEvenWhenPaused() =>
        Judge(minutes: 0, Arm(0, 0), Arm(12, 9), recent: new RecentCounts(12, 9, 0, 0), isPaused: true)
            .ShouldSatisfyAllConditions(j => j.Step.ShouldBe(RolloutStep.RollBack), j => j.Sentence.ShouldBe("75 % of the last 12 executions of the new version ended in an error; the limit is 20 %."));

    [Theory]
    [InlineData(9, 9, false)]
    [InlineData(20, 5, false)]
    [InlineData(20, 16, true)]
    [InlineData(1000, 260, true)]
    public void Judge_HardLimit_IsBrokenBeyondChanceOnly(int executions, int errors, bool broken) =>
        (Judge(minutes: 0, Arm(0, 0), Arm(0, 0), recent: new RecentCounts(executions, errors, 0, 0)).Step == RolloutStep.RollBack).ShouldBe(broken);

    [Fact]
    public void Judge_OutsideItsWindows_WaitsAndGoesBackAllTheSame()
    {
        var plan = new RolloutPlan { Windows = [new RolloutWindow([DayOfWeek.Tuesday], new TimeOnly(8, 0), new TimeOnly(17, 0))] };

        Judge(minutes: 20, Arm(10_000, 200), Arm(500, 10), plan: plan).Sentence.ShouldBe("It waits for the next window in which it may move.");
        Judge(minutes: 20, Arm(10_000, 200), Arm(500, 100), plan: plan).Step.ShouldBe(RolloutStep.RollBack);
    }

    [Fact]
    public void Judge_BothVersionsAreWorseInTheLaterStage_HoldsItAgainstNeither()
    {
        // A twentieth of the units in a quiet stage, half of them in a bad one: over all stages together the new version has 28 % errors and the old one 12 %.
        StageEvidence[] stages = [new(0, Arm(1_900, 38), Arm(100, 2)), new(1, Arm(1_000, 300), Arm(1_000, 300))];

        var judged = RolloutEngine.Judge(new RolloutPlan { Limits = [] }, new RolloutMoment(1, Start, Start.AddHours(1), stages, RecentCounts.None, false, TimeZoneInfo.Utc));

        judged.Gates.Single(g => g.Metric == RolloutMetric.Errors).ShouldSatisfyAllConditions(
            g => g.State.ShouldBe(GateState.Fine), g => g.Worse!.Value.ShouldBe(0, 1e-9), g => g.Candidate!.Value.ShouldBeGreaterThan(g.Control!.Value + 0.1));
    }

    [Fact]
    public void Judge_LastStage_CompletesWithoutAControlToCompareWith()
    {
        StageEvidence[] stages = [new(0, Arm(1_900, 38), Arm(100, 2)), new(3, Arm(0, 0), Arm(3_000, 60))];

        RolloutEngine.Judge(new RolloutPlan(), new RolloutMoment(3, Start, Start.AddHours(1), stages, RecentCounts.None, false, TimeZoneInfo.Utc)).Step.ShouldBe(RolloutStep.Complete);
    }

    [Fact]
    public void Read_SlowHourOfTheMachine_IsNotTheVersionsFault()
    {
        var gate = new RolloutGuardrail(RolloutMetric.LatencyP95, 0.25);
        StageEvidence[] bothSlow = [new(0, Slow(5_000, 1_000), Slow(1_000, 200))];
        StageEvidence[] newSlow = [new(0, Slow(5_000, 150), Slow(1_000, 200))];

        RolloutGates.Read(gate, bothSlow, 0.01).State.ShouldNotBe(GateState.Hurt);
        RolloutGates.Read(gate, newSlow, 0.01).State.ShouldBe(GateState.Hurt);
    }

    [Fact]
    public void SoftenedVariance_TwoOfAHundred_IsTheDeltaMethods()
    {
        new RateSums(100, 2, 100, 2, 100, 2).SoftenedVariance!.Value.ShouldBe(0.00028264, 1e-8);

        // One user who calls a hundred times is one observation.
        var users = Enumerable.Range(0, 50).Aggregate(default(RateSums), (sum, i) => sum + RateSums.Of(i == 0 ? 100 : 0, i == 0 ? 100 : 1));
        users.SoftenedVariance!.Value.ShouldBeGreaterThan(0.01);
        default(RateSums).SoftenedVariance.ShouldBeNull();
    }

    [Theory]
    [InlineData("2026-03-02T08:30:00Z", true)]
    [InlineData("2026-03-02T07:30:00Z", false)]
    [InlineData("2026-03-07T08:30:00Z", false)]
    public void Window_InTheZoneOfTheOrganization_CoversItsHours(string at, bool covered) =>
        new RolloutWindow([DayOfWeek.Monday, DayOfWeek.Friday], new TimeOnly(9, 0), new TimeOnly(17, 0))
            .Covers(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).ShouldBe(covered);

    private static RolloutJudgement Judge(
        int minutes, ArmEvidence control, ArmEvidence candidate, RecentCounts? recent = null, bool isPaused = false, RolloutPlan? plan = null) =>
        RolloutEngine.Judge(plan ?? new RolloutPlan(), new RolloutMoment(
            0, Start, Start.AddMinutes(minutes), [new StageEvidence(0, control, candidate)], recent ?? RecentCounts.None, isPaused, TimeZoneInfo.Utc));

    private static ArmEvidence Arm(int units, int errors) => new(units, units, Sums(units, errors), Sums(units, 0), Sums(units, 0));

    private static ArmEvidence Slow(int units, int slow) => new(units, units, Slow: Sums(units, slow));

    private static RateSums Sums(int units, int events) => new(units, events, units, events, units, events);
}
