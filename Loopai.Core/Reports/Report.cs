using Loopai.Core.Data;

namespace Loopai.Core.Reports;

/// <summary>Figures of one environment put together for people. What stands in it, its versions say; each change makes another.</summary>
public sealed class Report : ITenantOwned
{
    public const int MaxNameLength = 120;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    public required string Name { get; set; }

    public string Description { get; set; } = "";

    /// <summary>Whether everybody who may read reports sees it; otherwise only whoever made it.</summary>
    public bool IsShared { get; set; }

    /// <summary>The last version; also what of two who edit at once is told to one.</summary>
    public int Version { get; set; } = 1;

    public required string CreatedBy { get; init; }

    /// <summary>Whose it is; null for a key that belongs to nobody.</summary>
    public Guid? OwnerId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When it was put away. Its runs and their files stay until their time is over.</summary>
    public DateTimeOffset? DeletedAt { get; set; }
}

/// <summary>What stood in a report from a moment on; written once.</summary>
public sealed class ReportVersion : ITenantOwned, IHistory
{
    public required Guid ReportId { get; init; }

    public required int Version { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The JSON of a <see cref="ReportDefinition"/>.</summary>
    public required string Definition { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
