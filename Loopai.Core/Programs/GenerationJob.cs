using Loopai.Core.Data;

namespace Loopai.Core.Programs;

/// <summary>The making of a version by the synthesizer: watched while it runs, and taken up again when a portal dies under it.</summary>
public sealed class GenerationJob : ITenantOwned, ITaskOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid TaskId { get; init; }

    /// <summary><c>auto</c>, <c>rule</c>, <c>ml</c> or <c>hybrid</c>.</summary>
    public required string Strategy { get; init; }

    public JobStatus Status { get; set; } = JobStatus.Queued;

    /// <summary>What it does now, in words.</summary>
    public string Stage { get; set; } = "waiting";

    /// <summary>0..1.</summary>
    public double Progress { get; set; }

    /// <summary>The version that was made.</summary>
    public int? Version { get; set; }

    public string? Error { get; set; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>While it runs: the time by which its portal must be heard from, or another takes the job over.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }
}

/// <summary>Where a job is.</summary>
public enum JobStatus
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}
