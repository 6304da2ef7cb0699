using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Audit;

/// <summary>
/// How long the log is kept. Events go by whole stretches up to a checkpoint, which stays as the place where the chain begins from then on; that
/// they went is an event of the chain itself.
/// </summary>
public sealed class AuditRetention(LoopaiData data, IDatabaseLifecycle database, TimeProvider time)
{
    /// <summary>Nobody, and no fault of ours, drops what is younger; the database refuses it too.</summary>
    public const int MinDays = 30;

    public const int MaxDays = 3_660;

    /// <summary>The event that says how far events were dropped.</summary>
    internal const string Applied = "audit.retention_applied";

    /// <summary>How far the log is and how long it is kept.</summary>
    public async Task<AuditSettings> GetAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await ReadAsync(db, ct);
    }

    /// <summary>Sets how many days events are kept; null for ever.</summary>
    public async Task<AuditSettings> UpdateAsync(Caller caller, int? days, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditManage);
        new FieldErrors()
            .AddIf(days is < MinDays or > MaxDays, "retentionDays", $"Events are kept {MinDays} to {MaxDays} days, or for ever: leave the number out.")
            .ThrowIfAny("audit.retention", "The log cannot be kept like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var organization = await db.Organizations.SingleAsync(ct);
        if (organization.AuditRetentionDays != days)
        {
            db.Record(caller, "audit.retention_changed", "audit", caller.OrganizationId, new
            {
                before = new { retentionDays = organization.AuditRetentionDays },
                after = new { retentionDays = days },
            });
            organization.AuditRetentionDays = days;
            organization.Revision++;
            await db.SaveChangesAsync(ct);
        }

        return await ReadAsync(db, ct);
    }

    /// <summary>Drops what is too old, of every organization that says so.</summary>
    public async Task ApplyAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var limits = await db.Organizations.AsNoTracking().Where(o => o.AuditRetentionDays != null).Select(o => new { o.Id, Days = o.AuditRetentionDays!.Value }).ToListAsync(ct);
        foreach (var limit in limits)
        {
            var before = time.GetUtcNow().AddDays(-Math.Max(limit.Days, MinDays));
            var through = await db.AuditCheckpoints.Where(c => c.OrganizationId == limit.Id && c.At < before)
                .OrderByDescending(c => c.Sequence).Select(c => (long?)c.Sequence).FirstOrDefaultAsync(ct);
            if (through is { } sequence && await db.AuditSeals.AnyAsync(s => s.OrganizationId == limit.Id && s.Sequence <= sequence, ct))
            {
                await DropAsync(Caller.System(limit.Id), sequence, ct);
            }
        }
    }

    private static async Task<AuditSettings> ReadAsync(LoopaiDbContext db, CancellationToken ct)
    {
        var days = await db.Organizations.Select(o => o.AuditRetentionDays).SingleAsync(ct);
        var log = await db.AuditLogs.AsNoTracking().FirstOrDefaultAsync(ct);
        return new AuditSettings(days, log?.LastSequence ?? 0, log?.CheckpointAt);
    }

    /// <summary>The record is committed first: a chain that begins late without it is a chain that was cut.</summary>
    private async Task DropAsync(Caller caller, long through, CancellationToken ct)
    {
        await using (var db = await data.OpenAsync(caller, ct))
        {
            db.Record(caller, Applied, "audit", caller.OrganizationId, new { through });
            await db.SaveChangesAsync(ct);
        }

        await database.DropAuditEventsAsync(caller.OrganizationId, through, ct);
    }
}

/// <param name="RetentionDays">Days that events are kept; null for ever.</param>
/// <param name="Events">How many events were ever sealed.</param>
/// <param name="CheckpointAt">When the log was last signed for.</param>
public sealed record AuditSettings(int? RetentionDays, long Events, DateTimeOffset? CheckpointAt);
