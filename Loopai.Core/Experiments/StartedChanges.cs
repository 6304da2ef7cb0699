namespace Loopai.Core.Experiments;

/// <summary>What of an experiment may still change once units have been given to variants.</summary>
internal static class StartedChanges
{
    /// <summary>Changes of these move no unit between variants: at most they let more or fewer take part, or say how results are read.</summary>
    private static readonly HashSet<string> Allowed =
        new(["name", "hypothesis", "coverage", "endsAt", "metrics", "segments", "analysis", "automaticWinner", "breaker", "forced"], StringComparer.Ordinal);

    /// <summary>What a decision goes by.</summary>
    private static readonly string[] Judging = ["metrics", "segments", "analysis"];

    /// <exception cref="Errors.ConflictException">The experiment is past the point where these could change.</exception>
    public static void Check(Experiment experiment, IReadOnlyCollection<string> fields)
    {
        if (experiment.Status is ExperimentStatus.Draft or ExperimentStatus.Scheduled)
        {
            return;
        }

        if (!experiment.IsLive && fields.Any(f => f != "name"))
        {
            throw ExperimentErrors.Over();
        }

        if (fields.Where(f => !Allowed.Contains(f)).ToList() is { Count: > 0 } frozen)
        {
            throw ExperimentErrors.Frozen(frozen);
        }

        // Figures are there by now: who could still choose what they are held against could choose the winner.
        var judging = fields.Where(f => Judging.Contains(f)).ToList();
        if (experiment.AutomaticWinner is not null && (judging.Count > 0 || fields.Contains("automaticWinner")))
        {
            throw ExperimentErrors.WinnerFrozen();
        }

        if (experiment.Approval?.ApprovedAt is not null && judging.Count > 0)
        {
            throw ExperimentErrors.ApprovedAsItStood(judging);
        }
    }

    /// <summary>What an edit does to the traffic, as a sentence; null where it does nothing.</summary>
    public static string? EffectOf(Experiment experiment, IEnumerable<PlanDifference> differences) =>
        experiment.IsLive && differences.FirstOrDefault(d => d.Field == "coverage") is { Before: { } before, After: { } after }
            ? FormattableString.Invariant($"{before.GetDouble():P2} of the units took part; now {after.GetDouble():P2} do. Nobody moves between variants.")
            : null;
}
