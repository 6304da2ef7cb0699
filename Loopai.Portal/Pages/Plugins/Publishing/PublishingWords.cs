using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Publishing;

namespace Loopai.Portal.Pages.Plugins.Publishing;

/// <summary>How submissions and their steps read.</summary>
internal static class PublishingWords
{
    public static readonly IReadOnlyList<Option> States =
        [new("waiting", "Waiting"), new("running", "Under way"), new("inReview", "In review"), new("failed", "Stopped"), new("published", "Published"), new("withdrawn", "Withdrawn")];

    public static readonly IReadOnlyList<Option> Rules =
    [
        new(nameof(ReviewRule.Never), "never"), new(nameof(ReviewRule.FirstVersion), "for the first version"),
        new(nameof(ReviewRule.WhenCapabilitiesWiden), "when a version may do more than the one before"), new(nameof(ReviewRule.Always), "for every version"),
    ];

    public static string Of(SubmissionState state) => state switch
    {
        SubmissionState.Waiting => "waiting",
        SubmissionState.Running => "under way",
        SubmissionState.InReview => "in review",
        SubmissionState.Failed => "stopped",
        SubmissionState.Published => "published",
        SubmissionState.Withdrawn => "withdrawn",
    };

    public static Tone ToneOf(SubmissionState state) => state switch
    {
        SubmissionState.Waiting or SubmissionState.Running => Tone.Accent,
        SubmissionState.InReview => Tone.Warn,
        SubmissionState.Failed => Tone.Bad,
        SubmissionState.Published => Tone.Good,
        SubmissionState.Withdrawn => Tone.Neutral,
    };

    public static string Of(PluginStep step) => step switch
    {
        PluginStep.Validate => "Validate",
        PluginStep.Test => "Test",
        PluginStep.Scan => "Scan",
        PluginStep.Review => "Review",
        PluginStep.Publish => "Publish",
    };

    public static string About(PluginStep step) => step switch
    {
        PluginStep.Validate => "Archive, manifest and name",
        PluginStep.Test => "Its own cases and ours, in the sandbox",
        PluginStep.Scan => "Secrets, forbidden code, undeclared capabilities",
        PluginStep.Review => "A person, where the policy asks for one",
        PluginStep.Publish => "Signed, and in the marketplace",
    };

    public static string Of(PluginStepState state) => state switch
    {
        PluginStepState.Waiting => "waiting",
        PluginStepState.Running => "running",
        PluginStepState.Passed => "passed",
        PluginStepState.Failed => "failed",
        PluginStepState.CannotRun => "could not run",
        PluginStepState.NotNeeded => "not needed",
        PluginStepState.Overruled => "let through",
    };

    public static Tone ToneOf(PluginStepState state) => state switch
    {
        PluginStepState.Waiting or PluginStepState.NotNeeded => Tone.Neutral,
        PluginStepState.Running => Tone.Accent,
        PluginStepState.Passed => Tone.Good,
        PluginStepState.Failed or PluginStepState.CannotRun => Tone.Bad,
        PluginStepState.Overruled => Tone.Warn,
    };

    public static Tone ToneOf(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Note => Tone.Neutral,
        FindingSeverity.Warning => Tone.Warn,
        FindingSeverity.Error => Tone.Bad,
    };

    public static string Of(SubmissionEventKind kind) => kind switch
    {
        SubmissionEventKind.Submitted => "submitted it",
        SubmissionEventKind.Rerun => "ran it again",
        SubmissionEventKind.Appealed => "appealed",
        SubmissionEventKind.AppealGranted => "granted the appeal",
        SubmissionEventKind.AppealDenied => "denied the appeal",
        SubmissionEventKind.Approved => "approved it",
        SubmissionEventKind.Refused => "refused it",
        SubmissionEventKind.Withdrawn => "withdrew it",
    };

    /// <summary>What a submission is called while its manifest cannot be read.</summary>
    public static string Title(PluginSubmission submission) => submission.Key is { } key ? $"{key} {submission.Version}" : "A package that cannot be read";
}
