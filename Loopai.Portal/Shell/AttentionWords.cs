using Loopai.Core.Analytics;
using Loopai.Portal.Pages.Usage;

namespace Loopai.Portal.Shell;

/// <summary>How an attention item reads, and where it leads.</summary>
/// <param name="Badge">One word.</param>
/// <param name="Tone">How bad it is.</param>
/// <param name="Title">What is.</param>
/// <param name="Detail">A few words more.</param>
/// <param name="Href">Where something can be done about it.</param>
public sealed record AttentionWords(string Badge, Tone Tone, string Title, string Detail, string Href)
{
    public static AttentionWords Of(AttentionItem item, string organization, string environment) => item.Kind switch
    {
        AttentionKind.RolledBack => new(
            "Rollout", Tone.Bad, $"Version {item.Version} was rolled back", "it was worse than the version in service", PortalUrls.Task(organization, item.TaskId, "rollout", environment)),
        AttentionKind.BreakerTripped => new(
            "Experiment", Tone.Bad, $"The circuit breaker paused {item.ExperimentName}", "everybody gets its control", PortalUrls.Experiment(organization, item.ExperimentId!.Value, environment)),
        AttentionKind.ErrorsUp => new(
            "Errors", Tone.Bad, $"{Format.Percent(item.Value)} of executions fail", $"up from {Format.Percent(item.Reference)} the week before",
            PortalUrls.Executions(organization, environment, item.TaskId, "failed", "24h")),
        AttentionKind.AccuracyBelowTarget => new(
            "Accuracy", Tone.Bad, $"Version {item.Version} is right {Format.Percent(item.Value)} of the time",
            $"target {Format.Percent(item.Reference)}, {Format.Short(item.Count)} checked", PortalUrls.Task(organization, item.TaskId, "quality", environment)),
        AttentionKind.LatencyAboveTarget => new(
            "Latency", Tone.Warn, $"p95 is {Format.Duration(item.Value)}", $"target {Format.Duration(item.Reference)}, last 24 hours",
            PortalUrls.Task(organization, item.TaskId, environment: environment)),
        AttentionKind.QuotaNearlyUsed => new(
            "Quota", item.Value >= 1 ? Tone.Bad : Tone.Warn, $"{QuotaWords.Of(item.Quota!)}: {Format.Percent(item.Value, 0)} used", $"{Format.Short(item.Count)} of {Format.Short(item.Reference)}",
            PortalUrls.Usage(organization, environment)),
        AttentionKind.BudgetSpent => new(
            "Budget", item.Value >= 1 ? Tone.Bad : Tone.Warn, $"{Format.Percent(item.Value, 0)} of a budget is spent", $"as of {item.Since?.UtcDateTime:d MMMM}", PortalUrls.Budgets(organization, environment)),
        AttentionKind.ReportFailed => new(
            "Report", Tone.Bad, "A report could not be made", "what happened, and another try", PortalUrls.ReportRun(organization, item.TaskId, environment)),
        AttentionKind.PluginQuarantined => new(
            "Plugin", Tone.Bad, "A plugin is in quarantine", "it failed again and again, and is called no more", PortalUrls.InstalledPlugin(organization, item.TaskId, environment)),
        AttentionKind.PluginStopped => new(
            "Plugin", Tone.Bad, "A package was stopped", "what was found, and how to mend it", PortalUrls.Submission(organization, item.TaskId, environment)),
        AttentionKind.PluginYanked => new(
            "Plugin", Tone.Warn, "An installed version was yanked", "it goes on working; see why", PortalUrls.InstalledPlugin(organization, item.TaskId, environment)),
        AttentionKind.PluginInReview => new(
            "Review", Tone.Warn, "A plugin's version waits for a person", "look at it, and decide", PortalUrls.Submission(organization, item.TaskId, environment)),
        AttentionKind.PluginDeprecated => new(
            "Plugin", Tone.Neutral, "An installed plugin is deprecated", "see what to use instead", PortalUrls.InstalledPlugin(organization, item.TaskId, environment)),
        AttentionKind.PluginPublished => new(
            "Published", Tone.Good, "Your package is in the marketplace", "see it, and install it", PortalUrls.Submission(organization, item.TaskId, environment)),
        AttentionKind.KeyEnds => new(
            "Key", Tone.Warn, "An API key ends soon", $"on {item.Since?.UtcDateTime:d MMMM}", PortalUrls.ApiKey(organization, item.TaskId, environment)),
        AttentionKind.WebhookGivenUp => new(
            "Webhook", Tone.Warn, item.Count == 0 ? "A receiver is gone" : $"{Format.Count(item.Count, "event")} could not be delivered", "see why, and replay them",
            PortalUrls.Webhook(organization, item.TaskId, environment)),
        AttentionKind.ReviewWaiting => new(
            "Review", Tone.Warn, item.Count == 1 ? "1 answer waits for a person" : $"{Format.Short(item.Count)} answers wait for a person", "judge them in the review queue",
            PortalUrls.Review(organization, environment, item.TaskId)),
        AttentionKind.NoActiveVersion => new(
            "Idle", Tone.Neutral, item.Version is null ? "No version yet" : "No version is active",
            item.Version is null ? "nothing can answer it" : $"version {item.Version} can be activated", PortalUrls.Task(organization, item.TaskId, "versions", environment)),
        AttentionKind.BetterVersion => new(
            "Ready", Tone.Good, $"Version {item.Version} measured better", $"{Format.Percent(item.Value)} against {Format.Percent(item.Reference)}",
            PortalUrls.Task(organization, item.TaskId, "versions", environment)),
        AttentionKind.DecidedAutomatically => new(
            "Decided", Tone.Good, $"{item.ExperimentName} was decided by itself", "the evidence, and the way back", PortalUrls.Experiment(organization, item.ExperimentId!.Value, environment)),
    };
}
