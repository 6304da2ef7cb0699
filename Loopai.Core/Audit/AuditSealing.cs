using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Audit;

/// <summary>
/// Gives events their numbers and hashes, in the order in which their commits became visible. Writers only add a row and never wait for each other;
/// sealers, of which every portal has one, take turns by the row of the organization's <see cref="AuditLog"/>.
/// </summary>
public sealed class AuditSealing(LoopaiData data, TimeProvider time)
{
    private const int BatchSize = 1_000;

    /// <summary>Seals what waits, of every organization; how many events that were.</summary>
    public async Task<int> SealAsync(CancellationToken ct)
    {
        List<Guid> waiting;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            waiting = await db.AuditPending.Select(p => p.OrganizationId).Distinct().ToListAsync(ct);
        }

        var count = 0;
        foreach (var organization in waiting)
        {
            count += await SealAsync(organization, ct);
        }

        return count;
    }

    /// <summary>Seals what waits of one organization.</summary>
    public async Task<int> SealAsync(Guid organizationId, CancellationToken ct)
    {
        var count = 0;
        int batch;
        do
        {
            count += batch = await SealBatchAsync(organizationId, ct);
        }
        while (batch == BatchSize);

        return count;
    }

    /// <summary>
    /// Lets events wait that have neither a seal nor a place in the queue: those from before there were seals, and any whose place somebody removed.
    /// </summary>
    public async Task AdoptAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var stray = await db.AuditEvents.AsNoTracking()
            .Where(e => !db.AuditSeals.Any(s => s.EventId == e.Id) && !db.AuditPending.Any(p => p.EventId == e.Id))
            .OrderBy(e => e.At).Select(e => new { e.OrganizationId, e.Id }).Take(100 * BatchSize).ToListAsync(ct);
        db.AuditPending.AddRange(stray.Select(e => new AuditPending { OrganizationId = e.OrganizationId, EventId = e.Id }));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            // Another portal adopts them at this moment.
        }
    }

    /// <summary>Locks the organization's log until the end of the transaction, and reads how far it is.</summary>
    internal static async Task<AuditLog> LockAsync(LoopaiDbContext db, Guid organizationId, DateTimeOffset now, CancellationToken ct)
    {
        // An update locks the row on every provider; only then is it read.
        if (await db.AuditLogs.Where(l => l.OrganizationId == organizationId).ExecuteUpdateAsync(set => set.SetProperty(l => l.SealedAt, now), ct) == 0)
        {
            db.AuditLogs.Add(new AuditLog { OrganizationId = organizationId, SealedAt = now });
            await db.SaveChangesAsync(ct);
        }

        db.ChangeTracker.Clear();
        return await db.AuditLogs.SingleAsync(l => l.OrganizationId == organizationId, ct);
    }

    private async Task<int> SealBatchAsync(Guid organizationId, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(organizationId), ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        try
        {
            var now = time.GetUtcNow();
            var log = await LockAsync(db, organizationId, now, ct);
            var events = await db.AuditEvents.AsNoTracking().Where(e => db.AuditPending.Any(p => p.EventId == e.Id) && !db.AuditSeals.Any(s => s.EventId == e.Id))
                .OrderBy(e => e.At).ThenBy(e => e.Id).Take(BatchSize).ToListAsync(ct);
            await ContinueAsync(db, log, ct);
            foreach (var audited in events)
            {
                log.LastHash = AuditText.Hash(log.LastHash, ++log.LastSequence, audited);
                db.AuditSeals.Add(new AuditSeal
                {
                    OrganizationId = organizationId, Sequence = log.LastSequence, EventId = audited.Id, Hash = log.LastHash, SealedAt = now,
                });
            }

            await db.SaveChangesAsync(ct);
            var ids = events.ConvertAll(e => e.Id);

            // One that was adopted while another portal sealed it waits a second time, and must not stand in the way of the others.
            await db.AuditPending.Where(p => ids.Contains(p.EventId) || db.AuditSeals.Any(s => s.EventId == p.EventId)).ExecuteDeleteAsync(ct);
            await transaction.CommitAsync(ct);
            return events.Count;
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            // Another portal began this organization's log at the same moment, and seals these events.
            return 0;
        }
    }

    /// <summary>A log that was set back behind its seals would stop the chain: it goes on after them, and the verifier tells.</summary>
    private static async Task ContinueAsync(LoopaiDbContext db, AuditLog log, CancellationToken ct)
    {
        var last = await db.AuditSeals.AsNoTracking().OrderByDescending(s => s.Sequence).FirstOrDefaultAsync(ct);
        if (last is not null && last.Sequence > log.LastSequence)
        {
            (log.LastSequence, log.LastHash) = (last.Sequence, last.Hash);
        }
    }
}
