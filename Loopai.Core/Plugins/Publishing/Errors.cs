using Loopai.Core.Errors;

namespace Loopai.Core.Plugins.Publishing;

internal static class PublishingErrors
{
    public static NotFoundException NotFound(Guid id) => new("plugin_submission.not_found", $"There is no submission {id} in this organization.");

    public static InvalidException Empty() => new("plugin_submission.empty", "package", "Send the ZIP archive of the plugin as the body, or as the file 'package' of a form.");

    public static InvalidException TooLarge(int megabytes) => new("plugin_submission.too_large", "package", $"A package has at most {megabytes} MB.");

    public static LimitExceededException TooMany(int most) =>
        new("plugin_submission.too_many", $"{most} submissions of this organization are under way. Wait for one to end, or withdraw one.", TimeSpan.FromSeconds(30));

    public static LimitExceededException TooManyKept(int most) =>
        new("plugin_submission.too_many_kept", $"{most} packages of this organization are kept that failed or wait for a person. Withdraw those that are not needed any more.");

    public static ConflictException StillRunning() => new("plugin_submission.running", "This submission is under way. Wait until it has stopped.");

    public static ConflictException Over() => new("plugin_submission.over", "This submission was published or withdrawn. Submit the package again.");

    public static ConflictException NothingToRepeat() => new("plugin_submission.nothing_to_repeat", "No step of this submission has failed.");

    public static ConflictException Refused() => new("plugin_submission.refused", "A person refused this version. Mend what they named, and submit the package again.");

    public static ConflictException NotAppealable() =>
        new("plugin_submission.not_appealable", "Only what the scan found can be appealed against, and only while nobody has been asked yet.");

    public static ConflictException AppealOfPublic() => new(
        "plugin_submission.appeal_public", "What the scan stops is never shown to other organizations. Submit it as a private plugin to have it looked at, or mend it.");

    public static ConflictException NothingToDecide() => new("plugin_submission.nothing_to_decide", "Nothing about this submission waits for a person.");

    public static ChangedMeanwhileException ChangedMeanwhile() => new("plugin_submission.changed_meanwhile", "This submission went on meanwhile. Look at it again.");

    public static InvalidException TextNeeded(string what) => new("plugin_submission.text", "text", $"Say in 1 to {PluginSubmission.MaxReasonLength} characters {what}.");
}
