namespace Loopai.Core.Data;

/// <summary>What happens to the database around the portal's life: a seam to the provider.</summary>
public interface IDatabaseLifecycle
{
    /// <summary>Brings the schema up to date, and with it roles, row-level security and triggers. Safe to run from several instances at once.</summary>
    Task MigrateAsync(CancellationToken ct);

    /// <summary>
    /// Whether this build has brought the schema up to date before, and nobody touched who may do what since: a start then has nothing to bring up to date.
    /// </summary>
    Task<bool> IsCurrentAsync(CancellationToken ct);

    /// <summary>Whether the database answers now.</summary>
    Task<bool> IsReachableAsync(CancellationToken ct);

    /// <summary>Drops what is older than the retention, in the cheapest way the provider has.</summary>
    Task<int> DropExecutionsBeforeAsync(DateOnly day, CancellationToken ct);

    /// <summary>
    /// Drops an organization's audit events up to a number, with their seals. The runtime roles may not delete them, so the database's own routine
    /// does it: only up to a checkpoint, and nothing younger than 30 days.
    /// </summary>
    Task DropAuditEventsAsync(Guid organizationId, long throughSequence, CancellationToken ct);
}
