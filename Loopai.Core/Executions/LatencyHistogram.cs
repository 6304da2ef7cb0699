namespace Loopai.Core.Executions;

/// <summary>
/// Counts latencies in buckets whose bounds grow by 2 %, so that any quantile is known to within 1 %: bucket i holds (γ^(i−1), γ^i] µs with
/// γ = 1.02, and stands for 2γ^i/(γ+1), which is at most (γ−1)/(γ+1) ≈ 0.99 % from every value in it (the DDSketch mapping; Masson, Rim and Lee,
/// VLDB 2019). Histograms add up exactly. Values run from 1 µs to about 11 minutes.
/// </summary>
public sealed class LatencyHistogram
{
    private const double Gamma = 1.02;
    private const int BucketCount = 1025;
    private static readonly double LogGamma = Math.Log(Gamma);
    private readonly int[] _counts = new int[BucketCount];
    private int _lowest = BucketCount;
    private int _highest = -1;

    public long Count { get; private set; }

    public void Add(long latencyUs, int times = 1) => AddToBucket(BucketOf(latencyUs), times);

    public void Add(LatencyHistogram other)
    {
        for (var bucket = other._lowest; bucket <= other._highest; bucket++)
        {
            if (other._counts[bucket] > 0)
            {
                AddToBucket(bucket, other._counts[bucket]);
            }
        }
    }

    /// <summary>The latency in µs below which a share of all values lies; null when there are none.</summary>
    /// <param name="share">0..1; 0.95 for the 95th percentile.</param>
    public double? Quantile(double share)
    {
        if (Count == 0)
        {
            return null;
        }

        var rank = share * (Count - 1);
        var seen = 0L;
        for (var bucket = _lowest; bucket <= _highest; bucket++)
        {
            seen += _counts[bucket];
            if (seen > rank)
            {
                return ValueOf(bucket);
            }
        }

        return ValueOf(_highest);
    }

    /// <summary>The filled buckets as (upper bound in µs, count), ascending.</summary>
    public IEnumerable<(double UpperUs, int Count)> Buckets()
    {
        for (var bucket = _lowest; bucket <= _highest; bucket++)
        {
            if (_counts[bucket] > 0)
            {
                yield return (Math.Pow(Gamma, bucket), _counts[bucket]);
            }
        }
    }

    /// <summary>Filled buckets as pairs of variable-length integers: the distance from the bucket before, and the count.</summary>
    public byte[] Encode()
    {
        Span<byte> buffer = stackalloc byte[(BucketCount * 7) + 1];
        var length = 0;
        var previous = 0;
        for (var bucket = _lowest; bucket <= _highest; bucket++)
        {
            if (_counts[bucket] > 0)
            {
                length += WriteVarint(buffer[length..], (uint)(bucket - previous));
                length += WriteVarint(buffer[length..], (uint)_counts[bucket]);
                previous = bucket;
            }
        }

        return buffer[..length].ToArray();
    }

    /// <summary>Adds what <see cref="Encode"/> wrote.</summary>
    public void AddEncoded(ReadOnlySpan<byte> encoded)
    {
        var bucket = 0;
        while (!encoded.IsEmpty)
        {
            bucket += (int)ReadVarint(ref encoded);
            AddToBucket(Math.Min(bucket, BucketCount - 1), (int)ReadVarint(ref encoded));
        }
    }

    private static int BucketOf(long latencyUs) =>
        latencyUs <= 1 ? 0 : Math.Min(BucketCount - 1, (int)Math.Ceiling(Math.Log(latencyUs) / LogGamma));

    private static double ValueOf(int bucket) => bucket == 0 ? 1 : 2 * Math.Pow(Gamma, bucket) / (Gamma + 1);

    private void AddToBucket(int bucket, int times)
    {
        _counts[bucket] += times;
        _lowest = Math.Min(_lowest, bucket);
        _highest = Math.Max(_highest, bucket);
        Count += times;
    }

    private static int WriteVarint(Span<byte> target, uint value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            target[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[length++] = (byte)value;
        return length;
    }

    private static uint ReadVarint(ref ReadOnlySpan<byte> source)
    {
        var value = 0u;
        for (var shift = 0; ; shift += 7)
        {
            var next = source[0];
            source = source[1..];
            value |= (next & 0x7Fu) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
