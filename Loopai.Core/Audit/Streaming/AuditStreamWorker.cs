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

    private const int MaxErrorLength = 500;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>Carries what every stream that is due has to carry; how many batches were taken.</summary>
    public async Task<int> CarryAsync(CancellationToken ct)
    {
        List<AuditStream> due;
        await using (var db = await data.OpenAsync(Caller.Installation, ct))
        {
            var now = time.GetUtcNow();
            due = await db.AuditStreams.AsNoTracking()
                .Where(s => s.IsEnabled && (s.NextAttemptAt == null || s.NextAttemptAt <= now) && (s.LeaseUntil == null || s.LeaseUntil < now)
                    && db.AuditLogs.Any(l => l.OrganizationId == s.OrganizationId && l.LastSequence > s.Cursor))
                .ToListAsync(ct);
        }

        // Side by side: an organization's silent receiver does not keep the others waiting.
        return (await Task.WhenAll(due.Select(stream => CarryAsync(stream, ct)))).Sum();
    }

    /// <summary>How long to wait after so many failures: doubling from a second to five minutes, half of it by chance.</summary>
    public static TimeSpan WaitAfter(int attempts)
    {
        var longest = Math.Min(Math.Pow(2, Math.Min(attempts, 20) - 1), LongestWait.TotalSeconds);
        return TimeSpan.FromSeconds(longest * (0.5 + (0.5 * Random.Shared.NextDouble())));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await CarryAsync(stoppingToken);
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
    }

    private async Task<int> CarryAsync(AuditStream stream, CancellationToken ct)
    {
        var batches = 0;
        while (await WriteAsync(stream, s => s.LeaseUntil = Now() + Lease, ct))
        {
            var events = await ReadAsync(stream, ct);
            var error = events.Count == 0 ? null : await sender.SendAsync(stream, events, ct);
            var done = error is not null || events.Count < BatchSize;
            var kept = await WriteAsync(stream, s => Note(s, events, error, done), ct);
            if (error is not null)
            {
                log.LogInformation("Audit stream {Stream} did not take events from {Sequence}: {Error}", stream.Id, stream.Cursor + 1, error);
            }

            batches += error is null && events.Count > 0 ? 1 : 0;
            if (done || !kept)
            {
                break;
            }
        }

        return batches;
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
}
