using Loopai.Core.Access;
using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Audit.Streaming;

/// <summary>
/// Carries events to where they are wanted. Every write is made only where the lease still stands as this portal wrote it, so a portal that was given
/// up for dead repeats at most a batch and never sets the cursor back.
/// </summary>
public sealed class AuditStreamWorker(LoopaiData data, AuditQueries audit, AuditStreamSender sender, TimeProvider time, ILogger<AuditStreamWorker> log)
    : BackgroundService
{
    public const int BatchSize = 100;

    /// <summary>Longer than an attempt may take.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>After so many batches a long backlog lets the others have their turn.</summary>
    private const int BatchesAtOnce = 20;

    /// <summary>Streams under way on one portal: each holds a connection for moments and waits for its receiver.</summary>
    private const int AtOnce = 16;

    private const int MaxErrorLength = 500;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>Carries what the streams that are due have to carry; how many batches were taken.</summary>
    public async Task<int> CarryAsync(CancellationToken ct)
    {
        var due = await FindDueAsync(ct);
        return (await Task.WhenAll(due.Select(id => CarryAsync(id, ct)))).Sum();
    }

    /// <summary>How long to wait after so many failures: doubling from a second to five minutes, half of it by chance.</summary>
    public static TimeSpan WaitAfter(int attempts)
    {
        var longest = Math.Min(Math.Pow(2, Math.Min(attempts, 20) - 1), LongestWait.TotalSeconds);
        return TimeSpan.FromSeconds(longest * (0.5 + (0.5 * Random.Shared.NextDouble())));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var underWay = new List<Task>();
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    // Nobody waits for a slow receiver: what is under way has its lease, and is not due.
                    underWay.RemoveAll(carrying => carrying.IsCompleted);
                    foreach (var id in await FindDueAsync(stoppingToken))
                    {
                        if (underWay.Count < AtOnce)
                        {
                            underWay.Add(CarryOrTellAsync(id, stoppingToken));
                        }
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    log.LogWarning(e, "Audit streams cannot be looked after now; trying again");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The portal stops; what was under way is repeated by whoever comes next.
        }

        await Task.WhenAll(underWay);
    }

    /// <summary>Whoever has waited longest comes first.</summary>
    private async Task<List<AuditStreamPlace>> FindDueAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var now = time.GetUtcNow();
        return await db.AuditStreams
            .Where(s => s.IsEnabled && (s.NextAttemptAt == null || s.NextAttemptAt <= now) && (s.LeaseUntil == null || s.LeaseUntil < now)
                && db.AuditLogs.Any(l => l.OrganizationId == s.OrganizationId && l.LastSequence > s.Cursor))
            .OrderBy(s => s.DeliveredAt != null).ThenBy(s => s.DeliveredAt).Take(AtOnce)
            .Select(s => new AuditStreamPlace(s.OrganizationId, s.Id)).ToListAsync(ct);
    }

    private async Task CarryOrTellAsync(AuditStreamPlace place, CancellationToken ct)
    {
        try
        {
            await CarryAsync(place, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "Audit stream {Stream} cannot be carried now; its lease runs out, and it is tried again", place.StreamId);
        }
        catch (OperationCanceledException)
        {
            // The portal stops.
        }
    }

    private async Task<int> CarryAsync(AuditStreamPlace place, CancellationToken ct)
    {
        DateTimeOffset? held = null;
        for (var batches = 0; ; batches++)
        {
            // Read anew each time, for its address or secret may have been put right meanwhile.
            var stream = await ReadAsync(place, ct);
            var isOurs = stream is not null && (held is null ? stream.LeaseUntil is null || stream.LeaseUntil < Now() : stream.LeaseUntil == held);
            if (!isOurs || !await WriteAsync(stream!, s => s.LeaseUntil = Now() + Lease, ct))
            {
                return batches;
            }

            held = stream!.LeaseUntil;
            var events = await ReadAsync(stream, ct);
            var error = events.Count == 0 ? null : await sender.SendAsync(stream, events, ct);
            var done = error is not null || events.Count < BatchSize || batches == BatchesAtOnce - 1;
            var kept = await WriteAsync(stream, s => Note(s, events, error, done), ct);
            if (error is not null)
            {
                log.LogInformation("Audit stream {Stream} did not take events from {Sequence}: {Error}", stream.Id, stream.Cursor + 1, error);
            }

            if (done || !kept)
            {
                return error is null && events.Count > 0 ? batches + 1 : batches;
            }
        }
    }

    private async Task<AuditStream?> ReadAsync(AuditStreamPlace place, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(place.OrganizationId), ct);
        return await db.AuditStreams.AsNoTracking().FirstOrDefaultAsync(s => s.Id == place.StreamId && s.IsEnabled, ct);
    }

    private void Note(AuditStream stream, List<AuditRecord> events, string? error, bool done)
    {
        stream.LeaseUntil = done ? null : stream.LeaseUntil;
        stream.LastError = error is { Length: > MaxErrorLength } ? error[..MaxErrorLength] : error;
        if (error is not null)
        {
            stream.Attempts++;
            stream.NextAttemptAt = Now() + WaitAfter(stream.Attempts);
        }
        else if (events.Count > 0)
        {
            (stream.Cursor, stream.Attempts, stream.NextAttemptAt, stream.DeliveredAt) = (events[^1].Sequence!.Value, 0, null, Now());
        }
    }

    private async Task<List<AuditRecord>> ReadAsync(AuditStream stream, CancellationToken ct)
    {
        var events = new List<AuditRecord>(BatchSize);
        await foreach (var record in audit.StreamAsync(Caller.System(stream.OrganizationId), new AuditFilter(), stream.Cursor, BatchSize, ct))
        {
            events.Add(record);
        }

        return events;
    }

    /// <summary>False when the stream has gone to another portal, or is gone.</summary>
    private async Task<bool> WriteAsync(AuditStream stream, Action<AuditStream> change, CancellationToken ct)
    {
        var lease = stream.LeaseUntil;
        change(stream);
        await using var db = await data.OpenAsync(Caller.System(stream.OrganizationId), ct);
        return await db.AuditStreams.Where(s => s.Id == stream.Id && s.IsEnabled && s.LeaseUntil == lease).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.LeaseUntil, stream.LeaseUntil)
                .SetProperty(s => s.Cursor, stream.Cursor)
                .SetProperty(s => s.Attempts, stream.Attempts)
                .SetProperty(s => s.NextAttemptAt, stream.NextAttemptAt)
                .SetProperty(s => s.DeliveredAt, stream.DeliveredAt)
                .SetProperty(s => s.LastError, stream.LastError),
            ct) == 1;
    }

    /// <summary>Whole milliseconds: a lease that is read back has to equal the one that was written.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private sealed record AuditStreamPlace(Guid OrganizationId, Guid StreamId);
}
