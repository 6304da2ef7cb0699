using System.Runtime.CompilerServices;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Audit;

/// <summary>Reads the log.</summary>
public sealed class AuditQueries(LoopaiData data)
{
    /// <summary>One window of the events.</summary>
    public async Task<Page<AuditRecord>> ListAsync(Caller caller, AuditFilter filter, AuditSort sort, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditRead);
        page = page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var rows = filter.Validated().Apply(db.AuditEvents.AsNoTracking());
        if (Cursor.Decode<Place>(page.Cursor) is { } after)
        {
            rows = sort == AuditSort.Newest
                ? rows.Where(e => e.At < after.At || (e.At == after.At && e.Id.CompareTo(after.Id) < 0))
                : rows.Where(e => e.At > after.At || (e.At == after.At && e.Id.CompareTo(after.Id) > 0));
        }

        rows = sort == AuditSort.Newest ? rows.OrderByDescending(e => e.At).ThenByDescending(e => e.Id) : rows.OrderBy(e => e.At).ThenBy(e => e.Id);
        var window = await rows.Take(page.Limit + 1).ToListAsync(ct);
        var last = window.Count > page.Limit ? window[page.Limit - 1] : null;
        return new Page<AuditRecord>(
            await WithSealsAsync(db, [.. window.Take(page.Limit)], ct), last is null ? null : Cursor.Encode(new Place(last.At, last.Id)));
    }

    /// <summary>One event.</summary>
    public async Task<AuditRecord> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditRead);
        await using var db = await data.OpenAsync(caller, ct);
        var audited = await db.AuditEvents.AsNoTracking().FirstOrDefaultAsync(e => e.Id == id, ct) ?? throw AuditErrors.NotFound(id);
        return (await WithSealsAsync(db, [audited], ct))[0];
    }

    /// <summary>The sealed events that fit, by their numbers, read as fast as they are taken.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="filter">Which.</param>
    /// <param name="after">The number after which to begin; 0 for the beginning.</param>
    /// <param name="limit">The most that are read.</param>
    /// <param name="ct">Ends the reading.</param>
    public async IAsyncEnumerable<AuditRecord> StreamAsync(
        Caller caller, AuditFilter filter, long after, int limit, [EnumeratorCancellation] CancellationToken ct)
    {
        caller.Demand(Permissions.AuditRead);
        await using var db = await data.OpenAsync(caller, ct);
        var rows =
            from seal in db.AuditSeals.AsNoTracking()
            join audited in filter.Validated().Apply(db.AuditEvents.AsNoTracking()) on seal.EventId equals audited.Id
            where seal.Sequence > after
            orderby seal.Sequence
            select new { seal, audited };
        await foreach (var row in rows.Take(limit).AsAsyncEnumerable().WithCancellation(ct))
        {
            yield return new AuditRecord(row.audited, row.seal.Sequence, row.seal.Hash);
        }
    }

    /// <summary>Notes that the log was taken away as a file: who reads everything should be seen to.</summary>
    public async Task RecordExportAsync(Caller caller, string format, AuditFilter filter, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditRead);
        await using var db = await data.OpenAsync(caller, ct);
        db.Record(caller, "audit.exported", "audit", caller.OrganizationId, new { format, filter });
        await db.SaveChangesAsync(ct);
    }

    private static async Task<IReadOnlyList<AuditRecord>> WithSealsAsync(LoopaiDbContext db, List<AuditEvent> events, CancellationToken ct)
    {
        var ids = events.ConvertAll(e => e.Id);
        var seals = await db.AuditSeals.AsNoTracking().Where(s => ids.Contains(s.EventId)).ToDictionaryAsync(s => s.EventId, ct);
        return events.ConvertAll(e => seals.TryGetValue(e.Id, out var seal) ? new AuditRecord(e, seal.Sequence, seal.Hash) : new AuditRecord(e, null, null));
    }

    private sealed record Place(DateTimeOffset At, Guid Id);
}
