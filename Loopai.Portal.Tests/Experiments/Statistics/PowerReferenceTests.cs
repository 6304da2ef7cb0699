using System.Text.Json;
using Loopai.Core.Experiments.Statistics;
using Loopai.Portal.Tests.Conformance;

namespace Loopai.Portal.Tests.Experiments.Statistics;

/// <summary>The reference results of planning.</summary>
public class PowerReferenceTests
{
    [ConformanceFact]
    public void SampleSize_EveryCase_IsTheReference()
    {
        foreach (var test in ReferenceCase.Of("sample_size_proportion").Concat(ReferenceCase.Of("sample_size_mean")))
        {
            var units = test.Input.TryGetProperty("baseline", out var baseline)
                ? SampleSize.ForProportion(
                    baseline.GetDouble(), ReferenceCase.Number(test.Input, "target"), Plan(test.Input),
                    test.Input.GetProperty("method").GetString() == "cohen_h" ? ProportionMethod.Arcsine : ProportionMethod.Unpooled)
                : SampleSize.ForMean(ReferenceCase.Number(test.Input, "mde_absolute"), ReferenceCase.Number(test.Input, "stddev"), Plan(test.Input));
            if (test.Expected.TryGetProperty("error", out _))
            {
                units.ShouldBeNull(test.Id);
                continue;
            }

            test.Same(units, test.Expected.GetProperty("n_control"), "n_control");
            test.Same(units * Plan(test.Input).Ratio, test.Expected.GetProperty("n_treatment"), "n_treatment");
            Math.Ceiling(units!.Value).ShouldBe(test.Expected.GetProperty("n_control_ceil").GetDouble(), test.Id);
        }
    }

    [ConformanceFact]
    public void Detectable_EveryCase_IsTheReference()
    {
        foreach (var test in ReferenceCase.Of("mde_proportion"))
        {
            var baseline = ReferenceCase.Number(test.Input, "baseline");
            var rise = SampleSize.DetectableRise(baseline, ReferenceCase.Number(test.Input, "n_control"), Plan(test.Input));
            test.Same(rise, test.Expected.GetProperty("mde_absolute"), "mde_absolute");
            test.Same(rise / baseline, test.Expected.GetProperty("mde_relative"), "mde_relative");
        }

        foreach (var test in ReferenceCase.Of("mde_mean"))
        {
            var change = SampleSize.DetectableChange(ReferenceCase.Number(test.Input, "stddev"), ReferenceCase.Number(test.Input, "n_control"), Plan(test.Input));
            test.Same(change, test.Expected.GetProperty("mde_absolute"), "mde_absolute");
            test.Same(change / ReferenceCase.Number(test.Input, "mean"), test.Expected.GetProperty("mde_relative"), "mde_relative");
        }
    }

    [ConformanceFact]
    public void Power_EveryCase_IsTheReference()
    {
        foreach (var test in ReferenceCase.Of("power_proportion"))
        {
            var power = SampleSize.PowerOfProportion(
                ReferenceCase.Number(test.Input, "baseline"), ReferenceCase.Number(test.Input, "target"), ReferenceCase.Number(test.Input, "n_control"), Plan(test.Input));
            test.Same(power, test.Expected.GetProperty("power"), "power");
        }
    }

    [ConformanceFact]
    public void Now_EveryCase_IsTheReference()
    {
        foreach (var test in ReferenceCase.Of("mid_experiment_power"))
        {
            var goals = test.Input.GetProperty("num_goal_metrics").GetInt32();
            var comparisons = test.Input.GetProperty("p_value_corrected").GetBoolean() ? (test.Input.GetProperty("num_variations").GetInt32() - 1) * goals : 1;

            // Each goal needs a power whose product over the goals is the target.
            var target = Math.Pow(ReferenceCase.Number(test.Input, "target_power"), 1.0 / goals);
            var difference = Difference.Between(test.Control, test.Treatment, Scale.Relative);
            var power = Power.Now(difference, new PowerDesign(ReferenceCase.Number(test.Input, "target_mde"), test.Alpha, target, comparisons))!;
            test.Same(power.Now, test.Expected.GetProperty("power_now"), "power_now");
            test.Same(power.UnitsToGo / difference.Units, test.Expected.GetProperty("scaling_factor"), "scaling_factor");
            if (test.Expected.GetProperty("additional_users") is { ValueKind: JsonValueKind.Number } users)
            {
                test.Same(power.UnitsToGo, users, "additional_users");
            }
        }
    }

    private static TestPlan Plan(JsonElement input) => new(
        ReferenceCase.Number(input, "alpha"), input.TryGetProperty("power", out var power) ? power.GetDouble() : 0.8, ReferenceCase.Number(input, "ratio_treatment_to_control"));
}
