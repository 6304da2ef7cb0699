using System.Collections.Concurrent;

namespace Loopai.Core.Validation;

/// <summary>How many executions an hour each distinct output is expected to have, learnt from those that came. Bounded memory.</summary>
internal sealed class OutputArrivals(int maxOutputs)
{
    private static readonly long Hour = TimeSpan.TicksPerHour;

    private readonly ConcurrentDictionary<ulong, Stratum> _strata = new();
    private int _count;
    private long _nextSweep;

    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Counts an arrival and answers how many are expected in this hour: what the past hours led to expect, or what has come already,
    /// whichever is more. Checking each with target/expected checks about the target in a steady hour, and target · (1 + ln(n/target)) in
    /// an hour that nothing announced: of 10,000 out of nowhere with target 10 about 79. 0 when the output is not tracked.
    /// </summary>
    public double Arrive(ulong output, DateTimeOffset now)
    {
        if (_strata.TryGetValue(output, out var known))
        {
            return known.Arrive(now.UtcTicks);
        }

        if (Count >= maxOutputs && !Sweep(now.UtcTicks))
        {
            return 0;
        }

        var fresh = new Stratum(now.UtcTicks);
        var stratum = _strata.GetOrAdd(output, fresh);
        if (ReferenceEquals(stratum, fresh))
        {
            Interlocked.Increment(ref _count);
        }

        return stratum.Arrive(now.UtcTicks);
    }

    /// <summary>Forgets outputs that have not come for two hours; looks for them at most once a minute, and only when the table is full.</summary>
    private bool Sweep(long now)
    {
        var due = Interlocked.Read(ref _nextSweep);
        if (now < due || Interlocked.CompareExchange(ref _nextSweep, now + TimeSpan.TicksPerMinute, due) != due)
        {
            return false;
        }

        foreach (var (output, stratum) in _strata)
        {
            if (stratum.LastSeen < now - (2 * Hour) && _strata.TryRemove(output, out _))
            {
                Interlocked.Decrement(ref _count);
            }
        }

        return Count < maxOutputs;
    }

    private sealed class Stratum(long start)
    {
        /// <summary>The last full hour counts as much as all before it together.</summary>
        private const double Weight = 0.5;

        private readonly Lock _lock = new();
        private long _hourStart = start;
        private long _lastSeen = start;
        private long _inThisHour;
        private double? _perHour;

        public long LastSeen => Interlocked.Read(ref _lastSeen);

        public double Arrive(long now)
        {
            lock (_lock)
            {
                // An hour runs from the first arrival in it, so that none is cut short by the clock.
                var hours = (now - _hourStart) / Hour;
                if (hours > 0)
                {
                    var smoothed = _perHour is { } past ? (Weight * _inThisHour) + ((1 - Weight) * past) : _inThisHour;
                    _perHour = smoothed * Math.Pow(1 - Weight, hours - 1);
                    _hourStart += hours * Hour;
                    _inThisHour = 0;
                }

                _lastSeen = Math.Max(_lastSeen, now);
                _inThisHour++;
                return Math.Max(_inThisHour, _perHour ?? 0);
            }
        }
    }
}
