using System.Data;
using System.Globalization;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Audit;

/// <summary>Goes over an organization's whole chain and names the first link that does not hold.</summary>
public sealed class AuditVerifier(LoopaiData data, AuditSealing sealing, AuditSigner signer, TimeProvider time)
{
    /// <summary>An event that has no seal after this long is out of the chain.</summary>
    private static readonly TimeSpan SealedWithin = TimeSpan.FromMinutes(5);

    /// <summary>The verdict on the log as it is now.</summary>
    public async Task<AuditVerdict> VerifyAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditRead);
        await sealing.SealAsync(caller.OrganizationId, ct);
        var keys = await signer.KeysAsync(ct);
        await using var db = await data.OpenAsync(caller, ct);

        // One picture of all tables, so that what is sealed meanwhile does not look like a fault.
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var log = await db.AuditLogs.AsNoTracking().FirstOrDefaultAsync(ct) ?? new AuditLog { OrganizationId = caller.OrganizationId };
        var checkpoints = await db.AuditCheckpoints.AsNoTracking().OrderBy(c => c.Sequence).ToListAsync(ct);
        var walk = new AuditWalk(checkpoints, keys, time.GetUtcNow());
        var links =
            from seal in db.AuditSeals.AsNoTracking()
            join audited in db.AuditEvents.AsNoTracking() on seal.EventId equals audited.Id into found
            from audited in found.DefaultIfEmpty()
            orderby seal.Sequence
            select new { seal, audited };
        await foreach (var link in links.AsAsyncEnumerable().WithCancellation(ct))
        {
            if (!walk.Take(link.seal, link.audited))
            {
                break;
            }
        }

        walk.Finish(log);
        if (walk.Broken is null && await FindUnsealedAsync(db, ct) is { } stray)
        {
            walk.Break(null, stray, "An event has no place in the chain: it was put in by hand, or its seal was removed.");
        }

        return new AuditVerdict(walk.Broken is null, walk.Count, walk.First, walk.Last, checkpoints.Count, time.GetUtcNow(), walk.Broken, walk.SignedLate);
    }

    private Task<Guid?> FindUnsealedAsync(LoopaiDbContext db, CancellationToken ct)
    {
        var due = time.GetUtcNow() - SealedWithin;
        return db.AuditEvents.Where(e => e.At < due && !db.AuditSeals.Any(s => s.EventId == e.Id)).OrderBy(e => e.At).Select(e => (Guid?)e.Id).FirstOrDefaultAsync(ct);
    }
}

/// <summary>The walk along a chain, link by link; holds no more than one link, however long the chain.</summary>
internal sealed class AuditWalk(IReadOnlyList<AuditCheckpoint> checkpoints, IReadOnlyList<AuditSigningKey> keys, DateTimeOffset now)
{
    private static readonly TimeSpan SignedWithin = TimeSpan.FromDays(2);

    private readonly Dictionary<long, AuditCheckpoint> _checkpoints = checkpoints.ToDictionary(c => c.Sequence);
    private readonly HashSet<long> _dropped = [];
    private byte[] _hash = new byte[AuditText.HashLength];
    private int _next;

    public long Count { get; private set; }

    public long First { get; private set; }

    public long Last { get; private set; }

    public AuditBreak? Broken { get; private set; }

    public AuditSignedLate? SignedLate { get; private set; }

    /// <summary>One link further; false when it does not hold.</summary>
    public bool Take(AuditSeal seal, AuditEvent? audited)
    {
        if (Count == 0 && seal.Sequence > 1 && !BeginAt(seal.Sequence))
        {
            return false;
        }

        var expected = Count == 0 ? seal.Sequence : Last + 1;
        if (seal.Sequence != expected)
        {
            return Break(expected, null, $"Event {expected} is missing: after {Last} comes {seal.Sequence}.");
        }

        if (audited is null)
        {
            return Break(seal.Sequence, seal.EventId, $"Event {seal.Sequence} was removed: its seal is still there.");
        }

        if (!AuditText.Hash(_hash, seal.Sequence, audited).AsSpan().SequenceEqual(seal.Hash))
        {
            return Break(seal.Sequence, audited.Id, $"Event {seal.Sequence} is not what was sealed: it, its place or its hash was changed.");
        }

        (First, Last, _hash, Count) = (Count == 0 ? seal.Sequence : First, seal.Sequence, seal.Hash, Count + 1);
        if (audited.Action == AuditRetention.Applied && Through(audited) is { } through)
        {
            _dropped.Add(through);
        }

        if (audited.Action == AuditCheckpoints.Signed && !IsKept(audited))
        {
            return Break(seal.Sequence, audited.Id, $"Event {seal.Sequence} tells of a checkpoint that is not there, or not as it was signed.");
        }

        var isSigned = _checkpoints.TryGetValue(Last, out var checkpoint);
        NoteLateSignature(audited);
        return !isSigned || Holds(checkpoint!);
    }

    /// <summary>What can only be told at the end: whether anything is missing there, and whether the beginning went lawfully.</summary>
    public void Finish(AuditLog log)
    {
        if (Broken is not null)
        {
            return;
        }

        if (First > 1 && !_dropped.Contains(First - 1))
        {
            Break(First - 1, null, $"The events up to {First - 1} are gone, and the log does not say that its retention took them.");
        }
        else if (checkpoints is [.., var signed] && signed.Sequence > Last)
        {
            Break(Last + 1, null, $"The end was cut off: a checkpoint of {AuditText.Time(signed.At)} speaks for {signed.Sequence} events, and there are {Last}.");
        }
        else if (log.LastSequence > Last)
        {
            Break(Last + 1, null, $"The end was cut off: {log.LastSequence} events were sealed, and there are {Last}.");
        }
        else if (log.LastSequence < Last || !log.LastHash.AsSpan().SequenceEqual(_hash))
        {
            Break(Last, null, $"The log's own count says {log.LastSequence} events with another hash at the end; it was changed.");
        }
    }

    /// <summary>
    /// Every day of events is signed for on that day or the next. What was signed for later could have been rewritten until then; a portal that stood
    /// still for days looks the same, so it is told, and is not a broken link.
    /// </summary>
    private void NoteLateSignature(AuditEvent audited)
    {
        while (_next < checkpoints.Count && checkpoints[_next].Sequence < Last)
        {
            _next++;
        }

        var signedAt = _next < checkpoints.Count ? checkpoints[_next].At : now;
        if (SignedLate is null && signedAt - audited.At > SignedWithin && audited.Action != AuditCheckpoints.Signed)
        {
            SignedLate = new AuditSignedLate(Last, audited.At, _next < checkpoints.Count ? signedAt : null);
        }
    }

    /// <summary>Whether the checkpoint that an event tells of is there as the event has it; those of before the log's present beginning may have gone.</summary>
    private bool IsKept(AuditEvent audited)
    {
        using var details = JsonDocument.Parse(audited.Details ?? "{}");
        var told = details.RootElement;
        return told.TryGetProperty("sequence", out var sequence)
            && (sequence.GetInt64() < First
                || (_checkpoints.TryGetValue(sequence.GetInt64(), out var checkpoint)
                    && told.GetProperty("signature").GetString() == Convert.ToBase64String(checkpoint.Signature)));
    }

    public bool Break(long? sequence, Guid? eventId, string reason)
    {
        Broken ??= new AuditBreak(sequence, eventId, reason);
        return false;
    }

    private bool BeginAt(long sequence)
    {
        if (!_checkpoints.TryGetValue(sequence - 1, out var checkpoint))
        {
            return Break(sequence - 1, null, $"Event {sequence - 1} and those before it are missing, and no checkpoint stands in their place.");
        }

        _hash = checkpoint.Hash;
        return AuditSigner.IsSigned(checkpoint, keys) || Break(sequence - 1, null, $"The checkpoint at {checkpoint.Sequence}, where the log begins, is not signed with a key of ours.");
    }

    private bool Holds(AuditCheckpoint checkpoint) =>
        !checkpoint.Hash.AsSpan().SequenceEqual(_hash)
            ? Break(checkpoint.Sequence, null, $"The checkpoint of {AuditText.Time(checkpoint.At)} has another hash for event {checkpoint.Sequence}: the log was rewritten, or the checkpoint was.")
            : AuditSigner.IsSigned(checkpoint, keys) || Break(checkpoint.Sequence, null, $"The checkpoint at {checkpoint.Sequence} is not signed with a key of ours.");

    private static long? Through(AuditEvent audited)
    {
        using var details = JsonDocument.Parse(audited.Details ?? "{}");
        return details.RootElement.TryGetProperty("through", out var through) && long.TryParse(through.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : null;
    }
}

/// <param name="Intact">Whether every link holds.</param>
/// <param name="Checked">How many events were gone over.</param>
/// <param name="First">The number of the oldest event that is kept.</param>
/// <param name="Last">The number of the last that holds.</param>
/// <param name="Checkpoints">How many signed checkpoints there are.</param>
/// <param name="VerifiedAt">When.</param>
/// <param name="Broken">The first link that does not hold.</param>
/// <param name="SignedLate">The first event for which no checkpoint spoke within two days.</param>
public sealed record AuditVerdict(
    bool Intact, long Checked, long First, long Last, int Checkpoints, DateTimeOffset VerifiedAt, AuditBreak? Broken, AuditSignedLate? SignedLate);

/// <param name="Sequence">The number of the event.</param>
/// <param name="At">When it happened.</param>
/// <param name="SignedAt">When a checkpoint first spoke for it; null when none does.</param>
public sealed record AuditSignedLate(long Sequence, DateTimeOffset At, DateTimeOffset? SignedAt);

/// <param name="Sequence">The number of the link; null for an event that has none.</param>
/// <param name="EventId">The event, where there is one.</param>
/// <param name="Reason">What is wrong, for people.</param>
public sealed record AuditBreak(long? Sequence, Guid? EventId, string Reason);
