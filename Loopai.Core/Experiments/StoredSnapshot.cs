using Loopai.Core.Data;

namespace Loopai.Core.Experiments;

/// <summary>What was known of an experiment at a moment: what its page shows without counting again.</summary>
public sealed class StoredSnapshot : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid ExperimentId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The whole analysis, as JSON.</summary>
    public required string Body { get; set; }
}
