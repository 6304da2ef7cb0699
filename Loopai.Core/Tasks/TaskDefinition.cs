using Loopai.Core.Data;
using Loopai.Core.Validation;

namespace Loopai.Core.Tasks;

/// <summary>A decision to be made again and again: what comes in, what goes out, how good and how fast it has to be.</summary>
public sealed class TaskDefinition : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Unique among the organization's tasks that are not archived.</summary>
    public required string Name { get; set; }

    public string Description { get; set; } = "";

    /// <summary>JSON Schema 2020-12 of the input, as it was written.</summary>
    public required string InputSchema { get; set; }

    /// <summary>JSON Schema 2020-12 of the output, as it was written.</summary>
    public required string OutputSchema { get; set; }

    /// <summary>0..1, or null when nobody said.</summary>
    public double? AccuracyTarget { get; set; }

    /// <summary>Milliseconds at the 95th percentile, or null when nobody said.</summary>
    public double? LatencyTargetMs { get; set; }

    public SamplingPolicy Sampling { get; set; } = new();

    /// <summary>The team that owns it, to which its executions are counted; null for none.</summary>
    public Guid? TeamId { get; set; }

    /// <summary>Words that tasks are found and costs are added up by, in order; each once.</summary>
    public IReadOnlyList<string> Tags { get; set; } = [];

    public TaskStatus Status { get; set; } = TaskStatus.Active;

    /// <summary>The version that answers when no other is asked for; null until one is activated.</summary>
    public int? ActiveVersion { get; set; }

    /// <summary>The last version number given out; a version's number is never used again.</summary>
    public int LastVersion { get; set; }

    /// <summary>SHA-256 of the canonical specification: the same specification again is the same task.</summary>
    public required string SpecificationHash { get; set; }

    /// <summary>Counts edits; the ETag of the task.</summary>
    public int Revision { get; set; } = 1;

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? ArchivedAt { get; set; }
}

/// <summary>Whether a task takes executions.</summary>
public enum TaskStatus
{
    Active,

    /// <summary>Kept for its history; takes no executions.</summary>
    Archived,
}
