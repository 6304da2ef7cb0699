using Loopai.Core.Experiments.Statistics;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>How the goals went. What was known at a moment is kept as it was then, for that is what a sequential interval promises.</summary>
internal static class SnapshotSeries
{
    /// <summary>Moments of a past that was imported: enough for a course to be seen.</summary>
    public const int OfThePast = 12;

    /// <summary>Moments that are kept.</summary>
    private const int Most = 120;

    public static IReadOnlyList<SnapshotPoint> Append(
        IReadOnlyList<SnapshotPoint> before, DateTimeOffset now, IReadOnlyList<PlannedMetric> metrics, IReadOnlyList<IReadOnlyList<VariantMetric>> compared)
    {
        var moments = before.Where(p => p.At < now).GroupBy(p => p.At).OrderBy(g => g.Key).Select(g => g.ToList()).ToList();
        if (moments.Count >= Most)
        {
            // Every other moment goes: the series stays evenly spread however long it gets, and begins where it began.
            moments = [.. moments.Where((_, i) => i % 2 == 0)];
        }

        moments.Add(
        [
            .. metrics.Index().Where(m => m.Item.Role == MetricRole.Goal).SelectMany(m => compared[m.Index].Where(v => v.Against is { Relative.State: EffectState.Estimated })
                .Select(v => new SnapshotPoint(
                    now, m.Item.Definition.Key, v.Variant, compared[m.Index][0].Units + v.Units, v.Against!.Relative.Uplift, v.Against.AdjustedInterval?.Low, v.Against.AdjustedInterval?.High))),
        ]);
        return [.. moments.SelectMany(m => m)];
    }
}
