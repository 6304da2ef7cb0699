namespace Loopai.Core.Programs.Models;

/// <summary>
/// 64-bit FNV-1a over whole code points (http://www.isthe.com/chongo/tech/comp/fnv/), folded to the 32-bit key that the vocabulary stores.
/// With 60,000 known keys an unknown feature is mistaken for a known one about once in 70,000 times.
/// </summary>
internal static class FeatureHash
{
    public const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Step(ulong hash, int code) => (hash ^ (uint)code) * Prime;

    public static ulong Join(ulong first, ulong second) => (first * Prime) ^ (second >> 7) ^ (second << 21);

    /// <summary>Multiplicative folding, so that every bit of the 64 reaches the key.</summary>
    public static uint Key(ulong hash) => (uint)(((hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15) >> 32);

    /// <summary>The start of the features of one kind in one field.</summary>
    public static ulong Seed(string path, FeatureKind kind)
    {
        var hash = Offset;
        foreach (var rune in path.EnumerateRunes())
        {
            hash = Step(hash, rune.Value);
        }

        return Step(Step(hash, 0), (int)kind);
    }
}

/// <summary>What a feature says about an input.</summary>
internal enum FeatureKind
{
    Word = 1,
    Pair = 2,
    Letters = 3,
    Symbol = 4,
    Shape = 5,
    Capitals = 6,
    Script = 7,
    LongWord = 8,
    Category = 9,
    Missing = 10,
    Number = 11,
    NumberRange = 12,
}
