using System.Runtime.InteropServices;

namespace Loopai.Core.Experiments.Assignment;

/// <summary>The part of 0..1 whose units get one variant: from the start up to, and without, the end.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BucketRange(double Start, double End)
{
    /// <summary>An empty range holds nothing.</summary>
    public bool Holds(double bucket) => bucket >= Start && bucket < End;
}

/// <summary>From weights to ranges, and from a bucket to a variant.</summary>
public static class Bucketing
{
    /// <summary>What is returned for a unit that takes no part.</summary>
    public const int None = -1;

    /// <summary>The range of each weight, in their order.</summary>
    public static BucketRange[] Ranges(IReadOnlyList<double> weights, double coverage) => Ranges(weights.Count, coverage, weights);

    /// <summary>
    /// Each variant's range starts at the sum of the weights before it and is <c>coverage · weight</c> long, so that a greater coverage adds units to
    /// each variant and moves none between them. Weights that are missing, of another number than the variants, or that do not sum to about 1 count as equal.
    /// </summary>
    public static BucketRange[] Ranges(int variants, double coverage, IReadOnlyList<double>? weights = null)
    {
        coverage = double.IsNaN(coverage) ? 0 : Math.Clamp(coverage, 0, 1);
        if (weights is null || weights.Count != variants || weights.Sum() is not (>= 0.99 and <= 1.01))
        {
            weights = EqualWeights(variants);
        }

        var ranges = new BucketRange[Math.Max(0, variants)];
        var start = 0.0;
        for (var i = 0; i < ranges.Length; i++)
        {
            // 0.1 + 0.2 is a little above 0.3, which would hand a whole bucket to the variant before.
            ranges[i] = new BucketRange(Math.Round(start, 10), Math.Round(start + (coverage * weights[i]), 10));
            start += weights[i];
        }

        return ranges;
    }

    public static double[] EqualWeights(int variants)
    {
        var weights = new double[Math.Max(0, variants)];
        Array.Fill(weights, 1.0 / weights.Length);
        return weights;
    }

    /// <summary>The first variant whose range holds the bucket, or <see cref="None"/>.</summary>
    public static int Choose(double bucket, ReadOnlySpan<BucketRange> ranges)
    {
        for (var i = 0; i < ranges.Length; i++)
        {
            if (ranges[i].Holds(bucket))
            {
                return i;
            }
        }

        return None;
    }
}
