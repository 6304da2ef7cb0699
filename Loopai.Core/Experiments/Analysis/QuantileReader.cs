using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>Quantiles per variant, from latencies that the database counted by class, or from the values of events.</summary>
internal static class QuantileReader
{
    public const int Groups = 64;

    private const double Growth = 1.02;

    private const int Classes = 500;

    public static PointEstimate?[] OfLatencies(IReadOnlyList<LatencyRow> rows, IReadOnlyList<UnitRow> units, int variants, double quantile)
    {
        var highest = rows.Count == 0 ? 0 : rows.Max(r => r.Class);
        double[] bounds = [.. Enumerable.Range(0, highest + 1).Select(c => Math.Pow(Growth, c + 1) / 1000)];
        var counts = Empty(variants, bounds.Length);
        foreach (var row in rows.Where(r => r.Variant < variants))
        {
            counts[row.Variant][row.Group][row.Class] += row.Count;
        }

        var met = new long[variants];
        foreach (var unit in units)
        {
            met[unit.Variant]++;
        }

        return [.. counts.Select((c, v) => Quantiles.Estimate(new GroupedHistogram(bounds, c), quantile, met[v]))];
    }

    /// <summary>Classes end at quantiles of all values, so that each holds about as many.</summary>
    public static PointEstimate?[] OfValues(IEnumerable<(int Unit, double Value)> occurrences, IReadOnlyList<UnitRow> units, int variants, double quantile)
    {
        var all = occurrences.ToList();
        if (all.Count == 0)
        {
            return new PointEstimate?[variants];
        }

        var sorted = all.ConvertAll(o => o.Value);
        sorted.Sort();
        double[] bounds = [.. Enumerable.Range(1, Classes).Select(c => sorted[Math.Min(sorted.Count - 1, sorted.Count * c / Classes)]).Distinct()];
        var met = new HashSet<int>[variants];
        for (var variant = 0; variant < variants; variant++)
        {
            met[variant] = [];
        }

        var (start, counts) = (sorted[0] - Math.Max(1e-9, (sorted[^1] - sorted[0]) * 1e-6), Empty(variants, bounds.Length));
        foreach (var (unit, value) in all)
        {
            met[units[unit].Variant].Add(unit);
            var at = Array.BinarySearch(bounds, value);
            counts[units[unit].Variant][Group(units[unit].Unit!)][Math.Min(bounds.Length - 1, at < 0 ? ~at : at)]++;
        }

        // Histograms begin at 0; values begin where they do.
        var shifted = Array.ConvertAll(bounds, b => b - start);
        return [.. counts.Select((c, v) => Quantiles.Estimate(new GroupedHistogram(shifted, c), quantile, met[v].Count) is { } e ? e with { Value = e.Value + start } : (PointEstimate?)null)];
    }

    private static int Group(string unit) => (int)(Assignment.Hashing.Bucket("quantile", unit) * Groups);

    private static long[][][] Empty(int variants, int classes) =>
        [.. Enumerable.Range(0, variants).Select(_ => Enumerable.Range(0, Groups).Select(_ => new long[classes]).ToArray())];
}
