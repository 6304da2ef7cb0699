using System.Globalization;

namespace Loopai.Core.Experiments.Assignment;

/// <summary>
/// Where a unit falls on 0..1, the same in every process and in every SDK of the field: 32-bit FNV-1a (Fowler, Noll and Vo, RFC 9923) over UTF-16
/// code units, as GrowthBook's SDK specification nests it. Nothing is stored and nothing allocated, so an assignment survives restarts and instances.
/// </summary>
public static class Hashing
{
    private const uint OffsetBasis = 2_166_136_261;

    private const uint Prime = 16_777_619;

    /// <summary>
    /// Version 2: one of 10,000 buckets, F(decimal text of F(seed + value)). The second pass breaks the correlation between seeds that version 1 has.
    /// Of seed <c>seed</c>: <c>a</c> falls on 0.0505, <c>b</c> on 0.2696.
    /// </summary>
    public static double Bucket(ReadOnlySpan<char> seed, ReadOnlySpan<char> value)
    {
        Span<char> digits = stackalloc char[10];
        Add(Add(OffsetBasis, seed), value).TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        return Add(OffsetBasis, digits[..length]) % 10_000 / 10_000.0;
    }

    /// <summary>Version 1: one of 1,000 buckets, F(value + seed). Biased between seeds; namespaces alone still use it.</summary>
    public static double BucketV1(ReadOnlySpan<char> seed, ReadOnlySpan<char> value) => Add(Add(OffsetBasis, value), seed) % 1_000 / 1_000.0;

    /// <summary>The bucket by the number of the version; null for a version that does not exist.</summary>
    public static double? Bucket(ReadOnlySpan<char> seed, ReadOnlySpan<char> value, int version) => version switch
    {
        1 => BucketV1(seed, value),
        2 => Bucket(seed, value),
        _ => null,
    };

    internal static uint NamespaceHash(ReadOnlySpan<char> name, ReadOnlySpan<char> unit) => Add(Add(Add(OffsetBasis, unit), "__"), name);

    private static uint Add(uint hash, ReadOnlySpan<char> text)
    {
        foreach (var unit in text)
        {
            hash = unchecked((hash ^ unit) * Prime);
        }

        return hash;
    }
}
