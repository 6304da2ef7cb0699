using System.Globalization;

namespace Loopai.Core.Rollouts;

/// <summary>Says what a rollout does next, and why. Pure: a simulation and the worker ask the same.</summary>
public static class RolloutEngine
{
    /// <summary>How far back the hard limits look.</summary>
    public static readonly TimeSpan RecentFor = TimeSpan.FromMinutes(5);

    /// <summary>Fewer executions break no hard limit.</summary>
    public const int FewestRecent = 10;

    public static RolloutJudgement Judge(RolloutPlan plan, RolloutMoment moment)
    {
        var limits = plan.Limits.Select(limit => Read(limit, moment.Recent)).ToList();
        var gates = plan.Guardrails.Select(guardrail => RolloutGates.Read(guardrail, moment.Stages, plan.Alpha / plan.Guardrails.Count)).ToList();
        var stage = plan.Stages[moment.Stage];
        var notBefore = moment.StageStartedAt.AddMinutes(stage.LeastMinutes);
        RolloutJudgement Say(RolloutStep step, string sentence) => new(step, sentence, gates, limits, notBefore, UnitsIn(moment));

        if (limits.Find(l => l.IsBroken) is { } broken)
        {
            return Say(RolloutStep.RollBack, $"{Percent(broken.Candidate)} of the last {broken.Executions} executions of the new version {RolloutWords.Ended(broken.Metric)}; the limit is {Percent(broken.Limit)}.");
        }

        if (gates.Find(g => g.State == GateState.Hurt) is { } hurt)
        {
            return Say(RolloutStep.RollBack, RolloutWords.Hurt(hurt));
        }

        if (moment.IsPaused)
        {
            return Say(RolloutStep.Hold, "It is paused.");
        }

        if (moment.Now < notBefore)
        {
            return Say(RolloutStep.Hold, $"It stays at {RolloutWords.Share(stage.Percent)} until {notBefore.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture)} UTC at least.");
        }

        if (UnitsIn(moment) is var units && units < stage.LeastUnits)
        {
            return Say(RolloutStep.Hold, $"It waits for {stage.LeastUnits - units} more units in this stage.");
        }

        if (gates.Find(g => g.State == GateState.Doubtful) is { } doubtful)
        {
            return Say(RolloutStep.Hold, $"It waits until it is clear whether {RolloutWords.Doubt(doubtful.Metric)}.");
        }

        if (plan.Windows.Count > 0 && !plan.Windows.Any(w => w.Covers(moment.Now, moment.Zone)))
        {
            return Say(RolloutStep.Hold, "It waits for the next window in which it may move.");
        }

        return moment.Stage == plan.Stages.Count - 1
            ? Say(RolloutStep.Complete, "Every stage is passed: the version answers the task.")
            : Say(RolloutStep.Advance, $"Every gate is passed: it moves to {RolloutWords.Share(plan.Stages[moment.Stage + 1].Percent)}.");
    }

    /// <summary>
    /// A hard limit is broken when the share is above it by Wilson's bound at three standard errors: eight failures of ten are enough for a limit of a fifth, and an
    /// ordinary bad minute of a good version is not.
    /// </summary>
    private static LimitReading Read(RolloutLimit limit, RecentCounts recent)
    {
        if (recent.Executions < FewestRecent)
        {
            return new LimitReading(limit.Metric, null, limit.Share, recent.Executions, false);
        }

        var (n, p) = ((double)recent.Executions, recent.Of(limit.Metric) / (double)recent.Executions);
        const double z = 3;
        var low = (p + (z * z / (2 * n)) - (z * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n))))) / (1 + (z * z / n));
        return new LimitReading(limit.Metric, p, limit.Share, recent.Executions, low > limit.Share);
    }

    private static long UnitsIn(RolloutMoment moment) => moment.Stages.Where(s => s.Stage == moment.Stage).Sum(s => s.Candidate.Units);

    private static string Percent(double? share) => ((share ?? 0) * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}

/// <summary>Where a rollout stands, with everything that was seen of it.</summary>
/// <param name="Stage">The stage at hand, from 0.</param>
/// <param name="StageStartedAt">When it began.</param>
/// <param name="Now">The time.</param>
/// <param name="Stages">What was seen, by stage.</param>
/// <param name="Recent">What the new version did in the last minutes.</param>
/// <param name="IsPaused">Whether somebody stopped it from moving on.</param>
/// <param name="Zone">The time zone of its windows.</param>
public sealed record RolloutMoment(
    int Stage, DateTimeOffset StageStartedAt, DateTimeOffset Now, IReadOnlyList<StageEvidence> Stages, RecentCounts Recent, bool IsPaused, TimeZoneInfo Zone);

/// <summary>What a rollout does next, with the numbers behind it.</summary>
/// <param name="Step">What it does.</param>
/// <param name="Sentence">Why, for people.</param>
/// <param name="Gates">Every guardrail.</param>
/// <param name="Limits">Every hard limit.</param>
/// <param name="NotBefore">When the stage at hand may end at the earliest.</param>
/// <param name="Units">Units that the new version answered in the stage at hand.</param>
public sealed record RolloutJudgement(
    RolloutStep Step, string Sentence, IReadOnlyList<GateReading> Gates, IReadOnlyList<LimitReading> Limits, DateTimeOffset NotBefore, long Units);

/// <param name="Metric">What is limited.</param>
/// <param name="Candidate">The new version's share in the last minutes; null where there is too little.</param>
/// <param name="Limit">The share it may have.</param>
/// <param name="Executions">In the last minutes.</param>
/// <param name="IsBroken">Whether it is above, beyond chance.</param>
public sealed record LimitReading(RolloutMetric Metric, double? Candidate, double Limit, long Executions, bool IsBroken);

/// <summary>What a rollout does.</summary>
public enum RolloutStep
{
    Hold,
    Advance,
    Complete,
    RollBack,
}
