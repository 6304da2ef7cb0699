using Loopai.Core.Rollouts;

namespace Loopai.Portal.Tests.Rollouts;

/// <summary>A version as a simulation has it: how often what goes wrong.</summary>
internal sealed record SimulatedVersion(double Errors = 0.02, double Timeouts = 0.002, double InvalidOutputs = 0.005, double Slow = 0.03, double Wrong = 0.06);

/// <summary>How a simulated rollout ended.</summary>
/// <param name="Step">Whether it completed or went back; hold when the time ran out.</param>
/// <param name="Minutes">After how long.</param>
/// <param name="Exposed">Executions that the new version answered until then.</param>
internal sealed record SimulatedEnd(RolloutStep Step, int Minutes, long Exposed);

/// <summary>Ships a version through the engine alone: traffic is drawn, and the engine looks every other minute.</summary>
internal sealed class RolloutSimulation(SimulatedVersion control, SimulatedVersion candidate, RolloutPlan plan, int seed)
{
    private const int PerMinute = 200;
    private const int MinutesPerLook = 2;
    private const double Checked = 0.2;
    private const int MostMinutes = 60 * 24;
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(seed);

    /// <summary>Ships it a number of times, each with its own chance.</summary>
    public static IReadOnlyList<SimulatedEnd> Ship(SimulatedVersion control, SimulatedVersion candidate, int times, RolloutPlan? plan = null)
    {
        var ends = new SimulatedEnd[times];
        Parallel.For(0, times, i => ends[i] = new RolloutSimulation(control, candidate, plan ?? new RolloutPlan(), i).Run());
        return ends;
    }

    public SimulatedEnd Run()
    {
        var (stage, stageStarted, exposed) = (0, 0, 0L);
        var seen = new List<StageEvidence> { new(0, ArmEvidence.None, ArmEvidence.None) };
        var recent = new Queue<ArmEvidence>();
        for (var minute = MinutesPerLook; minute <= MostMinutes; minute += MinutesPerLook)
        {
            var toCandidate = Draw(PerMinute * MinutesPerLook, plan.Stages[stage].Percent / 100);
            var seenNow = Look(candidate, toCandidate);
            seen[^1] = new StageEvidence(stage, Add(seen[^1].Control, Look(control, (PerMinute * MinutesPerLook) - toCandidate)), Add(seen[^1].Candidate, seenNow));
            exposed += toCandidate;
            recent.Enqueue(seenNow);
            if (recent.Count > (int)RolloutEngine.RecentFor.TotalMinutes / MinutesPerLook)
            {
                recent.Dequeue();
            }

            var judgement = RolloutEngine.Judge(plan, new RolloutMoment(
                stage, Start.AddMinutes(stageStarted), Start.AddMinutes(minute), seen, Recent(recent), false, TimeZoneInfo.Utc));
            if (judgement.Step is RolloutStep.Complete or RolloutStep.RollBack)
            {
                return new SimulatedEnd(judgement.Step, minute, exposed);
            }

            if (judgement.Step == RolloutStep.Advance)
            {
                (stage, stageStarted) = (stage + 1, minute);
                seen.Add(new StageEvidence(stage, ArmEvidence.None, ArmEvidence.None));
            }
        }

        return new SimulatedEnd(RolloutStep.Hold, MostMinutes, exposed);
    }

    private ArmEvidence Look(SimulatedVersion version, int executions)
    {
        var verdicts = Draw(executions, Checked);
        return new ArmEvidence(
            executions, executions, Sums(executions, version.Errors), Sums(executions, version.Timeouts), Sums(executions, version.InvalidOutputs), Sums(executions, version.Slow),
            Sums(verdicts, version.Wrong));
    }

    private RateSums Sums(int units, double share)
    {
        var events = Draw(units, share);
        return new RateSums(units, events, units, events, units, events);
    }

    /// <summary>How many of so many, by the gaps between them: as many steps as there are hits.</summary>
    private int Draw(int of, double share)
    {
        if (share >= 1)
        {
            return of;
        }

        var hits = -1;
        for (double at = 0; at <= of && share > 0; hits++)
        {
            at += 1 + Math.Floor(Math.Log(1 - _random.NextDouble()) / Math.Log(1 - share));
        }

        return Math.Max(0, hits);
    }

    private static RecentCounts Recent(IEnumerable<ArmEvidence> minutes) => minutes.Aggregate(RecentCounts.None, (sum, m) => new RecentCounts(
        sum.Executions + m.Executions, sum.Errors + (long)m.Errors.Events, sum.Timeouts + (long)m.Timeouts.Events, sum.InvalidOutputs + (long)m.InvalidOutputs.Events));

    private static ArmEvidence Add(ArmEvidence a, ArmEvidence b) => new(
        a.Units + b.Units, a.Executions + b.Executions, a.Errors + b.Errors, a.Timeouts + b.Timeouts, a.InvalidOutputs + b.InvalidOutputs, a.Slow + b.Slow, a.Wrong + b.Wrong);
}
