using Loopai.Core.Data;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>A package on its way to the marketplace.</summary>
public sealed class PluginSubmission : ITenantOwned
{
    public const int MaxReasonLength = 2000;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The plugin's key, where its manifest could be read.</summary>
    public string? Key { get; init; }

    public string? Version { get; init; }

    /// <summary>SHA-256 of the package's bytes, in hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public required int Size { get; init; }

    /// <summary>Whether a new plugin is to be shown to all of the installation.</summary>
    public required bool IsPublic { get; init; }

    public SubmissionState State { get; set; } = SubmissionState.Waiting;

    /// <summary>Counts the times that the pipeline was begun; steps belong to one of them.</summary>
    public int Run { get; set; } = 1;

    public required SubmissionSource Source { get; init; }

    /// <summary>Where the package was made, as JSON; null where nobody said.</summary>
    public string? Provenance { get; init; }

    public Guid? CreatedById { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Why the author wants a person to look at what the scan found; null where nothing waits for an answer.</summary>
    public string? Appeal { get; set; }

    /// <summary>The published version.</summary>
    public Guid? PluginVersionId { get; set; }

    /// <summary>Until when a portal works on it; another one takes over what was left behind.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Counts changes; of two people who decide at once, one is told.</summary>
    public int Revision { get; set; } = 1;
}

/// <summary>The bytes of a submission, apart, so that lists stay light. They go when it is published or withdrawn.</summary>
public sealed class PluginSubmissionPackage : ITenantOwned
{
    public required Guid SubmissionId { get; init; }

    public required Guid OrganizationId { get; init; }

    public required byte[] Bytes { get; init; }
}

/// <summary>One step of one run over a submission.</summary>
public sealed class PluginSubmissionStep : ITenantOwned
{
    public const int MaxLogLength = 20_000;

    public required Guid Id { get; init; }

    public required Guid SubmissionId { get; init; }

    public required Guid OrganizationId { get; init; }

    public required PluginStep Step { get; init; }

    public required int Run { get; init; }

    public PluginStepState State { get; set; } = PluginStepState.Waiting;

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>What was done, a line each.</summary>
    public string Log { get; set; } = "";

    /// <summary>What was found, as JSON.</summary>
    public string Findings { get; set; } = "[]";

    /// <summary>Why the step could not be done.</summary>
    public string? Fault { get; set; }
}

/// <summary>What people did to a submission.</summary>
public sealed class PluginSubmissionEvent : ITenantOwned, IHistory
{
    public required Guid Id { get; init; }

    public required Guid SubmissionId { get; init; }

    public required Guid OrganizationId { get; init; }

    public required SubmissionEventKind Kind { get; init; }

    public string? Text { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>When a person looks at a version before it is published.</summary>
public sealed class PluginReviewPolicy : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required ReviewRule Rule { get; set; }
}

/// <summary>Where a submission is.</summary>
public enum SubmissionState
{
    Waiting,
    Running,

    /// <summary>A person decides.</summary>
    InReview,

    Failed,
    Published,
    Withdrawn,
}

/// <summary>The steps, in their order.</summary>
public enum PluginStep
{
    Validate,
    Test,
    Scan,
    Review,
    Publish,
}

/// <summary>How a step went.</summary>
public enum PluginStepState
{
    Waiting,
    Running,
    Passed,
    Failed,

    /// <summary>It could not be done, and so the version is not published.</summary>
    CannotRun,

    /// <summary>The policy asks for nobody.</summary>
    NotNeeded,

    /// <summary>A person let it through against what was found.</summary>
    Overruled,
}

/// <summary>How a package came.</summary>
public enum SubmissionSource
{
    Portal,
    Api,
}

/// <summary>What people do to a submission.</summary>
public enum SubmissionEventKind
{
    Submitted,
    Rerun,
    Appealed,
    AppealGranted,
    AppealDenied,
    Approved,
    Refused,
    Withdrawn,
}

/// <summary>When a person looks at a version before it is published.</summary>
public enum ReviewRule
{
    Never,
    FirstVersion,
    WhenCapabilitiesWiden,
    Always,
}
