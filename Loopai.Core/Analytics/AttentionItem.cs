namespace Loopai.Core.Analytics;

/// <summary>Something a person should look at.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="TaskId">The task it is about; of a key, a quota, a report's run, an installed plugin or a submission, what that has for an id.</param>
/// <param name="TaskName">Its name.</param>
/// <param name="Version">The version it is about, where it is about one.</param>
/// <param name="Count">How many: answers that wait, executions, verdicts.</param>
/// <param name="Value">What is measured: a share, or milliseconds.</param>
/// <param name="Reference">What it is held against: the target, the share before, the active version's accuracy.</param>
/// <param name="Since">Since when, where that is known.</param>
/// <param name="Quota">Which limit of a quota, as the API calls it.</param>
/// <param name="ExperimentId">The experiment it is about, where it is about one.</param>
/// <param name="ExperimentName">Its name.</param>
public sealed record AttentionItem(
    AttentionKind Kind, Guid TaskId, string TaskName, int? Version = null, long Count = 0, double? Value = null, double? Reference = null,
    DateTimeOffset? Since = null, string? Quota = null, Guid? ExperimentId = null, string? ExperimentName = null);

/// <summary>Why a person should look, most pressing first.</summary>
public enum AttentionKind
{
    /// <summary>A version was rolled out and took itself back.</summary>
    RolledBack,

    /// <summary>A circuit breaker took an experiment back to its control, and nobody has looked after it since.</summary>
    BreakerTripped,

    /// <summary>A plugin failed so often that it is called no more.</summary>
    PluginQuarantined,

    /// <summary>More executions fail than in the week before.</summary>
    ErrorsUp,

    /// <summary>The active version is right less often than the task wants.</summary>
    AccuracyBelowTarget,

    /// <summary>The 95th percentile lies above what the task wants.</summary>
    LatencyAboveTarget,

    /// <summary>Four fifths of a quota are used.</summary>
    QuotaNearlyUsed,

    /// <summary>A budget has passed one of its thresholds in the period that counts now.</summary>
    BudgetSpent,

    /// <summary>A report could not be made, and nothing of it was made since.</summary>
    ReportFailed,

    /// <summary>A package was stopped on its way to the marketplace, and none was submitted since.</summary>
    PluginStopped,

    /// <summary>The installed version of a plugin was yanked: nobody new gets it.</summary>
    PluginYanked,

    /// <summary>An API key ends within two weeks.</summary>
    KeyEnds,

    /// <summary>A webhook's events were given up, or its receiver is gone.</summary>
    WebhookGivenUp,

    /// <summary>A package waits for a person on its way to the marketplace.</summary>
    PluginInReview,

    /// <summary>Answers wait for a person.</summary>
    ReviewWaiting,

    /// <summary>An installed plugin should not be used any more, says its author.</summary>
    PluginDeprecated,

    /// <summary>Nothing answers the task.</summary>
    NoActiveVersion,

    /// <summary>A version newer than the active one measured better.</summary>
    BetterVersion,

    /// <summary>An experiment's winner went into service by itself, or is on its way.</summary>
    DecidedAutomatically,

    /// <summary>A package was published within the last day.</summary>
    PluginPublished,
}
