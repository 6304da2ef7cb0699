using Loopai.Core.Data;

namespace Loopai.Core.Reports.Running;

/// <summary>A report being made once: for a due moment of a schedule, or because somebody asked.</summary>
public sealed class ReportRun : ITenantOwned
{
    public const int MaxErrorLength = 1000;
    public const int MaxAttempts = 5;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ReportId { get; init; }

    /// <summary>The version of the report that it was begun with, and stays with.</summary>
    public required int Version { get; init; }

    public Guid? ScheduleId { get; init; }

    /// <summary>The moment the period is seen from; a retry a day later still reports the same month.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public RunStatus Status { get; set; } = RunStatus.Waiting;

    public required string Formats { get; init; }

    /// <summary>The JSON of <see cref="Scheduling.ReportRecipients"/>, as they were when it began.</summary>
    public required string Recipients { get; init; }

    public required string RequestedBy { get; init; }

    public required Guid OwnerId { get; init; }

    public Guid? KeyId { get; init; }

    /// <summary>What it is at.</summary>
    public string Stage { get; set; } = "";

    /// <summary>0..1.</summary>
    public double Progress { get; set; }

    /// <summary>Failed attempts since it began or was last asked to try again.</summary>
    public int Attempts { get; set; }

    /// <summary>When it is worked on; null when it is over. While somebody works on it, when their lease ends.</summary>
    public DateTimeOffset? NextAttemptAt { get; set; }

    /// <summary>What the last attempt failed of.</summary>
    public string? Error { get; set; }

    /// <summary>What happened, a line each with its time.</summary>
    public string Log { get; set; } = "";

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public bool IsOver => Status is RunStatus.Succeeded or RunStatus.Dead or RunStatus.Cancelled;
}

/// <summary>Where a run is.</summary>
public enum RunStatus
{
    /// <summary>For its turn, or its next attempt.</summary>
    Waiting,

    Running,

    /// <summary>Its files are there. Whether they reached people, its deliveries say.</summary>
    Succeeded,

    /// <summary>It failed for good; only a person starts it again.</summary>
    Dead,

    /// <summary>Somebody ended it.</summary>
    Cancelled,
}

/// <summary>What a run left behind, for everybody with the same permissions.</summary>
public sealed class ReportFile : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid RunId { get; init; }

    /// <summary>The fingerprint of the permissions that it was made with.</summary>
    public required string Audience { get; init; }

    public required ReportFormat Format { get; init; }

    public required string Name { get; init; }

    public required string ContentType { get; init; }

    public required long Size { get; init; }

    public required byte[] Content { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What a report is made as.</summary>
public enum ReportFormat
{
    Pdf,
    Xlsx,

    /// <summary>A file a table; several come as a ZIP.</summary>
    Csv,

    /// <summary>The body of its mail.</summary>
    Html,
}
