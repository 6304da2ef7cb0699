using System.Globalization;
using Loopai.Core.Programs;
using Loopai.Core.Validation;

namespace Loopai.Core.Costs.Recommendations;

/// <summary>What facts recommend. Every rule is pure, and silent where there is too little to stay true tomorrow.</summary>
internal static class RecommendationRules
{
    /// <summary>A mean of fewer executions says little.</summary>
    public const int LeastExecutions = 100;

    /// <summary>Fewer verdicts do not tell two versions apart.</summary>
    public const int LeastVerdicts = 50;

    /// <summary>A version may be worse by so much and still be as good.</summary>
    public const double Margin = 0.01;

    /// <summary>Fewer examples cannot make a program and measure it.</summary>
    public const int LeastExamples = 30;

    /// <summary>A key that nobody has used for so long is not missed.</summary>
    public const int UnusedDays = 60;

    /// <summary>A change for less is not worth a person's time.</summary>
    private const decimal WorthIt = 0.75m;

    private const int GoodVerdicts = 200;
    private const int GoodExamples = 500;
    private const double NarrowestNeeded = 0.01;
    private const double WidestNeeded = 0.025;
    private const double UsuallyNeeded = 0.02;

    /// <summary>All that the facts of a task recommend.</summary>
    /// <param name="task">The task.</param>
    /// <param name="learnedPerCall">What an execution of a learned program costs here; null where nothing prices it.</param>
    public static IEnumerable<Recommendation> Of(TaskFacts task, decimal? learnedPerCall) =>
        new[] { LowerSampling(task), CheaperVersion(task), LearnProgram(task, learnedPerCall) }.OfType<Recommendation>();

    /// <summary>
    /// The interval needs to be as narrow as half the way from the accuracy to its target, so that it says on which side of it the task lies, and never narrower than one
    /// point to either side nor wider than two and a half; without a target, two points. Where it is narrower, fewer checks do, though never fewer than two hundred, and none
    /// fewer while the accuracy is below the target. An accuracy of 95 % from 2,000 checks is known to ±0.96 points; for a
    /// target of 90 % it needs ±2.5, and 304 checks give that.
    /// </summary>
    public static Recommendation? LowerSampling(TaskFacts task)
    {
        var checks = task.Checks;
        if (checks.Verdicts is not { Estimate: { } accuracy, EffectiveSize: >= GoodVerdicts and var known } || task.SamplingRate <= 0 || checks is { Count: 0 } or { Cost: 0, Unpriced: 0 }
            || task.IsMoving || accuracy < task.AccuracyTarget)
        {
            return null;
        }

        var needed = task.AccuracyTarget is { } target ? Math.Clamp((accuracy - target) / 2, NarrowestNeeded, WidestNeeded) : UsuallyNeeded;
        var enough = Math.Max(EnoughFor(accuracy, needed), GoodVerdicts);
        var rate = RoundedUp(enough / checks.Verdicts.Weights);
        if (enough >= known || rate > task.SamplingRate * (double)WorthIt)
        {
            return null;
        }

        // By the rate of today, which may be another one than that which chose them; executions that another rule chooses more often are not checked less.
        var checksNow = task.PerMonth((decimal)(task.SamplingRate * checks.Weights));
        var checksThen = task.PerMonth((decimal)(rate * checks.Weights));
        var (now, then) = (Wilson.Interval(accuracy * known, known), Wilson.Interval(accuracy * enough, enough));
        decimal? saving = checks.Unpriced > 0 ? null : Money.Round((checksNow - checksThen) * checks.Cost / checks.Count);
        return new Recommendation(
            Recommendation.IdOf(RecommendationKind.LowerSampling, task.Id, (rate * 1e6).ToString("0", CultureInfo.InvariantCulture)), RecommendationKind.LowerSampling, task.Id, task.Name, task.ActiveVersion,
            $"Check {Percent(rate)} of the answers of {task.Name} instead of {Percent(task.SamplingRate)}",
            $"Its accuracy is known to ±{Points(HalfOf(now))}; {(task.AccuracyTarget is { } wanted ? $"to tell it from the target of {Percent(wanted)}" : "for most decisions")} ±{Points(needed)} is enough.",
            [
                new RecommendationFigure("Accuracy, as it is known now", FigureUnit.Share, (decimal)accuracy, (decimal)now.Low, (decimal)now.High),
                new RecommendationFigure("Accuracy, as it would be known", FigureUnit.Share, (decimal)accuracy, (decimal)then.Low, (decimal)then.High),
                new RecommendationFigure("Checks a month now", FigureUnit.Number, decimal.Round(checksNow)),
                new RecommendationFigure("Checks a month then", FigureUnit.Number, decimal.Round(checksThen)),
                .. checks.Unpriced > 0 ? Array.Empty<RecommendationFigure>() : [new RecommendationFigure("A check costs", FigureUnit.Money, Money.Round(checks.Cost / checks.Count))],
            ],
            saving, null, known >= 2 * enough ? RecommendationConfidence.High : RecommendationConfidence.Medium,
            $"The widths are Wilson intervals, each check weighted by the chance that it had; {Number(checks.Count)} of them the rate chose. Accuracy may move: other rules that choose answers stay as they are.",
            $"Sets the sampling rate of {task.Name} to {Percent(rate)}.")
        {
            Rate = rate, Revision = task.Revision, Baseline = task.Executions > 0 ? checks.Cost / task.Executions : null,
        };
    }

    /// <summary>
    /// The cheapest version that is not worse: the lower end of the interval of the difference lies above minus one point (non-inferiority; the interval is the hybrid score
    /// interval of R. G. Newcombe, Statistics in Medicine 17, 1998, 873–890, method 10). That is asked of its verdicts and of how often it answers at all; its latency must keep
    /// the task's target. What a rollout took back is not recommended again, and nothing while a rollout or an experiment runs.
    /// </summary>
    public static Recommendation? CheaperVersion(TaskFacts task)
    {
        if (task.IsMoving || task.Active is not { PerAnswer: { } now, Verdicts: { EffectiveSize: >= LeastVerdicts } } active)
        {
            return null;
        }

        var candidates =
            from other in task.Versions
            where other.Version != active.Version && other.Status is ProgramStatus.Validated or ProgramStatus.Deprecated && other.Verdicts.EffectiveSize >= LeastVerdicts
            where !other.WasRolledBack && other.PerAnswer <= now * WorthIt && (task.LatencyTargetMs is null || other.P95Ms <= task.LatencyTargetMs)
            where Difference(other.Verdicts, active.Verdicts).Low >= -Margin && Difference(other.Answered, active.Answered).Low >= -Margin
            orderby other.PerAnswer
            select other;
        if (candidates.FirstOrDefault() is not { } cheaper)
        {
            return null;
        }

        var (then, difference) = (cheaper.PerAnswer!.Value, Difference(cheaper.Verdicts, active.Verdicts));
        var count = task.PerMonth(active.Executions - active.Failures);
        var sure = Math.Min(active.Verdicts.EffectiveSize, cheaper.Verdicts.EffectiveSize) >= GoodVerdicts;
        return new Recommendation(
            Recommendation.IdOf(RecommendationKind.CheaperVersion, task.Id, $"{active.Version}-{cheaper.Version}"), RecommendationKind.CheaperVersion, task.Id, task.Name, active.Version,
            $"Let version {cheaper.Version} answer {task.Name} instead of version {active.Version}",
            $"Version {active.Version} costs {Percent((double)((now / then) - 1), 0)} more and is not better.",
            [
                Accuracy($"Accuracy of version {active.Version}", active.Verdicts), Accuracy($"Accuracy of version {cheaper.Version}", cheaper.Verdicts),
                new RecommendationFigure("Difference of the two", FigureUnit.Share, (decimal)(cheaper.Verdicts.Estimate!.Value - active.Verdicts.Estimate!.Value), (decimal)difference.Low, (decimal)difference.High),
                new RecommendationFigure($"A thousand answers of version {active.Version}", FigureUnit.Money, Money.Round(now * 1000)),
                new RecommendationFigure($"A thousand answers of version {cheaper.Version}", FigureUnit.Money, Money.Round(then * 1000)),
                Answered(active), Answered(cheaper), new RecommendationFigure("Answers a month", FigureUnit.Number, decimal.Round(count)),
            ],
            Money.Round((now - then) * count), Money.Round((now - then) * 1000), sure ? RecommendationConfidence.High : RecommendationConfidence.Medium,
            $"With 97.5 % certainty it is not worse by more than {Points(Margin)}, from {Number((long)cheaper.Verdicts.EffectiveSize)} and {Number((long)active.Verdicts.EffectiveSize)} checked answers.",
            $"Activates version {cheaper.Version} in every environment; version {active.Version} stays, and you can go back to it.")
        {
            Other = cheaper.Version, Baseline = active.PerExecution,
        };
    }

    /// <summary>A program to be learned: for a task that nothing answers yet, or whose program somebody wrote.</summary>
    public static Recommendation? LearnProgram(TaskFacts task, decimal? learnedPerCall)
    {
        if (task.TrainingExamples < LeastExamples || task.IsGenerating || learnedPerCall is not { } then || task.Versions.Any(v => v.Language == ProgramLanguage.Model))
        {
            return null;
        }

        var isUnanswered = task.ActiveVersion is null;
        if ((isUnanswered ? task.ReferencePerCall : task.Active?.PerExecution) is not { } now || then > now * WorthIt)
        {
            return null;
        }

        var count = task.PerMonth(task.Active?.Executions ?? 0);
        return new Recommendation(
            Recommendation.IdOf(RecommendationKind.LearnProgram, task.Id), RecommendationKind.LearnProgram, task.Id, task.Name, task.ActiveVersion,
            $"Learn a program for {task.Name}",
            isUnanswered
                ? $"Nothing answers it yet, so that every call goes to its reference model. {Number(task.TrainingExamples)} examples are there to learn from."
                : $"Version {task.ActiveVersion} was written by hand and runs in a process of its own. {Number(task.TrainingExamples)} examples are there to learn from.",
            [
                new RecommendationFigure("Examples to learn from", FigureUnit.Number, task.TrainingExamples),
                new RecommendationFigure(isUnanswered ? "A thousand calls of the reference model" : $"A thousand of version {task.ActiveVersion}", FigureUnit.Money, Money.Round(now * 1000)),
                new RecommendationFigure("A thousand of a learned program", FigureUnit.Money, Money.Round(then * 1000)),
                .. isUnanswered ? Array.Empty<RecommendationFigure>() : [new RecommendationFigure("Executions a month", FigureUnit.Number, decimal.Round(count))],
            ],
            isUnanswered ? null : Money.Round((now - then) * count), Money.Round((now - then) * 1000),
            task.TrainingExamples >= GoodExamples ? RecommendationConfidence.Medium : RecommendationConfidence.Low,
            $"What it costs is the mean of learned programs here. How often it is right is measured when it is made, on examples that it has not seen.",
            "Makes a version from the examples and measures it. It answers nothing until somebody activates it.")
        {
            Baseline = now,
        };
    }

    /// <summary>A usable key that nobody has used for two months.</summary>
    public static Recommendation? UnusedKey(KeyFacts key, DateTimeOffset now)
    {
        var since = key.LastUsedAt ?? key.CreatedAt;
        var days = (int)(now - since).TotalDays;
        return days < UnusedDays
            ? null
            : new Recommendation(
                Recommendation.IdOf(RecommendationKind.UnusedKey, key.Id), RecommendationKind.UnusedKey, key.Id, key.Name, null,
                $"Revoke the key {key.Name}",
                key.LastUsedAt is null
                    ? $"Nobody has used it since it was made {Number(days)} days ago. It saves no money, but is one secret less to lose."
                    : $"Nobody has used it for {Number(days)} days. It saves no money, but is one secret less to lose.",
                [new RecommendationFigure(key.LastUsedAt is null ? "Days since it was made" : "Days since its last use", FigureUnit.Days, days)],
                null, null, RecommendationConfidence.High, "The last use of every key is kept to the minute.", "Ends the key at once. That cannot be undone.");
    }

    /// <summary>The interval of <c>a − b</c>. For 56 of 70 and 48 of 80: 0.0524 to 0.3339 (Newcombe's table II, method 10).</summary>
    internal static Interval Difference(WeightedShare a, WeightedShare b)
    {
        var (p, q, of, against) = (a.Estimate!.Value, b.Estimate!.Value, a.Interval!.Value, b.Interval!.Value);
        return new Interval(
            p - q - Math.Sqrt(Math.Pow(p - of.Low, 2) + Math.Pow(against.High - q, 2)),
            p - q + Math.Sqrt(Math.Pow(of.High - p, 2) + Math.Pow(q - against.Low, 2)));
    }

    /// <summary>How many checks make Wilson's interval reach so far to either side, at most. For 95 % and 2.5 points: 304.</summary>
    internal static double EnoughFor(double accuracy, double half)
    {
        var (low, high) = (1.0, 1e9);
        while (high - low > 0.5)
        {
            var middle = (low + high) / 2;
            (low, high) = HalfOf(Wilson.Interval(accuracy * middle, middle)) > half ? (middle, high) : (low, middle);
        }

        return Math.Ceiling(high);
    }

    /// <summary>To two digits that count, upwards: 0.01234 becomes 0.013.</summary>
    private static double RoundedUp(double rate)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(rate)) - 1);
        return Math.Min(1, Math.Round(Math.Ceiling((rate / unit) - 1e-9) * unit, 12));
    }

    private static double HalfOf(Interval interval) => (interval.High - interval.Low) / 2;

    private static RecommendationFigure Accuracy(string name, WeightedShare share) =>
        new(name, FigureUnit.Share, (decimal)share.Estimate!.Value, (decimal)share.Interval!.Value.Low, (decimal)share.Interval.Value.High);

    private static RecommendationFigure Answered(VersionFacts version) => Accuracy($"Executions of version {version.Version} that brought an answer", version.Answered);

    private static string Percent(double share, int places = 2) => (share * 100).ToString(places == 0 ? "#,0" : "0.##", CultureInfo.InvariantCulture) + " %";

    private static string Points(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + (share == Margin ? " point" : " points");

    private static string Number(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
