namespace Loopai.Core.Costs.Forecasting;

/// <summary>
/// Finds the day since which everything costs a good deal more, or less, than before, and brings the days before to the level since. What came before a step still says how a week goes, but
/// not how much a day costs; without this a step is believed in when it is as long as the history that it is held against.
/// </summary>
internal static class Steps
{
    /// <summary>Four weeks: before a step they say what was usual, and after it, whether it stayed.</summary>
    private const int Window = 4 * HoltWinters.Season;

    /// <summary>One day may be anything.</summary>
    private const int Fewest = 2;

    /// <summary>Fewer days than this have to lie beyond everything that was usual: a burst or two in a row are no step where there were bursts before.</summary>
    private const int Enough = 5;

    /// <summary>How far a day lies from what is usual, in deviations.</summary>
    private const double Far = 4;

    /// <summary>Days that hardly differ do not make every change a step: the deviation of a logarithm is at least this.</summary>
    private const double Floor = 0.05;

    /// <summary>The days with those before each step brought to its level; the same days where there is none.</summary>
    public static double[] Leveled(double[] days)
    {
        // From the first on: a day is held against what was usual before it, which has no step in it any more.
        for (var start = HoltWinters.LeastDays; start <= days.Length - Fewest; start++)
        {
            if (FactorAt(days, start) is { } factor)
            {
                days = [.. days.Select((day, t) => t < start ? day * factor : day)];
            }
        }

        return days;
    }

    /// <summary>By how much everything changed on that day, and stayed changed; null where it did not.</summary>
    private static double? FactorAt(double[] days, int start)
    {
        var before = days[Math.Max(0, start - Window)..start];
        var usual = Enumerable.Range(0, HoltWinters.Season).Select(place => Median(before.Where((_, t) => Place(start - before.Length + t) == place))).ToArray();

        // Days on which nothing is usual have no logarithm; a twentieth of a mean day is nothing worth telling apart.
        var least = before.Average() / 20;
        if (least <= 0)
        {
            return null;
        }

        var was = before.Select((day, t) => Off(day, start - before.Length + t)).ToArray();
        var since = days[start..Math.Min(days.Length, start + Window)].Select((day, t) => Off(day, start + t)).ToArray();
        var deviation = Math.Max(Floor, 1.4826 * Median(was.Select(Math.Abs)));
        var bound = since.Length < Enough ? Math.Max(Far * deviation, 1.25 * was.Max(Math.Abs)) : Far * deviation;
        var side = Math.Sign(since.Sum());

        // The first two days have to show it, and all others but one in seven: people have holidays.
        return since.Take(Fewest).All(off => off * side > bound) && since.Count(off => off * side <= bound) <= since.Length / HoltWinters.Season ? Math.Exp(Median(since)) : null;

        double Off(double day, int t) => Math.Log((day + least) / (usual[Place(t)] + least));
    }

    private static int Place(int t) => t % HoltWinters.Season;

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
