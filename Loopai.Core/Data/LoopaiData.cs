using Loopai.Core.Access;
using Loopai.Core.Executions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Data;

/// <summary>Opens the database for a caller: query filters and row-level security are set before the first query.</summary>
/// <param name="tenant">Connects under the role that sees one organization at a time.</param>
/// <param name="system">Connects under the role that serves all organizations; for start-up, sign-in and jobs.</param>
/// <param name="lag">How far the roll-ups are behind.</param>
public sealed class LoopaiData(TenantDbOptions tenant, SystemDbOptions system, RollupLag lag)
{
    /// <summary>A unit of work that reads roll-ups: whatever this portal has committed is in them, or, where a commit failed, comes some seconds later.</summary>
    public async ValueTask<LoopaiDbContext> OpenCountedAsync(Caller caller, CancellationToken ct)
    {
        await lag.CaughtUpAsync(ct);
        return await OpenAsync(caller, ct);
    }

    /// <inheritdoc cref="RollupLag.CaughtUpAsync" />
    public ValueTask CaughtUpAsync(CancellationToken ct) => lag.CaughtUpAsync(ct);

    /// <summary>A unit of work for the caller. Hold it for one operation.</summary>
    public async ValueTask<LoopaiDbContext> OpenAsync(Caller caller, CancellationToken ct)
    {
        var db = caller.OrganizationIdOrNull is { } organizationId
            ? new LoopaiDbContext(tenant.Options, organizationId)
            : caller.Kind == CallerKind.System
                ? new LoopaiDbContext(system.Options, organizationId: null)
                : throw new InvalidOperationException("Only the system may open the database without an organization.");
        try
        {
            // Held open for the whole unit of work, so that the tenant is set once and not per query.
            await db.Database.OpenConnectionAsync(ct);
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }
}

/// <summary>How to connect under the tenant role.</summary>
/// <param name="Later">The options, made when they are first needed: whoever is merely composed of what uses the database does not wait for its model.</param>
public sealed record TenantDbOptions(Lazy<DbContextOptions<LoopaiDbContext>> Later)
{
    public DbContextOptions<LoopaiDbContext> Options => Later.Value;
}

/// <summary>How to connect under the system role.</summary>
/// <param name="Later">The options, made when they are first needed.</param>
public sealed record SystemDbOptions(Lazy<DbContextOptions<LoopaiDbContext>> Later)
{
    public DbContextOptions<LoopaiDbContext> Options => Later.Value;
}
