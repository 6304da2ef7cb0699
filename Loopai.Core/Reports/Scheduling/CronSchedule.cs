using System.Globalization;

namespace Loopai.Core.Reports.Scheduling;

/// <summary>
/// Times in the five fields of Unix: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). Numbers, names, lists, ranges, steps, and <c>L</c>
/// for the last day of the month. Where both kinds of day are given, either is enough, as in cron.
/// <para>
/// Times are read off the clock of a zone. A time that a change of the clock skips runs at the moment after the gap; one that comes twice runs the first time.
/// Schedules of every hour go by the hours that pass instead: they run in both of the two, and leave the skipped one out.
/// </para>
/// </summary>
public sealed class CronSchedule
{
    /// <summary>29 February comes again after eight years at the latest.</summary>
    private const int LongestDays = 366 * 9;

    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly bool[] _minutes;
    private readonly bool[] _hours;
    private readonly bool[] _days;
    private readonly bool[] _months;
    private readonly bool[] _weekdays;
    private readonly bool _lastDay;
    private readonly bool _anyDay;
    private readonly bool _anyWeekday;
    private readonly bool _everyHour;

    private CronSchedule(string text, string[] fields)
    {
        Text = text;
        _minutes = Read(fields[0], "minute", 0, 59, []);
        _hours = Read(fields[1], "hour", 0, 23, []);
        _lastDay = fields[2].Split(',').Contains("L", StringComparer.OrdinalIgnoreCase);
        var days = string.Join(',', fields[2].Split(',').Where(part => !part.Equals("L", StringComparison.OrdinalIgnoreCase)));
        _days = days.Length == 0 ? new bool[32] : Read(days, "day of the month", 1, 31, []);
        _months = Read(fields[3], "month", 1, 12, Months);
        _weekdays = Read(fields[4], "day of the week", 0, 7, Days);
        _weekdays[0] |= _weekdays[7];
        (_anyDay, _anyWeekday) = (fields[2].StartsWith('*'), fields[4].StartsWith('*'));
        _everyHour = _hours.All(hour => hour);
    }

    /// <summary>As it was written, its white space evened out.</summary>
    public string Text { get; }

    /// <summary>The schedule, or what is wrong with the text.</summary>
    public static bool TryParse(string? text, out CronSchedule schedule, out string error)
    {
        schedule = null!;
        var fields = (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
        {
            error = "Give five fields: minute, hour, day of the month, month, day of the week. 0 7 * * MON is every Monday at 07:00.";
            return false;
        }

        try
        {
            schedule = new CronSchedule(string.Join(' ', fields), fields);
        }
        catch (FormatException e)
        {
            error = e.Message;
            return false;
        }

        error = schedule.HasADay() ? "" : "No day of any year fits: this would never run.";
        return error.Length == 0;
    }

    /// <summary>The schedule of a text that was accepted before.</summary>
    public static CronSchedule Parse(string text) => TryParse(text, out var schedule, out var error) ? schedule : throw new FormatException(error);

    /// <summary>The first moment after this one.</summary>
    public DateTimeOffset Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        var first = TimeZoneInfo.ConvertTime(after, zone).Date;
        for (var i = 0; i < LongestDays; i++)
        {
            var day = first.AddDays(i);
            if (Fits(day) && EarliestOf(day, after, zone) is { } found)
            {
                return found;
            }
        }

        throw new InvalidOperationException($"'{Text}' has no next time.");
    }

    /// <summary>The next so many.</summary>
    public IReadOnlyList<DateTimeOffset> Next(DateTimeOffset after, TimeZoneInfo zone, int count)
    {
        var times = new List<DateTimeOffset>(count);
        for (var at = after; times.Count < count;)
        {
            times.Add(at = Next(at, zone));
        }

        return times;
    }

    private DateTimeOffset? EarliestOf(DateTime day, DateTimeOffset after, TimeZoneInfo zone)
    {
        DateTimeOffset? earliest = null;
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            if (!_hours[minute / 60] || !_minutes[minute % 60])
            {
                continue;
            }

            foreach (var moment in MomentsOf(day.AddMinutes(minute), zone))
            {
                earliest = moment > after && !(earliest <= moment) ? moment : earliest;
            }
        }

        return earliest;
    }

    /// <summary>When the zone's clock shows a time.</summary>
    private IEnumerable<DateTimeOffset> MomentsOf(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
        {
            return _everyHour ? [] : [AfterGap(local, zone)];
        }

        if (!zone.IsAmbiguousTime(local))
        {
            return [new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime()];
        }

        var both = zone.GetAmbiguousTimeOffsets(local).Select(offset => new DateTimeOffset(local, offset).ToUniversalTime()).Order();
        return _everyHour ? both : both.Take(1);
    }

    private static DateTimeOffset AfterGap(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private bool Fits(DateTime day)
    {
        var byDate = _days[day.Day] || (_lastDay && day.Day == DateTime.DaysInMonth(day.Year, day.Month));
        var byWeekday = _weekdays[(int)day.DayOfWeek];
        return _months[day.Month] && (_anyDay || _anyWeekday ? byDate && byWeekday : byDate || byWeekday);
    }

    private bool HasADay()
    {
        var first = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        return Enumerable.Range(0, LongestDays).Any(i => Fits(first.AddDays(i)));
    }

    private static bool[] Read(string field, string name, int least, int most, string[] names)
    {
        var set = new bool[most + 1];
        foreach (var part in field.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var whole] => (whole, 1),
                [var of, var by] when int.TryParse(by, NumberStyles.None, CultureInfo.InvariantCulture, out var every) && every > 0 => (of, every),
                _ => throw Wrong(name, part, least, most),
            };
            var (from, to) = range.Split('-') switch
            {
                ["*"] => (least, most == 7 ? 6 : most),
                [var one] when part.Contains('/', StringComparison.Ordinal) => (NumberOf(one), most),
                [var one] => (NumberOf(one), NumberOf(one)),
                [var first, var last] => (NumberOf(first), NumberOf(last)),
                _ => throw Wrong(name, part, least, most),
            };
            if (from > to)
            {
                throw new FormatException($"In the {name}, '{part}' ends before it begins.");
            }

            for (var value = from; value <= to; value += step)
            {
                set[value] = true;
            }

            int NumberOf(string text)
            {
                var named = Array.FindIndex(names, known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
                return named >= 0 ? named + least
                    : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
                    : throw Wrong(name, part, least, most);
            }
        }

        return set;
    }

    private static FormatException Wrong(string name, string part, int least, int most) =>
        new($"'{part}' is no {name}: give numbers from {least} to {most}, lists (1,15), ranges (1-5), steps (*/10) or *.");
}
