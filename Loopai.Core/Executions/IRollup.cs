using Loopai.Core.Data;

namespace Loopai.Core.Executions;

/// <summary>What roll-ups of every kind are told apart by.</summary>
public interface IRollup : ITenantOwned, ITaskOwned
{
    Guid EnvironmentId { get; }

    int Version { get; }

    Guid KeyId { get; }

    Guid TeamId { get; }

    Guid ExperimentId { get; }

    short Variant { get; }

    RollupLevel Level { get; }

    DateTimeOffset StartsAt { get; }
}
