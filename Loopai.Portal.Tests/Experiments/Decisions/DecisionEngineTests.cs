using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Portal.Tests.Experiments.Decisions;

public class DecisionEngineTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Decide_OneGoalBetter_ShipsAndSaysByHowMuch()
    {
        var decision = DecisionEngine.Decide(Given(Goal("b", Finding.Better, 0.083)));
        (decision.State, decision.Variant, decision.IsFinal).ShouldBe((DecisionState.Ship, "b", true));
        decision.Sentence.ShouldBe("Ship New prompt: Accuracy +8.3 %, and no guardrail is hurt.");
        decision.Reasons[0].ShouldBe(new DecisionReason("Accuracy +8.3 % (+7.3 % to +9.3 %, p = 0.01)", "accuracy", "b", 0.083, new ConfidenceInterval(0.073, 0.093), 0.01));
    }

    [Fact]
    public void Decide_UnevenSplit_TrustsNothingElse()
    {
        var decision = DecisionEngine.Decide(Given(Goal("b", Finding.Better, 0.5)) with { SampleRatio = SampleRatio.Test([5_000, 6_000], [1, 1]), Hurt = [Goal("b", Finding.Worse, 1)] });
        decision.State.ShouldBe(DecisionState.SampleRatioMismatch);
        decision.Reasons[0].Text.ShouldContain("less than 0.0001");
        decision.Harm.ShouldBe("Stop New prompt: it harms a guardrail, Accuracy +100 %.");
    }

    [Fact]
    public void Decide_WinnerHurtsAGuardrail_StopsItEvenOnTheFirstDay()
    {
        var evidence = Given(Goal("b", Finding.Better, 0.083)) with { Hurt = [new MetricFinding("latency", "Latency", "b", Finding.Worse, 0.31)], Days = 0.2 };
        var decision = DecisionEngine.Decide(evidence);
        (decision.State, decision.Variant).ShouldBe((DecisionState.GuardrailHurt, "b"));
        decision.Sentence.ShouldBe("Stop New prompt: it harms a guardrail, Latency +31 %.");
    }

    [Fact]
    public void Decide_OneOfTwoTreatmentsHurts_ShipsTheOther()
    {
        var evidence = Given(Goal("b", Finding.Better, 0.2), Goal("c", Finding.Better, 0.1)) with
        {
            Treatments = [("b", "New prompt"), ("c", "Small model")],
            Hurt = [new MetricFinding("latency", "Latency", "b", Finding.Worse, 0.31)],
        };
        var decision = DecisionEngine.Decide(evidence);
        (decision.State, decision.Variant).ShouldBe((DecisionState.Ship, "c"));
        decision.Sentence.ShouldBe("Ship Small model: Accuracy +10 %, and it hurts no guardrail. Stop New prompt: it harms a guardrail, Latency +31 %.");
        decision.Harm.ShouldBe("Stop New prompt: it harms a guardrail, Latency +31 %.");
        decision.Reasons.Count(r => r.Metric == "latency" && r.Variant == "b").ShouldBe(1);
    }

    [Fact]
    public void Decide_TooFewDays_CollectsUntilTheyAreThere()
    {
        var decision = DecisionEngine.Decide(Given(Goal("b", Finding.Better, 0.2)) with { Days = 2, MinDays = 7 });
        (decision.State, decision.About).ShouldBe((DecisionState.Collecting, Now.AddDays(5)));
        decision.Sentence.ShouldBe("Too early to say anything: look again on 25 May 2026.");
    }

    [Fact]
    public void Decide_FixedHorizonBeforeItsEnd_IsNotRead()
    {
        var early = Given(Goal("b", Finding.Better, 0.2)) with { ReadsOnce = true, ReadAtUnits = 20_000 };
        var decision = DecisionEngine.Decide(early);
        (decision.State, decision.About).ShouldBe((DecisionState.Collecting, Now.AddDays(10)));
        decision.Reasons.ShouldContain(r => r.Text == "It is read once, at 20,000 units; there are 10,000.");
        DecisionEngine.Decide(early with { Units = 20_000 }).State.ShouldBe(DecisionState.Ship);
        DecisionEngine.Decide(early with { ReadAtUnits = null, MaxDays = 10 }).State.ShouldBe(DecisionState.Ship);
    }

    [Fact]
    public void Decide_FixedHorizonOnceRead_StaysWhatItWas()
    {
        var end = Given(Goal("b", Finding.Undecided, 0.01)) with { ReadsOnce = true, ReadAtUnits = 10_000, UnitsToGo = 12_000 };
        DecisionEngine.Read(end with { Units = 9_999 }).ShouldBeNull();
        DecisionEngine.Decide(end).State.ShouldBe(DecisionState.Inconclusive);
        var reading = DecisionEngine.Read(end);
        var later = end with { Units = 50_000, Goals = [Goal("b", Finding.Better, 0.2)], Reading = reading };

        DecisionEngine.Read(later).ShouldBeSameAs(reading);
        DecisionEngine.Decide(later).ShouldBe(reading);
        DecisionEngine.Decide(later).Reasons[^1].Text.ShouldBe("It was read once, with 10,000 units on 20 May 2026; what came later changes nothing.");

        // Guardrails are sequential, and go on.
        DecisionEngine.Decide(later with { Hurt = [new MetricFinding("latency", "Latency", "b", Finding.Worse, 0.31)] }).State.ShouldBe(DecisionState.GuardrailHurt);
        DecisionEngine.Read(Given(Goal("b", Finding.Better, 0.2))).ShouldBeNull();
    }

    [Fact]
    public void Decide_NothingFound_SaysUntilWhen()
    {
        var decision = DecisionEngine.Decide(Given(Goal("b", Finding.Undecided, 0.01)) with { UnitsToGo = 12_000 });
        (decision.State, decision.About).ShouldBe((DecisionState.Underpowered, Now.AddDays(12)));
        decision.Sentence.ShouldEndWith("keep it running until about 1 June 2026.");
        decision.Reasons.ShouldContain(r => r.Text == "To show the smallest effect that matters it needs about 12,000 more units, at 1,000 a day.");
    }

    [Fact]
    public void Decide_NothingFoundAndCenturiesToGo_NamesNoDate()
    {
        var decision = DecisionEngine.Decide(Given(Goal("b", Finding.Undecided, 0.01)) with { UnitsToGo = 1e12 });
        (decision.State, decision.About).ShouldBe((DecisionState.Underpowered, null));
    }

    [Theory]
    [InlineData(Finding.Equivalent, Finding.Equivalent, DecisionState.Equivalent)]
    [InlineData(Finding.Worse, Finding.Undecided, DecisionState.KeepControl)]
    [InlineData(Finding.Worse, Finding.Equivalent, DecisionState.KeepControl)]
    [InlineData(Finding.Better, Finding.Worse, DecisionState.TradeOff)]
    [InlineData(Finding.Better, Finding.Undecided, DecisionState.Ship)]
    [InlineData(Finding.Better, Finding.Equivalent, DecisionState.Ship)]
    [InlineData(Finding.Equivalent, Finding.Undecided, DecisionState.Underpowered)]
    [InlineData(Finding.Undecided, Finding.Undecided, DecisionState.Underpowered)]
    public void Decide_TwoGoals_WeighsBoth(Finding first, Finding second, DecisionState expected)
    {
        var decision = DecisionEngine.Decide(Given(Goal("b", first, 0.05), Goal("b", second, -0.02) with { Metric = "cost", Name = "Cost" }));
        decision.State.ShouldBe(expected);
        decision.Sentence.ShouldEndWith(".");
    }

    [Fact]
    public void Decide_TimeIsOver_IsInconclusive() =>
        DecisionEngine.Decide(Given(Goal("b", Finding.Undecided, 0.01)) with { MaxDays = 10 }).State.ShouldBe(DecisionState.Inconclusive);

    [Fact]
    public void Decide_NoTraffic_CollectsUntilTheFirstDayIsOver()
    {
        var decision = DecisionEngine.Decide(Given(Goal("b", Finding.Undecided, null)) with { Units = 0, LeastUnits = 0, Days = 0 });
        (decision.State, decision.About).ShouldBe((DecisionState.Collecting, Now.AddDays(1)));
        decision.Reasons[0].Text.ShouldBe("The smallest variant has 0 units; 30 are the least.");
    }

    [Fact]
    public void Decide_ManyUnitsInSeveralVariants_Warns() =>
        DecisionEngine.Decide(Given(Goal("b", Finding.Better, 0.1)) with { ShareInSeveral = 0.034 }).Reasons.ShouldContain(r => r.Text.StartsWith("3.4 % of the units met several variants", StringComparison.Ordinal));

    private static DecisionEvidence Given(params MetricFinding[] goals) => new()
    {
        Now = Now,
        Days = 10,
        MinDays = 1,
        Units = 10_000,
        LeastUnits = 5_000,
        SampleRatio = SampleRatio.Test([5_000, 5_000], [1, 1]),
        Treatments = [("b", "New prompt")],
        Goals = goals,
    };

    private static MetricFinding Goal(string variant, Finding finding, double? uplift) =>
        new("accuracy", "Accuracy", variant, finding, uplift, uplift is { } u ? new ConfidenceInterval(Math.Round(u - 0.01, 6), Math.Round(u + 0.01, 6)) : null, 0.01);
}
