using Loopai.Core.Errors;
using Loopai.Core.Executions;

namespace Loopai.Core.Experiments;

internal static class ExperimentErrors
{
    public static NotFoundException NotFound(Guid id) => new("experiment.not_found", $"There is no experiment {id} in this environment.");

    public static NotFoundException HoldoutNotFound(Guid id) => new("holdout.not_found", $"There is no holdout {id} in this organization.");

    public static ConflictException KeyTaken(string key) =>
        new("experiment.key_taken", $"An experiment '{key}' exists in this environment. Choose another key.");

    public static ChangedMeanwhileException ChangedMeanwhile() =>
        new("experiment.changed_meanwhile", "Somebody else changed this experiment since you read it. Read it again and repeat your change.");

    /// <summary>Of two who act at once, one is told.</summary>
    public static ConflictException ActedMeanwhile(string? by, ExperimentStatus status) => new(
        "experiment.acted_meanwhile",
        $"{by ?? "Somebody else"} changed this experiment at the same moment; it is {Word(status)} now. Look at it again before you act.");

    public static ConflictException WrongStatus(ExperimentStatus status, string verb, IEnumerable<ExperimentStatus> from) => new(
        "experiment.wrong_status", $"This experiment is {Word(status)}. It can be {verb} only while it is {string.Join(" or ", from.Select(Word))}.");

    public static ConflictException AlreadyDecided(ExperimentDecision decision) => new(
        "experiment.already_decided",
        $"{decision.By} has decided this experiment already ({decision.Outcome switch { DecisionOutcome.Ship => $"ship {decision.Variant}", DecisionOutcome.KeepControl => "keep the control", _ => "inconclusive" }}). Undo that decision first.");

    public static ConflictException Frozen(IEnumerable<string> fields) => new(
        "experiment.frozen",
        $"{string.Join(", ", fields)} cannot change once an experiment has started: units would change their variants, or the results their meaning. Clone it and start the clone.");

    public static ConflictException StartedBefore(string other) => new(
        "experiment.started_before",
        $"'{other}' runs on the same task. Of two, the one that started first takes a unit, so that a start in the past would take units away from it. Stop it, or start now.");

    public static ConflictException WinnerFrozen() => new(
        "experiment.winner_frozen",
        "Once an experiment has started, an automatic winner can only be taken away, and while there is one its metrics, segments and analysis stay as they are. Take it away first and decide by hand, or clone the experiment.");

    public static ConflictException ApprovedAsItStood(IEnumerable<string> fields) => new(
        "experiment.approved_as_it_stood", $"{string.Join(", ", fields)} were approved as they stood at the start. Clone the experiment, change the clone and ask for approval of that.");

    public static ConflictException Over() => new("experiment.over", "This experiment is over; only its name can be changed. Clone it to go on.");

    public static ConflictException RangeTaken(string key, NamespaceShare mine, NamespaceShare theirs) => new(
        "experiment.range_taken",
        FormattableString.Invariant($"The range {mine.Start:0.####} to {mine.End:0.####} of the namespace '{mine.Name}' overlaps that of the experiment '{key}', {theirs.Start:0.####} to {theirs.End:0.####}. Choose another range, or stop that one."));

    public static ConflictException NotApproved() =>
        new("experiment.not_approved", "This experiment needs the approval of somebody else before it starts. Ask for it first.");

    public static ConflictException ChangedSinceApproval() =>
        new("experiment.changed_since_approval", "The plan was changed after it was approved. Ask for approval again.");

    public static ConflictException OwnApproval() =>
        new("experiment.own_approval", "Whoever made this experiment or asked for its approval cannot approve it. Ask somebody else.");

    public static ConflictException ApprovalIsForPeople() =>
        new("experiment.approval_is_for_people", "People ask for approvals and give them. Use a key that belongs to a person, or the portal.");

    public static ConflictException NoApprovalAsked() => new("experiment.no_approval_asked", "Nobody has asked for an approval of this experiment as it stands.");

    public static ConflictException NoData() =>
        new("experiment.no_data", "Nothing was measured yet, so there is no evidence for shipping a variant. Let it run, keep the control, or say that it is inconclusive.");

    public static ConflictException NothingToUndo() => new("experiment.nothing_to_undo", "Nothing was decided that could be undone.");

    public static ConflictException ActivatedSince(int version) =>
        new("experiment.activated_since", $"Version {version}, which this decision put into service, is no longer the active one. Activate the version you want on the task's page.");

    public static ConflictException HoldoutInUse(string key) =>
        new("holdout.in_use", $"The experiment '{key}' uses this holdout; a change would move units in and out of it. Stop it first.");

    public static ConflictException HoldoutTaken(string key) => new("holdout.key_taken", $"A holdout '{key}' exists. Choose another key.");

    public static InvalidException InvalidUnit() =>
        new("experiment.unit", "unit", $"unit names a user or session in 1 to {Execution.MaxUnitLength} characters.");

    public static string Word(ExperimentStatus status) => status switch
    {
        ExperimentStatus.Draft => "a draft",
        ExperimentStatus.Scheduled => "scheduled",
        ExperimentStatus.Running => "running",
        ExperimentStatus.Paused => "paused",
        ExperimentStatus.Stopped => "stopped",
        ExperimentStatus.Decided => "decided",
        ExperimentStatus.Archived => "archived",
    };
}
