namespace Loopai.Core.Analytics;

/// <summary>
/// Finds points far from what their hour of the week usually is: from the median of the same hour in the weeks before, in units of 1.4826 times the median
/// absolute deviation, which for normal values is their standard deviation (Rousseeuw and Croux, JASA 88, 1993, 1273–1283). The deviation has a floor of a
/// twentieth of the median and, for counts, of its square root, which is what chance alone does; without it, four quiet weeks would make every change an alarm.
/// Worked: 100, 104, 98, 102 before: median 101, MAD 2, floor max(5.05, 10.05) = 10.05; 160 lies 5.9 away and is told, 130 lies 2.9 away and is not.
/// </summary>
public static class Anomalies
{
    /// <summary>How many weeks are looked at.</summary>
    public const int Weeks = 4;

    /// <summary>Fewer say nothing of what is usual.</summary>
    public const int Fewest = 3;

    private const double Threshold = 4;
    private const double Consistency = 1.4826;

    /// <param name="value">What was seen.</param>
    /// <param name="earlier">What was seen at the same time of earlier weeks.</param>
    /// <param name="isCount">Whether it is a number of things.</param>
    public static Anomaly? Judge(double value, IReadOnlyCollection<double> earlier, bool isCount)
    {
        if (earlier.Count < Fewest)
        {
            return null;
        }

        var usual = Median(earlier);
        var deviation = Median([.. earlier.Select(v => Math.Abs(v - usual))]) * Consistency;
        var floor = Math.Max(Math.Abs(usual) / 20, isCount ? Math.Sqrt(Math.Max(usual, 1)) : 0);
        var spread = Math.Max(deviation, floor);
        return spread > 0 && Math.Abs(value - usual) / spread is > Threshold and var distance ? new Anomaly(value, usual, distance, earlier.Count) : null;
    }

    /// <summary>Which points of a series are unlike the weeks before them.</summary>
    /// <param name="points">What is shown, with the weeks before it, by start.</param>
    /// <param name="from">Where what is shown begins.</param>
    /// <param name="isCount">Whether it counts things.</param>
    /// <param name="zone">In whose weeks.</param>
    public static IReadOnlyList<(DateTimeOffset At, Anomaly Anomaly)> Find(
        IReadOnlyList<(DateTimeOffset At, double? Value)> points, DateTimeOffset from, bool isCount, TimeZoneInfo zone)
    {
        var byTime = new Dictionary<DateTime, double>();
        foreach (var (at, value) in points)
        {
            if (value is { } known)
            {
                byTime[Local(at)] = known;
            }
        }

        List<(DateTimeOffset, Anomaly)> found = [];
        foreach (var (at, value) in points.Where(p => p.At >= from && p.Value is not null))
        {
            double[] earlier = [.. Enumerable.Range(1, Weeks).Select(w => Local(at).AddDays(-7 * w)).Where(byTime.ContainsKey).Select(t => byTime[t])];
            if (Judge(value!.Value, earlier, isCount) is { } anomaly)
            {
                found.Add((at, anomaly));
            }
        }

        return found;

        DateTime Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).DateTime;
    }

    private static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <param name="Value">What was seen.</param>
/// <param name="Usual">What is usual then.</param>
/// <param name="Distance">How many deviations lie between.</param>
/// <param name="Weeks">From how many weeks that is known.</param>
public sealed record Anomaly(double Value, double Usual, double Distance, int Weeks);
