using Loopai.Core.Executions;

namespace Loopai.Core.Analytics;

/// <summary>From which roll-ups a range is added up: the widest that fit the points, and finer ones at its ends.</summary>
internal sealed class AnalyticsPlan
{
    private readonly List<Stretch> _stretches = [];
    private readonly DateTimeOffset _minutesFrom;
    private readonly DateTimeOffset _hoursFrom;
    private bool _isWidened;
    private bool _isShifted;

    private AnalyticsPlan(DateTimeOffset minutesFrom, DateTimeOffset hoursFrom)
    {
        // Whatever is read instead of them begins where they do.
        _minutesFrom = Ceiling(RollupLevel.Hour, minutesFrom);
        _hoursFrom = Ceiling(RollupLevel.Day, hoursFrom);
    }

    /// <summary>Start of what is counted.</summary>
    public DateTimeOffset From => _stretches.Min(s => s.From);

    /// <summary>End of what is counted.</summary>
    public DateTimeOffset To => _stretches.Max(s => s.To);

    /// <summary>What is read.</summary>
    public IReadOnlyList<Stretch> Stretches => _stretches;

    /// <summary>Where the answer is not quite what was asked for.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            if (_isWidened)
            {
                yield return "The ends of the range were widened to what is kept: whole hours where minutes are gone, whole UTC days where hours are.";
            }

            if (_isShifted)
            {
                yield return "Where only wider figures are kept, an hour or a UTC day counts to the point in which its middle lies.";
            }
        }
    }

    /// <param name="from">Start of the range.</param>
    /// <param name="to">Its end.</param>
    /// <param name="buckets">Where its points start; empty for totals.</param>
    /// <param name="minutesFrom">Since when minutes are kept.</param>
    /// <param name="hoursFrom">Since when hours are kept.</param>
    public static AnalyticsPlan Of(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<DateTimeOffset> buckets, DateTimeOffset minutesFrom, DateTimeOffset hoursFrom)
    {
        var plan = new AnalyticsPlan(minutesFrom, hoursFrom);
        var level = RollupLevels.All.Reverse().First(level => buckets.Skip(1).All(start => level.StartOf(start) == start));
        plan.Cover(level, from, to);
        plan.CountNothingTwice();
        return plan;
    }

    /// <summary>A widened end may reach into what is covered beside it. Wide stretches go first; a finer one keeps what they leave.</summary>
    private void CountNothingTwice()
    {
        List<Stretch> kept = [];
        foreach (var stretch in _stretches.OrderByDescending(s => s.Level).ThenBy(s => s.From))
        {
            List<Stretch> left = [stretch];
            foreach (var taken in kept)
            {
                left = [.. left.SelectMany(s => s.Without(taken))];
            }

            kept.AddRange(left);
        }

        _stretches.Clear();
        _stretches.AddRange(kept);
    }

    private void Cover(RollupLevel level, DateTimeOffset from, DateTimeOffset to)
    {
        if (from >= to)
        {
            return;
        }

        var (first, last) = level == RollupLevel.Minute ? (level.StartOf(from), Ceiling(level, to)) : (Ceiling(level, from), level.StartOf(to));
        if (first >= last)
        {
            CoverFiner(level, from, to);
            return;
        }

        CoverFiner(level, from, first);
        CoverWhole(level, first, last);
        CoverFiner(level, last, to);
    }

    /// <summary>An end of the range that is no whole one of the level.</summary>
    private void CoverFiner(RollupLevel level, DateTimeOffset from, DateTimeOffset to)
    {
        if (from >= to)
        {
            return;
        }

        if (level > RollupLevel.Minute && from >= KeptFrom(level - 1))
        {
            Cover(level - 1, from, to);
            return;
        }

        _isWidened = true;
        CoverWhole(level, level.StartOf(from), Ceiling(level, to));
    }

    private void CoverWhole(RollupLevel level, DateTimeOffset from, DateTimeOffset to)
    {
        if (level == RollupLevel.Day || from >= KeptFrom(level))
        {
            _stretches.Add(new Stretch(level, from, to));
            return;
        }

        // The older part is known only in wider ones, which may not fit the points.
        _isShifted = true;
        var until = to < KeptFrom(level) ? to : KeptFrom(level);
        CoverWhole(level + 1, (level + 1).StartOf(from), Ceiling(level + 1, until));
        if (until < to)
        {
            _stretches.Add(new Stretch(level, until, to));
        }
    }

    private DateTimeOffset KeptFrom(RollupLevel level) => level switch
    {
        RollupLevel.Minute => _minutesFrom,
        RollupLevel.Hour => _hoursFrom,
        RollupLevel.Day => DateTimeOffset.MinValue,
    };

    private static DateTimeOffset Ceiling(RollupLevel level, DateTimeOffset at) =>
        level.StartOf(at) is var start && start == at.ToUniversalTime() ? start : start.AddTicks(level.Ticks());
}

/// <param name="Level">Which roll-ups.</param>
/// <param name="From">That start at or after.</param>
/// <param name="To">That start before.</param>
internal sealed record Stretch(RollupLevel Level, DateTimeOffset From, DateTimeOffset To)
{
    public IEnumerable<Stretch> Without(Stretch other)
    {
        if (other.From >= To || other.To <= From)
        {
            return [this];
        }

        return new[] { this with { To = other.From }, this with { From = other.To } }.Where(s => s.From < s.To);
    }
}
