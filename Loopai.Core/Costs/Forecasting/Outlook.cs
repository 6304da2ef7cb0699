namespace Loopai.Core.Costs.Forecasting;

/// <summary>What a stretch of days will have cost when it is over: what is spent, and what is foreseen for the rest.</summary>
/// <param name="Ends">Its last day.</param>
/// <param name="Spent">Spent so far.</param>
/// <param name="Expected">What it will be.</param>
/// <param name="Low">In four cases of five not less.</param>
/// <param name="High">In four cases of five not more.</param>
public sealed record Outlook(DateOnly Ends, decimal Spent, decimal Expected, decimal Low, decimal High)
{
    /// <summary>To the last day of a stretch that has begun.</summary>
    /// <param name="spent">Spent in it, today included.</param>
    /// <param name="forecast">Made of the whole days up to yesterday, so that its first day is today.</param>
    /// <param name="today">Today.</param>
    /// <param name="dayLeft">The part of today that is to come, 0..1.</param>
    /// <param name="ends">The last day.</param>
    public static Outlook Of(decimal spent, SpendForecast forecast, DateOnly today, double dayLeft, DateOnly ends)
    {
        var at = ends.DayNumber - today.DayNumber;
        if (forecast.Days.Count == 0 || at < 0)
        {
            return new Outlook(ends, spent, spent, spent, spent);
        }

        var last = forecast.Days[Math.Min(at, forecast.Days.Count - 1)];

        // Of what is foreseen for today, the part that is over has shown in what is spent.
        var toCome = last.Total - (forecast.Days[0].Value * (1 - dayLeft));
        var expected = spent + Amount(toCome);
        return new Outlook(ends, spent, expected, Math.Max(spent, expected - Amount(last.Total - last.TotalLow)), expected + Amount(last.TotalHigh - last.Total));
    }

    /// <summary>The day on which a limit will be reached, with the earliest and the latest in four cases of five; null for one that is not foreseen.</summary>
    public static Exhaustion Exhausted(decimal spent, decimal limit, SpendForecast forecast, DateOnly today, double dayLeft)
    {
        if (spent >= limit)
        {
            return new Exhaustion(today, today, today);
        }

        var over = forecast.Days.Count > 0 ? forecast.Days[0].Value * (1 - dayLeft) : 0;
        return new Exhaustion(First(d => d.Total), First(d => d.TotalHigh), First(d => d.TotalLow));

        DateOnly? First(Func<ForecastDay, double> total) => forecast.Days.FirstOrDefault(day => spent + Amount(Math.Max(0, total(day) - over)) >= limit)?.Day;
    }

    internal static decimal Amount(double value) => double.IsFinite(value) && Math.Abs(value) < 1e15 ? Money.Round((decimal)value) : 0;
}

/// <param name="Day">When it is foreseen; null for not within the forecast.</param>
/// <param name="Earliest">The earliest, in four cases of five.</param>
/// <param name="Latest">The latest.</param>
public sealed record Exhaustion(DateOnly? Day, DateOnly? Earliest, DateOnly? Latest);
