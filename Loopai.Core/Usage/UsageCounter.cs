using Loopai.Core.Data;

namespace Loopai.Core.Usage;

/// <summary>
/// What one key did with one task on one day, as one writer saw it. Written like the roll-ups: a writer keeps its open rows in memory and writes their absolute
/// values a few times a second, and readers add the writers up.
/// </summary>
public sealed class UsageCounter : ITenantOwned, ITaskOwned
{
    /// <summary>Stands for what no key did: people in the portal.</summary>
    public static readonly Guid NoKey = Guid.Empty;

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    /// <summary>The day in UTC.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The key, or <see cref="NoKey"/>.</summary>
    public required Guid KeyId { get; init; }

    public required Guid TaskId { get; init; }

    /// <summary>One life of one portal's writer.</summary>
    public required Guid WriterId { get; init; }

    public long Executions { get; init; }

    /// <summary>Those that did not succeed.</summary>
    public long Errors { get; init; }

    public long LatencySumUs { get; init; }
}
