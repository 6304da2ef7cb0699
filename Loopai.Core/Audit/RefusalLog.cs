using System.Collections.Concurrent;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Audit;

/// <summary>
/// Records what known callers were refused, beside the requests and not within them. Of one actor at most <see cref="MaxAMinute"/> a minute are
/// events of their own; the rest are counted and told in one, so that nobody can flood the log or the database.
/// </summary>
public sealed class RefusalLog(LoopaiData data, TimeProvider time, ILogger<RefusalLog> log) : BackgroundService
{
    public const int MaxAMinute = 10;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<(Guid Organization, Guid? Actor), Tally> _tallies = new();
    private readonly ConcurrentQueue<Refusal> _waiting = new();

    /// <summary>A permission was missing. What the refusal does not know of its caller is not recorded, nor what was recorded already.</summary>
    public void Note(ForbiddenException refused, Caller? caller = null)
    {
        if ((refused.Caller ?? caller) is { OrganizationIdOrNull: not null } known && refused.Data["audited"] is null)
        {
            refused.Data["audited"] = true;
            Note(known, "access.refused", "permission", refused.Permission, "The permission is missing.");
        }
    }

    /// <summary>Somebody known was turned away.</summary>
    /// <param name="caller">Who, with where they came from.</param>
    /// <param name="action">What they tried: <c>key.refused</c>.</param>
    /// <param name="objectKind">On what kind of thing.</param>
    /// <param name="objectId">On which.</param>
    /// <param name="reason">Why not.</param>
    public void Note(Caller caller, string action, string objectKind, object objectId, string reason)
    {
        var tally = _tallies.GetOrAdd((caller.OrganizationId, caller.Id), static _ => new Tally());
        var refusal = new Refusal(caller, action, objectKind, objectId, reason, 1);
        if (tally.Take(refusal, time.GetUtcNow()))
        {
            _waiting.Enqueue(refusal);
        }
    }

    /// <summary>Writes what waits, and the counts of minutes that are over.</summary>
    public async Task FlushAsync(bool all, CancellationToken ct)
    {
        foreach (var (actor, tally) in _tallies)
        {
            if (tally.Close(time.GetUtcNow(), all) is { } rest)
            {
                _waiting.Enqueue(rest);
            }

            if (tally.IsOver)
            {
                _tallies.TryRemove(KeyValuePair.Create(actor, tally));
            }
        }

        while (_waiting.TryPeek(out var refusal))
        {
            await using var db = await data.OpenAsync(refusal.Caller, ct);
            db.Record(refusal.Caller, refusal.Action, refusal.ObjectKind, refusal.ObjectId, AuditResult.Refused, refusal.Reason, count: refusal.Count);
            await db.SaveChangesAsync(ct);
            _waiting.TryDequeue(out _);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryFlushAsync(all: true, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryFlushAsync(all: false, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The portal stops.
        }
    }

    private async Task TryFlushAsync(bool all, CancellationToken ct)
    {
        try
        {
            await FlushAsync(all, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(e, "A refusal could not be recorded");
        }
    }

    private sealed record Refusal(Caller Caller, string Action, string ObjectKind, object ObjectId, string Reason, int Count);

    /// <summary>One actor's minute.</summary>
    private sealed class Tally
    {
        private readonly Lock _gate = new();
        private DateTimeOffset? _since;
        private Refusal? _last;
        private int _taken;
        private int _held;

        /// <summary>Whether the minute is over and nothing of it is left to tell.</summary>
        public bool IsOver
        {
            get
            {
                lock (_gate)
                {
                    return _since is null;
                }
            }
        }

        /// <summary>Whether this one is recorded by itself.</summary>
        public bool Take(Refusal refusal, DateTimeOffset now)
        {
            lock (_gate)
            {
                _since ??= now;
                if (_taken < MaxAMinute)
                {
                    _taken++;
                    return true;
                }

                (_last, _held) = (refusal, _held + 1);
                return false;
            }
        }

        /// <summary>Ends the minute when it is over; what was only counted, as one.</summary>
        public Refusal? Close(DateTimeOffset now, bool anyway)
        {
            lock (_gate)
            {
                if (_since is null || (now - _since < Window && !anyway))
                {
                    return null;
                }

                var rest = _last is { } last ? last with { Reason = $"{last.Reason} The last of {_held} more within a minute.", Count = _held } : null;
                (_since, _last, _taken, _held) = (null, null, 0, 0);
                return rest;
            }
        }
    }
}
