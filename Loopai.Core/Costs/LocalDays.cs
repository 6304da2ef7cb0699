namespace Loopai.Core.Costs;

/// <summary>Days as an organization's time zone cuts them.</summary>
internal sealed record LocalDays(TimeZoneInfo Zone)
{
    public static LocalDays Of(string timeZone) => new(TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone) ? zone : TimeZoneInfo.Utc);

    public DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Zone).DateTime);

    /// <summary>The moment at which a day begins; where the clock is put forward over midnight, the first there is.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (Zone.IsInvalidTime(midnight))
        {
            midnight = midnight.AddMinutes(30);
        }

        // Midnight may come twice where it is put back; the day begins with the first, whose offset is the larger.
        var offset = Zone.IsAmbiguousTime(midnight) ? Zone.GetAmbiguousTimeOffsets(midnight).Max() : Zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }

    /// <summary>The part of the day that is to come, 0..1.</summary>
    public double LeftOf(DateTimeOffset now)
    {
        var (start, end) = (StartOf(DayOf(now)), StartOf(DayOf(now).AddDays(1)));
        return Math.Clamp((end - now) / (end - start), 0, 1);
    }

    public static DateOnly MonthEnd(DateOnly day) => new DateOnly(day.Year, day.Month, 1).AddMonths(1).AddDays(-1);
}
