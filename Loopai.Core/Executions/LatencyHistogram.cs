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

    /// <summary>Only the stretch of buckets that is in use: what runs in a tenth of a millisecond fills few of them, and there are many histograms.</summary>
    private int[] _counts = [];
    private int _first;
    private int _lowest = BucketCount;
    private int _highest = -1;

    /// <summary>Between histograms that are joined: no bucket further on and nothing in it, which <see cref="Encode"/> never writes.</summary>
    public static ReadOnlySpan<byte> Separator => [0, 0];

    public long Count { get; private set; }

    public void Add(long latencyUs, int times = 1) => AddToBucket(BucketOf(latencyUs), times);

    public void Add(LatencyHistogram other) => Add(other, 1);

    /// <summary>Takes away what another one counts. Buckets may fall below nothing: a correction of another histogram says so.</summary>
    public void Subtract(LatencyHistogram other) => Add(other, -1);

    private void Add(LatencyHistogram other, int sign)
    {
        for (var bucket = other._lowest; bucket <= other._highest; bucket++)
        {
            if (other.At(bucket) is not 0 and var count)
            {
                AddToBucket(bucket, sign * count);
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
            seen += At(bucket);
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
            if (At(bucket) is not 0 and var count)
            {
                yield return (Math.Pow(Gamma, bucket), count);
            }
        }
    }

    /// <summary>Whether every bucket is empty, which after a subtraction is more than that the count is 0.</summary>
    public bool IsEmpty => !Buckets().Any();

    /// <summary>Filled buckets as pairs of variable-length integers: the distance from the bucket before, and the count.</summary>
    public byte[] Encode()
    {
        Span<byte> buffer = stackalloc byte[(BucketCount * 7) + 1];
        var length = 0;
        var previous = 0;
        for (var bucket = _lowest; bucket <= _highest; bucket++)
        {
            if (At(bucket) is not 0 and var count)
            {
                length += WriteVarint(buffer[length..], (uint)(bucket - previous));
                length += WriteVarint(buffer[length..], (uint)count);
                previous = bucket;
            }
        }

        return buffer[..length].ToArray();
    }

    /// <summary>Adds what <see cref="Encode"/> wrote, or any number of those with a <see cref="Separator"/> between them.</summary>
    public void AddEncoded(ReadOnlySpan<byte> encoded)
    {
        var bucket = 0;
        while (!encoded.IsEmpty)
        {
            var (further, times) = (ReadVarint(ref encoded), ReadVarint(ref encoded));
            if (further == 0 && times == 0)
            {
                bucket = 0;
                continue;
            }

            bucket = Math.Min(bucket + (int)further, BucketCount - 1);
            AddToBucket(bucket, (int)times);
        }
    }

    private static int BucketOf(long latencyUs) =>
        latencyUs <= 1 ? 0 : Math.Min(BucketCount - 1, (int)Math.Ceiling(Math.Log(latencyUs) / LogGamma));

    private static double ValueOf(int bucket) => bucket == 0 ? 1 : 2 * Math.Pow(Gamma, bucket) / (Gamma + 1);

    private int At(int bucket) => _counts[bucket - _first];

    private void AddToBucket(int bucket, int times)
    {
        if (bucket < _first || bucket >= _first + _counts.Length)
        {
            Widen(bucket);
        }

        _counts[bucket - _first] += times;
        _lowest = Math.Min(_lowest, bucket);
        _highest = Math.Max(_highest, bucket);
        Count += times;
    }

    /// <summary>With room to either side, so that a spread of latencies is followed in few steps.</summary>
    private void Widen(int bucket)
    {
        const int Room = 24;
        var first = Math.Max(0, (_counts.Length == 0 ? bucket : Math.Min(_first, bucket)) - Room);
        var end = Math.Min(BucketCount, (_counts.Length == 0 ? bucket + 1 : Math.Max(_first + _counts.Length, bucket + 1)) + Room);
        var wider = new int[end - first];
        _counts.CopyTo(wider, _counts.Length == 0 ? 0 : _first - first);
        (_counts, _first) = (wider, first);
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
