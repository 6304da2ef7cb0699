using System.Text.Json;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Statistics;
using Loopai.Portal.Tests.Conformance;

namespace Loopai.Portal.Tests.Experiments.Statistics;

/// <summary>Every reference result, each within its tolerance.</summary>
public class ReferenceTests
{
    private static readonly (string Name, Scale Scale)[] Scales = [("absolute", Scale.Absolute), ("relative", Scale.Relative)];

    [ConformanceFact]
    public void Reference_EveryKind_IsTested()
    {
        ReferenceCase.Kinds.Values.Sum().ShouldBe(63);
        ReferenceCase.Kinds.Keys.Order(StringComparer.Ordinal).ShouldBe(
        [
            "adjusted_ci", "bandit_thompson", "bayesian", "cuped_mean_ttest", "cuped_ratio_ttest", "mde_mean", "mde_proportion", "mean_ttest", "mid_experiment_power",
            "multiple_comparison", "one_sided_ttest", "power_proportion", "proportion_ttest", "ratio_ttest", "sample_size_mean", "sample_size_proportion",
            "sequential_one_sided", "sequential_two_sided", "srm",
        ]);
    }

    [ConformanceTheory]
    [InlineData("proportion_ttest")]
    [InlineData("mean_ttest")]
    [InlineData("ratio_ttest")]
    [InlineData("one_sided_ttest")]
    [InlineData("cuped_ratio_ttest")]
    public void FixedHorizon_EveryCase_IsTheReference(string kind)
    {
        foreach (var test in ReferenceCase.Of(kind))
        {
            foreach (var (name, scale) in Scales)
            {
                test.Same(FixedHorizon.Test(Difference.Between(test.Control, test.Treatment, scale), test.Alpha, test.Tail), test.Expected.GetProperty(name));
            }
        }
    }

    /// <summary>The relative variance is the full one, of which the references give the standard error; what follows from it is that of the t-test, tested above.</summary>
    [ConformanceFact]
    public void FixedHorizon_WithCuped_IsTheReferenceWithTheFullRelativeVariance()
    {
        foreach (var test in ReferenceCase.Of("cuped_mean_ttest"))
        {
            test.Same(FixedHorizon.Test(Difference.Between(test.Control, test.Treatment, Scale.Absolute), test.Alpha), test.Expected.GetProperty("absolute"));
            test.Same(
                FixedHorizon.Test(Difference.Between(test.Control, test.Treatment, Scale.Relative), test.Alpha), test.Expected.GetProperty("relative"),
                test.Also.GetProperty("relative_standard_error_full_delta_method"));
            test.Same(Adjustment.Theta(test.Control, test.Treatment), test.Expected.GetProperty("theta"), "theta");
            Arm(test, test.Control, "control");
            Arm(test, test.Treatment, "treatment");
        }

        static void Arm(ReferenceCase test, Sample sample, string arm)
        {
            var (m, f) = (Moments.Of(sample), MetricFunction.Of(sample, Adjustment.Theta(test.Control, test.Treatment)));
            test.Same(f.Value(m.Means), test.Expected.GetProperty($"{arm}_adjusted_mean"), "mean");
            test.Same(m.Form(f.Gradient(m.Means), f.Gradient(m.Means)), test.Expected.GetProperty($"{arm}_adjusted_variance"), "variance");
        }
    }

    [ConformanceTheory]
    [InlineData("sequential_two_sided")]
    [InlineData("sequential_one_sided")]
    public void Sequential_EveryCase_IsTheReference(string kind)
    {
        foreach (var test in ReferenceCase.Of(kind))
        {
            var tuning = ReferenceCase.Number(test.Input, "tuning_parameter");
            foreach (var (name, scale) in Scales)
            {
                var expected = test.Expected.GetProperty(name);
                var difference = Given(test, Difference.Between(test.Control, test.Treatment, scale), scale, expected, "standard_error");
                test.Same(Sequential.Test(difference, test.Alpha, tuning, test.Tail), expected);
                if (difference.State == EffectState.Estimated)
                {
                    test.Same(Sequential.Rho(test.Alpha, tuning, test.Tail), expected.GetProperty("rho"), "rho");
                    test.Same(difference.Units, expected.GetProperty("n_total"), "n_total");
                }
            }
        }
    }

    [ConformanceFact]
    public void Bayesian_EveryCase_IsTheReference()
    {
        foreach (var test in ReferenceCase.Of("bayesian"))
        {
            var scale = test.Input.GetProperty("difference_type").GetString() == "relative" ? Scale.Relative : Scale.Absolute;
            var given = test.Input.GetProperty("prior");
            var prior = given.GetProperty("proper").GetBoolean()
                ? new UpliftPrior(
                    ReferenceCase.Number(given, "mean"), ReferenceCase.Number(given, "stddev"), given.GetProperty("type").GetString() == "relative" ? Scale.Relative : Scale.Absolute)
                : null;
            var difference = Given(test, Difference.Between(test.Control, test.Treatment, scale), scale, test.Expected, "data_standard_error");
            var posterior = Bayesian.Posterior(difference, scale, prior, test.Alpha, test.Input.GetProperty("inverse").GetBoolean());
            test.Same(posterior.ChanceToWin, test.Expected.GetProperty("chance_to_beat_control"), "chance_to_beat_control");
            if (test.Failed(posterior.State, test.Expected))
            {
                continue;
            }

            test.Same(posterior.Mean, test.Expected.GetProperty("posterior_mean"), "posterior_mean");
            test.Same(posterior.StandardDeviation, test.Expected.GetProperty("posterior_sd"), "posterior_sd");
            test.Same([posterior.Interval!.Value.Low!.Value, posterior.Interval!.Value.High!.Value], test.Expected.GetProperty("ci"), "ci");
            test.Same(posterior.LossOfControl, test.Expected.GetProperty("risk_control"), "risk_control");
            test.Same(posterior.LossOfTreatment, test.Expected.GetProperty("risk_treatment"), "risk_treatment");
        }
    }

    [ConformanceFact]
    public void SampleRatio_EveryCase_IsTheReference()
    {
        foreach (var test in ReferenceCase.Of("srm"))
        {
            var ratio = SampleRatio.Test(Numbers(test.Input, "observed"), Numbers(test.Input, "weights"));
            test.Same(ratio.PValue, test.Expected.GetProperty("p_value"), "p_value");
            test.Same(ratio.ChiSquare, test.Expected.GetProperty("chi2"), "chi2");
            ratio.DegreesOfFreedom.ShouldBe(test.Expected.GetProperty("df").GetInt32(), test.Id);
        }
    }

    [ConformanceFact]
    public void Corrections_EveryCase_AreTheReference()
    {
        foreach (var test in ReferenceCase.Of("multiple_comparison"))
        {
            var p = Numbers(test.Input, "p_values");
            test.Same(Corrections.Adjust(p, Correction.Holm), test.Expected.GetProperty("holm_bonferroni"), "holm");
            test.Same(Corrections.Adjust(p, Correction.BenjaminiHochberg), test.Expected.GetProperty("benjamini_hochberg"), "bh");
            test.Same(Corrections.Bonferroni(p), test.Expected.GetProperty("bonferroni"), "bonferroni");
        }

        foreach (var test in ReferenceCase.Of("adjusted_ci"))
        {
            var ci = Numbers(test.Input, "ci");
            var implied = Corrections.Implied(
                ReferenceCase.Number(test.Input, "lift"), new ConfidenceInterval(ci[0], ci[1]), ReferenceCase.Number(test.Input, "p_value_adjusted"), test.Alpha);
            test.Same([implied.Low!.Value, implied.High!.Value], test.Expected.GetProperty("ci_adjusted"), "ci_adjusted");
        }
    }

    [ConformanceFact]
    public void Bandit_EveryCase_IsTheReference()
    {
        foreach (var test in ReferenceCase.Of("bandit_thompson"))
        {
            var arms = Bandit.Weigh(
                [.. test.Input.GetProperty("arms").EnumerateArray().Select(ReferenceCase.Arm)], test.Input.GetProperty("inverse").GetBoolean(),
                ReferenceCase.Number(test.Input, "min_variation_weight"), test.Input.TryGetProperty("theta", out var theta) ? theta.GetDouble() : 0, test.Alpha)!;
            test.Same([.. arms.Select(a => a.Mean)], test.Expected.GetProperty("posterior_mean"), "posterior_mean");
            test.Same([.. arms.Select(a => a.Variance)], test.Expected.GetProperty("posterior_variance"), "posterior_variance");
            test.Same([.. arms.Select(a => a.ChanceToBeBest)], test.Expected.GetProperty("best_arm_probabilities"), "best_arm_probabilities");
            test.Same([.. arms.Select(a => a.Weight)], test.Expected.GetProperty("weights"), "weights");
            foreach (var (arm, expected) in arms.Zip(test.Expected.GetProperty("ci").EnumerateArray()))
            {
                test.Same([arm.Interval.Low!.Value, arm.Interval.High!.Value], expected, "ci");
            }
        }
    }

    /// <summary>
    /// The references to a relative CUPED figure take the adjustment's mean as fixed. Their own standard error goes in here, so that everything that follows from it is
    /// compared; that ours is the full one, and so not the same, is shown above.
    /// </summary>
    private static Difference Given(ReferenceCase test, Difference difference, Scale scale, JsonElement expected, string field) =>
        test.Control.IsAdjusted && scale == Scale.Relative && difference.State == EffectState.Estimated
            ? difference with { StandardError = ReferenceCase.Number(expected, field) }
            : difference;

    private static double[] Numbers(JsonElement input, string name) => [.. input.GetProperty(name).EnumerateArray().Select(n => n.GetDouble())];
}
