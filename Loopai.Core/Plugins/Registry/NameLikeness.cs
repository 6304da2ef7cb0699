using Loopai.Core.Text;

namespace Loopai.Core.Plugins.Registry;

/// <summary>Whether one name could be taken for another: it looks the same, or is a slip of the finger away.</summary>
public static class NameLikeness
{
    /// <summary>Shorter names are too close to each other by nature: <c>sap</c> and <c>sip</c> are two words.</summary>
    private const int ShortestForOneSlip = 6;

    private const int ShortestForTwoSlips = 14;

    /// <summary>Pairs of characters that read as one. Names are ASCII, so the table is short; hyphens count for nothing.</summary>
    private static readonly (string Written, string Read)[] Confusable =
        [("-", ""), ("_", ""), ("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("3", "e"), ("4", "a"), ("7", "t")];

    /// <summary>What the name looks like; names that share it cannot be told apart at a glance.</summary>
    public static string Skeleton(string name) => Confusable.Aggregate(name, (text, c) => text.Replace(c.Written, c.Read, StringComparison.Ordinal));

    /// <summary>Whether they look the same without being the same.</summary>
    public static bool LooksLike(string name, string known) => name != known && Skeleton(name) == Skeleton(known);

    /// <summary>Whether one is the other with a letter too much, too few, wrong, or swapped with its neighbour; two of these for long names.</summary>
    public static bool IsSlipOf(string name, string known)
    {
        var (a, b) = (Plain(name), Plain(known));
        var shorter = Math.Min(a.Length, b.Length);
        var most = shorter >= ShortestForTwoSlips ? 2 : shorter >= ShortestForOneSlip ? 1 : 0;

        // A number at the end tells versions and siblings apart, and nobody types it by accident.
        return name != known && most > 0 && Math.Abs(a.Length - b.Length) <= most && a.TrimEnd(Digits) != b.TrimEnd(Digits) && EditDistance.Of(a, b) <= most;
    }

    private static readonly char[] Digits = [.. "0123456789"];

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal);
}
