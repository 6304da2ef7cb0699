namespace Loopai.Core.Analytics;

/// <summary>Cuts time in somebody's zone: days have 23, 24 or 25 hours there, and months as many days as they have.</summary>
internal static class AnalyticsClock
{
    /// <summary>Where the buckets that hold a range start; the first may begin before the range does.</summary>
    public static List<DateTimeOffset> Buckets(DateTimeOffset from, DateTimeOffset to, AnalyticsInterval interval, TimeZoneInfo zone)
    {
        List<DateTimeOffset> starts = [];
        if (interval == AnalyticsInterval.None || from >= to)
        {
            return starts;
        }

        if (interval is AnalyticsInterval.Minute or AnalyticsInterval.Hour)
        {
            var width = interval == AnalyticsInterval.Minute ? TimeSpan.TicksPerMinute : TimeSpan.TicksPerHour;
            var offset = zone.GetUtcOffset(from).Ticks;
            var first = from.UtcTicks + offset;
            for (var at = first - (first % width) - offset; at < to.UtcTicks; at += width)
            {
                starts.Add(new DateTimeOffset(at, TimeSpan.Zero));
            }

            return starts;
        }

        for (var day = StartOf(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from, zone).DateTime), interval); ; day = Next(day, interval))
        {
            var start = Midnight(day, zone);
            if (start >= to)
            {
                return starts;
            }

            starts.Add(start);
        }
    }

    /// <summary>How many buckets a range has at most, without making them.</summary>
    public static double Count(DateTimeOffset from, DateTimeOffset to, AnalyticsInterval interval) => (to - from).TotalMinutes / interval switch
    {
        AnalyticsInterval.None => double.PositiveInfinity,
        AnalyticsInterval.Minute => 1,
        AnalyticsInterval.Hour => 60,
        AnalyticsInterval.Day => 24 * 60,
        AnalyticsInterval.Week => 7 * 24 * 60,
        AnalyticsInterval.Month => 28 * 24 * 60,
    };

    /// <summary>The range that another is compared with. What begins and ends at midnight is moved by whole days, so that it still does.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Before(DateTimeOffset from, DateTimeOffset to, AnalyticsCompare compare, TimeZoneInfo zone)
    {
        var (localFrom, localTo) = (TimeZoneInfo.ConvertTime(from, zone).DateTime, TimeZoneInfo.ConvertTime(to, zone).DateTime);
        return compare switch
        {
            AnalyticsCompare.PreviousWeek => (Utc(localFrom.AddDays(-7), zone), Utc(localTo.AddDays(-7), zone)),
            AnalyticsCompare.PreviousYear => (Utc(localFrom.AddYears(-1), zone), Utc(localTo.AddYears(-1), zone)),
            _ when localFrom.TimeOfDay == TimeSpan.Zero && localTo.TimeOfDay == TimeSpan.Zero =>
                localFrom.Day == 1 && localTo.Day == 1
                    ? (Utc(localFrom.AddMonths(-MonthsBetween(localFrom, localTo)), zone), from)
                    : (Utc(localFrom - (localTo - localFrom), zone), from),
            _ => (from - (to - from), from),
        };
    }

    /// <summary>When a day begins. Where the clock is put forward at midnight, it begins after the gap; of two midnights the first counts.</summary>
    public static DateTimeOffset Midnight(DateOnly day, TimeZoneInfo zone) => Utc(day.ToDateTime(TimeOnly.MinValue), zone);

    private static DateTimeOffset Utc(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(15);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local.Ticks - offset.Ticks, TimeSpan.Zero);
    }

    private static int MonthsBetween(DateTime from, DateTime to) => ((to.Year - from.Year) * 12) + to.Month - from.Month;

    private static DateOnly StartOf(DateOnly day, AnalyticsInterval interval) => interval switch
    {
        AnalyticsInterval.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        AnalyticsInterval.Month => new DateOnly(day.Year, day.Month, 1),
        _ => day,
    };

    private static DateOnly Next(DateOnly day, AnalyticsInterval interval) => interval switch
    {
        AnalyticsInterval.Week => day.AddDays(7),
        AnalyticsInterval.Month => day.AddMonths(1),
        _ => day.AddDays(1),
    };
}
