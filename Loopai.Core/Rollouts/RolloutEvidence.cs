using System.Runtime.InteropServices;

namespace Loopai.Core.Rollouts;

/// <summary>
/// How often something happened, per unit: sums over units of what happened to each and of how often it could have. A unit is one observation, so a user who
/// calls a thousand times does not count a thousand times.
/// </summary>
/// <param name="Units">Units with at least one chance.</param>
/// <param name="Events">Σ x: how often it happened.</param>
/// <param name="Chances">Σ n: how often it could have.</param>
/// <param name="EventsSquared">Σ x².</param>
/// <param name="ChancesSquared">Σ n².</param>
/// <param name="Products">Σ x·n.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RateSums(long Units, double Events, double Chances, double EventsSquared, double ChancesSquared, double Products)
{
    /// <summary>Σ x / Σ n; null without a chance.</summary>
    public double? Rate => Chances > 0 ? Events / Chances : null;

    public static RateSums operator +(RateSums a, RateSums b) => new(
        a.Units + b.Units, a.Events + b.Events, a.Chances + b.Chances, a.EventsSquared + b.EventsSquared, a.ChancesSquared + b.ChancesSquared, a.Products + b.Products);

    /// <summary>One unit.</summary>
    public static RateSums Of(double events, double chances) => new(1, events, chances, events * events, chances * chances, events * chances);

    /// <summary>
    /// The variance of <see cref="Rate"/> by the delta method for a ratio of means, Σ(x − r·n)² / (Σn)² · u/(u − 1), with one average unit more to which it happened
    /// and one to which it did not (A. Agresti and B. Caffo, The American Statistician 54, 2000), so that an arm without any event has a spread. Of 2 in 100
    /// units with one chance each: r = 3/102, variance 0.00028264.
    /// </summary>
    public double? SoftenedVariance
    {
        get
        {
            if (Units == 0 || Chances <= 0)
            {
                return null;
            }

            var chance = Chances / Units;
            var soft = this + Of(chance, chance) + Of(0, chance);
            var rate = soft.Events / soft.Chances;
            var squares = soft.EventsSquared - (2 * rate * soft.Products) + (rate * rate * soft.ChancesSquared);
            return Math.Max(0, squares) / (soft.Chances * soft.Chances) * soft.Units / (soft.Units - 1);
        }
    }
}

/// <summary>What one version did in one stage.</summary>
/// <param name="Units">Units that it answered.</param>
/// <param name="Executions">Times it answered.</param>
/// <param name="Slow">Executions above the line; nothing where there is no line yet.</param>
/// <param name="Wrong">Answers that were checked and wrong, weighted by the inverse of the chance to be checked.</param>
public sealed record ArmEvidence(
    long Units, long Executions, RateSums Errors = default, RateSums Timeouts = default, RateSums InvalidOutputs = default, RateSums Slow = default, RateSums Wrong = default)
{
    public static readonly ArmEvidence None = new(0, 0);

    public RateSums Of(RolloutMetric metric) => metric switch
    {
        RolloutMetric.Errors => Errors,
        RolloutMetric.Timeouts => Timeouts,
        RolloutMetric.InvalidOutputs => InvalidOutputs,
        RolloutMetric.LatencyP95 => Slow,
        RolloutMetric.Accuracy => Wrong,
    };
}

/// <summary>What both versions did in one stage, at the same time and under the same share.</summary>
public sealed record StageEvidence(int Stage, ArmEvidence Control, ArmEvidence Candidate);

/// <summary>What the new version did in the last minutes, over all units.</summary>
public sealed record RecentCounts(long Executions, long Errors, long Timeouts, long InvalidOutputs)
{
    public static readonly RecentCounts None = new(0, 0, 0, 0);

    public long Of(RolloutMetric metric) => metric switch
    {
        RolloutMetric.Errors => Errors,
        RolloutMetric.Timeouts => Timeouts,
        RolloutMetric.InvalidOutputs => InvalidOutputs,
        RolloutMetric.LatencyP95 or RolloutMetric.Accuracy => 0,
    };
}
