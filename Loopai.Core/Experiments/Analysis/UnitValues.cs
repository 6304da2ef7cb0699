using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Statistics;

namespace Loopai.Core.Experiments.Analysis;

/// <summary>A metric's values of all units, in the order of a <see cref="UnitTable"/>.</summary>
/// <param name="Numerators">Or the values, of what is no ratio.</param>
/// <param name="Denominators">Null of what is no ratio.</param>
/// <param name="Past">The same before the experiment; null where it is not used.</param>
internal sealed record UnitValues(SampleKind Kind, double[] Numerators, double[]? Denominators, UnitValues? Past = null)
{
    /// <summary>
    /// Outliers pulled down: to a number, or to a quantile of the values of all units, whatever their variant, for a limit of its own in each would hide a difference.
    /// Values of 0 do not count for the quantile, because most units buy nothing.
    /// </summary>
    public UnitValues Limited(double? cap, double? winsorize)
    {
        var limit = cap ?? double.PositiveInfinity;
        if (winsorize is { } share && Array.FindAll(Numerators, v => v > 0) is { Length: > 0 } positive)
        {
            Array.Sort(positive);
            limit = Math.Min(limit, positive[Math.Min(positive.Length - 1, (int)(share * positive.Length))]);
        }

        return double.IsPositiveInfinity(limit) ? this : this with { Numerators = Array.ConvertAll(Numerators, v => Math.Min(v, limit)) };
    }

    /// <summary>The sample of each group of units. A unit's group is found by its place in the table; a negative one is left out.</summary>
    public Sample[] Samples(int groups, ReadOnlySpan<int> groupOf)
    {
        var (n, width) = (new long[groups], Denominators is null ? 1 : 2);
        var variables = Past is null ? width : 2 * width;
        var (sums, products) = (new double[groups, variables], new double[groups, variables, variables]);
        Span<double> values = stackalloc double[variables];
        for (var unit = 0; unit < Numerators.Length; unit++)
        {
            if (groupOf[unit] is not (>= 0 and var group))
            {
                continue;
            }

            Fill(this, unit, values);
            if (Past is not null)
            {
                Fill(Past, unit, values[width..]);
            }

            n[group]++;
            for (var i = 0; i < variables; i++)
            {
                sums[group, i] += values[i];
                for (var j = 0; j <= i; j++)
                {
                    products[group, i, j] += values[i] * values[j];
                }
            }
        }

        return [.. Enumerable.Range(0, groups).Select(g => ToSample(n[g], g, sums, products))];
    }

    private static void Fill(UnitValues from, int unit, Span<double> values)
    {
        values[0] = from.Numerators[unit];
        if (from.Denominators is { } denominators)
        {
            values[1] = denominators[unit];
        }
    }

    private Sample ToSample(long n, int g, double[,] sums, double[,,] products)
    {
        double P(int i, int j) => products[g, Math.Max(i, j), Math.Min(i, j)];
        return (Kind, Past) switch
        {
            (SampleKind.Proportion, null) => Sample.Proportion(n, sums[g, 0]),
            (SampleKind.Mean, null) => Sample.Mean(n, sums[g, 0], P(0, 0)),
            (SampleKind.Ratio, null) => Sample.Ratio(n, sums[g, 0], P(0, 0), sums[g, 1], P(1, 1), P(0, 1)),
            (SampleKind.Ratio, _) => Sample.AdjustedRatio(n, [sums[g, 0], sums[g, 1], sums[g, 2], sums[g, 3]], Square(P)),
            _ => Sample.Adjusted(Kind, n, sums[g, 0], P(0, 0), sums[g, 1], P(1, 1), P(0, 1)),
        };
    }

    private static double[,] Square(Func<int, int, double> p)
    {
        var square = new double[4, 4];
        for (var i = 0; i < 16; i++)
        {
            square[i / 4, i % 4] = p(i / 4, i % 4);
        }

        return square;
    }
}
