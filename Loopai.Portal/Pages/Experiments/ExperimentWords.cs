using Loopai.Core.Experiments;

namespace Loopai.Portal.Pages.Experiments;

/// <summary>Experiments in words and colours.</summary>
internal static class ExperimentWords
{
    public static (string Label, Tone Tone, bool Live) Of(ExperimentStatus status) => status switch
    {
        ExperimentStatus.Draft => ("draft", Tone.Neutral, false),
        ExperimentStatus.Scheduled => ("scheduled", Tone.Accent, false),
        ExperimentStatus.Running => ("running", Tone.Good, true),
        ExperimentStatus.Paused => ("paused", Tone.Warn, false),
        ExperimentStatus.Stopped => ("stopped", Tone.Neutral, false),
        ExperimentStatus.Decided => ("decided", Tone.Accent, false),
        ExperimentStatus.Archived => ("archived", Tone.Neutral, false),
    };

    public static string Of(ExperimentDecision decision, Experiment experiment) => decision.Outcome switch
    {
        DecisionOutcome.Ship => $"{experiment.Variants.FirstOrDefault(v => v.Key == decision.Variant)?.Name ?? decision.Variant} was shipped",
        DecisionOutcome.KeepControl => "The control stays",
        DecisionOutcome.Inconclusive => "Inconclusive",
    };

    /// <summary>Why, without saying once more what: the statistics' own sentence begins with that.</summary>
    public static string WhyOf(ExperimentDecision decision, Experiment experiment)
    {
        var said = $"Ship {experiment.Variants.FirstOrDefault(v => v.Key == decision.Variant)?.Name}: ";
        return decision.Reason.StartsWith(said, StringComparison.Ordinal) ? decision.Reason[said.Length..] : decision.Reason;
    }

    public static string Of(string action) => action switch
    {
        "created" => "planned it",
        "edited" => "changed it",
        "scheduled" => "scheduled it",
        "unscheduled" => "took the schedule back",
        "started" => "started it",
        "paused" => "paused it",
        "resumed" => "let it go on",
        "stopped" => "stopped it",
        "decided" => "decided it",
        "decision_undone" => "took the decision back",
        "archived" => "archived it",
        "approval_requested" => "asked for approval",
        "approved" => "approved it",
        "breaker_tripped" => "paused it: the circuit breaker tripped",
        "winner_found" => "found a winner",
        "winner_lost" => "no longer sees a winner",
        _ => action.Replace('_', ' '),
    };

    public static string Of(StatisticalMethod method) => method switch
    {
        StatisticalMethod.Sequential => "always valid",
        StatisticalMethod.FixedHorizon => "fixed horizon",
        StatisticalMethod.Bayesian => "Bayesian",
    };

    /// <summary>Days since the start, or to the end of what is over.</summary>
    public static double? DaysOf(Experiment experiment, DateTimeOffset now) =>
        experiment.StartedAt is { } start ? ((experiment.StoppedAt ?? now) - start).TotalDays : null;
}
