namespace Loopai.Portal.Demo;

/// <summary>When a company's decisions are asked for: by day on workdays, little at night and at weekends, a little more every week.</summary>
internal static class TrafficPlan
{
    public const int Days = 14;

    /// <summary>More from week to week, as a share of the whole span.</summary>
    private const double Growth = 0.6;

    private static readonly double[] ByHour =
        [0.3, 0.2, 0.2, 0.2, 0.3, 0.6, 1.4, 2.8, 5.0, 6.6, 6.8, 6.2, 4.6, 5.4, 6.4, 6.2, 5.2, 3.8, 2.4, 1.6, 1.2, 0.9, 0.6, 0.4];

    /// <summary>As many times within the last days as are asked for: in order, each in a millisecond of its own, the last before the end.</summary>
    public static IReadOnlyList<DateTimeOffset> Times(int count, DateTimeOffset end, int seed = 1)
    {
        end = DateTimeOffset.FromUnixTimeMilliseconds(end.ToUnixTimeMilliseconds());
        var start = end.AddDays(-Days);
        var hours = Days * 24;
        var reached = new double[hours + 1];
        for (var hour = 0; hour < hours; hour++)
        {
            reached[hour + 1] = reached[hour] + Weight(start.AddHours(hour), hour / (double)hours);
        }

        var random = new Random(seed);
        var times = new List<DateTimeOffset>(count);
        for (var (i, hour) = (0, 0); i < count; i++)
        {
            // One draw in each of equal parts: irregular like traffic, without clumps that chance alone would make.
            var aim = (i + random.NextDouble()) / count * reached[hours];
            while (hour < hours - 1 && reached[hour + 1] <= aim)
            {
                hour++;
            }

            var within = (aim - reached[hour]) / (reached[hour + 1] - reached[hour]);
            var at = start.AddMilliseconds(Math.Floor((hour + Math.Clamp(within, 0, 1)) * 3_600_000));
            times.Add(times.Count > 0 && at <= times[^1] ? times[^1].AddMilliseconds(1) : at);
        }

        // The nudges apart may push the last ones out; they go back in, still apart.
        for (var i = count - 1; i >= 0 && times[i] >= end.AddMilliseconds(i - count + 1); i--)
        {
            times[i] = end.AddMilliseconds(i - count);
        }

        return times;
    }

    private static double Weight(DateTimeOffset at, double through)
    {
        var day = at.DayOfWeek switch
        {
            DayOfWeek.Saturday => 0.25,
            DayOfWeek.Sunday => 0.18,
            DayOfWeek.Monday => 1.15,
            DayOfWeek.Friday => 0.9,
            DayOfWeek.Tuesday or DayOfWeek.Wednesday or DayOfWeek.Thursday => 1,
        };
        return day * ByHour[at.UtcDateTime.Hour] * (1 + (Growth * through));
    }
}
