using Loopai.Core.Experiments.Statistics;

namespace Loopai.Core.Experiments.Planning;

/// <summary>How long an experiment takes to see what it looks for: the curve that a plan shows while it is made.</summary>
/// <param name="UnitsPerDay">Units that come in a day, of whom coverage takes a share.</param>
/// <param name="Coverage">That share.</param>
/// <param name="Control">The control's weight.</param>
/// <param name="Treatment">The weight of the variant with the fewest units.</param>
/// <param name="Comparisons">Variants beside the control, times goals: alpha is divided among them.</param>
/// <param name="Baseline">Where the goal stands today.</param>
/// <param name="MinimumEffect">The relative change to be found.</param>
/// <param name="Plan">How it is judged.</param>
public sealed record PowerForecast(
    double UnitsPerDay, double Coverage, double Control, double Treatment, int Comparisons, Baseline Baseline, double MinimumEffect, AnalysisPlan Plan)
{
    private const double SequentialTuning = 5000;
    private const double MostDays = 3650;

    private PowerDesign Design => new(
        Effect, Plan.Alpha, Plan.Power, Math.Max(1, Plan.Correction == Correction.None ? 1 : Comparisons),
        Plan.Method == StatisticalMethod.Sequential ? Plan.TargetUnits ?? SequentialTuning : null);

    private double Effect => Math.Abs(Baseline.Mean * MinimumEffect);

    /// <summary>The chance to find the effect after so many days, 0..1.</summary>
    public double PowerAfter(double days) => UnitsAfter(days) is var units && units.Control >= 2 && units.Treatment >= 2 && Effect > 0
        ? Math.Clamp(Power.Of(StandardError(units), Effect, Power.Reach(units.Control + units.Treatment, Design)), 0, 1)
        : 0;

    /// <summary>The smallest relative change that is found with the plan's power after so many days; null while there are too few units.</summary>
    public double? DetectableAfter(double days) => UnitsAfter(days) is var units && units.Control >= 2 && units.Treatment >= 2 && Baseline.Mean != 0
        ? StandardError(units) * (Power.Reach(units.Control + units.Treatment, Design) + Distributions.NormalQuantile(Plan.Power)) / Math.Abs(Baseline.Mean)
        : null;

    /// <summary>Days until the effect is found with the plan's power; null where that takes more than ten years.</summary>
    public double? DaysNeeded()
    {
        if (UnitsPerDay * Coverage * Baseline.Share <= 0 || PowerAfter(MostDays) < Plan.Power)
        {
            return null;
        }

        var (low, high) = (0.0, MostDays);
        while (high - low > 0.01 * Math.Max(high, 0.1))
        {
            var middle = (low + high) / 2;
            (low, high) = PowerAfter(middle) < Plan.Power ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>Units over all that are compared after so many days.</summary>
    public double UnitsNeeded(double days) => UnitsPerDay * Coverage * days;

    /// <summary>Points of the curve: days, and the chance to find the effect.</summary>
    public IReadOnlyList<(double Days, double Power)> Curve(double days, int points = 40) =>
        [.. Enumerable.Range(0, points + 1).Select(i => days * i / points).Select(day => (day, PowerAfter(day)))];

    private (double Control, double Treatment) UnitsAfter(double days)
    {
        var units = UnitsPerDay * Coverage * Baseline.Share * days;
        return (units * Control, units * Treatment);
    }

    private double StandardError((double Control, double Treatment) units) => Baseline.Deviation * Math.Sqrt((1 / units.Control) + (1 / units.Treatment));
}
