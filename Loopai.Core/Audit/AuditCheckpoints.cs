using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Audit;

/// <summary>Signed statements of how far the chain has come: one a day and log, and one whenever somebody asks.</summary>
public sealed class AuditCheckpoints(LoopaiData data, AuditSealing sealing, AuditSigner signer, TimeProvider time)
{
    /// <summary>The event that tells of a checkpoint.</summary>
    internal const string Signed = "audit.checkpoint_signed";

    /// <summary>One window of the checkpoints, newest first.</summary>
    public async Task<Page<AuditCheckpoint>> ListAsync(Caller caller, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var rows = db.AuditCheckpoints.AsNoTracking();
        if (Cursor.Decode<Place>(page.Cursor) is { } after)
        {
            rows = rows.Where(c => c.Sequence < after.Sequence);
        }

        var window = await rows.OrderByDescending(c => c.Sequence).Take(page.Limit + 1).ToListAsync(ct);
        return new Page<AuditCheckpoint>([.. window.Take(page.Limit)], window.Count > page.Limit ? Cursor.Encode(new Place(window[page.Limit - 1].Sequence)) : null);
    }

    /// <summary>The keys that checkpoints are signed with, as they are published.</summary>
    public Task<IReadOnlyList<AuditSigningKey>> KeysAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditRead);
        return signer.KeysAsync(ct);
    }

    /// <summary>Signs for the log as it is now. Where nothing was added since the last checkpoint, that one is the answer.</summary>
    public async Task<AuditCheckpoint> CreateAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditManage);
        await sealing.SealAsync(caller.OrganizationId, ct);
        return await SignAsync(caller, ct) ?? throw AuditErrors.NothingToSign();
    }

    /// <summary>Signs for every log that has grown and has no checkpoint of this day (UTC).</summary>
    public async Task SignDailyAsync(CancellationToken ct)
    {
        List<Guid> due;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            // The checkpoint is an event itself: a log that has grown by nothing else is quiet.
            var today = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
            due = await db.AuditLogs.Where(l => l.LastSequence > l.CheckpointSequence + (l.CheckpointSequence == 0 ? 0 : 1) && (l.CheckpointAt == null || l.CheckpointAt < today))
                .Select(l => l.OrganizationId).ToListAsync(ct);
        }

        foreach (var organization in due)
        {
            await SignAsync(Caller.System(organization), ct);
        }
    }

    private async Task<AuditCheckpoint?> SignAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var log = await AuditSealing.LockAsync(db, caller.OrganizationId, time.GetUtcNow(), ct);
        var quiet = log.LastSequence - log.CheckpointSequence <= (log.CheckpointSequence == 0 ? 0 : 1);

        // A log that was set back counts anew, and may come to where it was signed for already; the verifier tells of it.
        if (quiet || await db.AuditCheckpoints.AnyAsync(c => c.Sequence == log.LastSequence, ct))
        {
            return await db.AuditCheckpoints.AsNoTracking().OrderByDescending(c => c.Sequence).FirstOrDefaultAsync(ct);
        }

        var checkpoint = await signer.SignAsync(caller.OrganizationId, log.LastSequence, log.LastHash, ct);
        db.AuditCheckpoints.Add(checkpoint);
        (log.CheckpointSequence, log.CheckpointAt) = (checkpoint.Sequence, checkpoint.At);

        // In the log too: what is streamed elsewhere carries the proof along.
        db.Record(caller, Signed, "audit", caller.OrganizationId, new
        {
            checkpoint.Sequence,
            hash = Convert.ToHexStringLower(checkpoint.Hash),
            at = AuditText.Time(checkpoint.At),
            checkpoint.KeyId,
            signature = Convert.ToBase64String(checkpoint.Signature),
        });
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return checkpoint;
    }

    private sealed record Place(long Sequence);
}
