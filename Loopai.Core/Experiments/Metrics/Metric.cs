using Loopai.Core.Data;

namespace Loopai.Core.Experiments.Metrics;

/// <summary>A metric that an organization defined.</summary>
public sealed class Metric : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>Unique in the organization; never changed.</summary>
    public required string Key { get; init; }

    /// <summary>What it measures. Experiments that run keep the definition they started with.</summary>
    public required MetricDefinition Definition { get; set; }

    /// <summary>Since when no new experiment can use it.</summary>
    public DateTimeOffset? ArchivedAt { get; set; }

    /// <summary>Counts edits; the ETag of the metric.</summary>
    public int Revision { get; set; } = 1;

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }
}
