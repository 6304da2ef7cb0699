using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Statistics;
using Loopai.Portal.Components.Feedback;
using Loopai.Portal.Pages.Experiments.Results;

namespace Loopai.Portal.Tests.Experiments;

public sealed class ResultReaderTests
{
    private static readonly Experiment Given = new()
    {
        Id = Guid.CreateVersion7(), OrganizationId = Guid.Empty, EnvironmentId = Guid.Empty, TaskId = Guid.Empty, Key = "k", Name = "K", Seed = "k", CreatedBy = "test",
        CreatedAt = DateTimeOffset.UtcNow, Variants = [new Variant("control", "Rules", 1, 0.5), new Variant("learned", "=Model", 2, 0.5), new Variant("dark", "Dark", 3, 0, null, true)],
    };

    private static readonly ExperimentSnapshot Snapshot = new()
    {
        ExperimentId = Given.Id,
        At = DateTimeOffset.UnixEpoch,
        From = DateTimeOffset.UnixEpoch,
        Until = DateTimeOffset.UnixEpoch,
        Decision = new Decision(DecisionState.Ship, "learned", "Ship it.", [new DecisionReason("Accuracy +5 %")]),
        Variants =
        [
            new Core.Experiments.Analysis.VariantTraffic("control", "Rules", 1, 0.5, 60, 90, 0, 50), new Core.Experiments.Analysis.VariantTraffic("learned", "=Model", 2, 0.5, 40, 70, 0, 50),
            new Core.Experiments.Analysis.VariantTraffic("dark", "Dark", 3, 0, 60, 90, 0, 0),
        ],
        Quality = new DataQuality(new SampleRatio(16, 1, 0.00006, true), 0, 0),
        Metrics =
        [
            new MetricResult(
                "accuracy", "Accuracy", MetricRole.Goal, MetricDirection.Up, MetricType.Ratio, 0.01,
                [
                    new VariantMetric("control", 60, 0.9, null),
                    new VariantMetric("learned", 40, 0.945, new Comparison(
                        new Effect(EffectState.Estimated, 0.05, 0.01, null, 0.001, new ConfidenceInterval(0.03, 0.07)), Effect.Without(EffectState.NoVariance),
                        new Posterior(EffectState.Estimated, 0.999, 0.05, 0.01, null, null, null), 0.002, new ConfidenceInterval(0.02, 0.08), Finding.Better, null, null)),
                ],
                []),
            new MetricResult(
                "success_rate", "Success rate", MetricRole.Guardrail, MetricDirection.Up, MetricType.Ratio, 0.01,
                [
                    new VariantMetric("control", 60, 1, null),
                    new VariantMetric("learned", 40, 1, new Comparison(
                        Effect.Without(EffectState.NoVariance), Effect.Without(EffectState.NoVariance), new Posterior(EffectState.NoVariance, 0.5, null, null, null, null, null), null, null,
                        Finding.Undecided, null, new GuardrailVerdict(GuardrailState.Hurt, Effect.Without(EffectState.NoVariance) with { PValue = 0.001 }, 0.025))),
                ],
                []),
        ],
    };

    [Fact]
    public void Of_ASnapshot_ShowsTheCorrectedIntervalAndP()
    {
        var result = ResultReader.Of(Given, Snapshot);
        (result.Word, result.Tone, result.Ship, result.Units, result.Executions).ShouldBe(("ship =Model", Tone.Good, "learned", 100, 160));
        var lift = result.Metrics[0].Treatments.Single();
        (lift.Lift, lift.Low, lift.High, lift.PValue, lift.ChanceToWin, lift.Tone).ShouldBe((0.05, 0.02, 0.08, 0.002, 0.999, Tone.Good));
        result.Headline.ShouldBe(lift);
        result.Course.ShouldBeNull();
    }

    [Fact]
    public void Of_WithoutAFigure_SaysWhyInstead()
    {
        var lift = ResultReader.Of(Given, Snapshot).Metrics[1].Treatments.Single();
        (lift.Lift, lift.Missing).ShouldBe((null, "all units alike"));
    }

    [Fact]
    public void Of_AGuardrail_ShowsItsOwnVerdict()
    {
        var lift = ResultReader.Of(Given, Snapshot).Metrics[1].Treatments.Single();
        (lift.Tone, lift.Guardrail).ShouldBe((Tone.Bad, new GuardrailView("hurt", Tone.Bad, 0.001, 0.025)));
    }

    [Fact]
    public void Of_AnUnevenSplit_IsAProblemAndAShadowIsNoShare()
    {
        var result = ResultReader.Of(Given, Snapshot);
        result.Problems.ShouldHaveSingleItem();
        result.Traffic.Select(t => (t.Share, t.Planned)).ShouldBe([(0.6, 0.5), (0.4, 0.5), (0, null)]);
    }

    [Fact]
    public void Write_AsCsv_HasALineAMetricAndNoFormula()
    {
        var lines = ExperimentCsv.Write(Given, ResultReader.Of(Given, Snapshot)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3);
        lines[1].ShouldContain("\"'=Model\",0.9,0.945,0.05,0.02,0.08,0.002,0.999,40");
        lines[2].ShouldEndWith("false,hurt,0.001,0.025");
        ExperimentCsv.Write(Given, null).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
    }
}
