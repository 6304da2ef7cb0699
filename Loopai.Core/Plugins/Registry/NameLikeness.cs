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
        return name != known && most > 0 && Math.Abs(a.Length - b.Length) <= most && a.TrimEnd(Digits) != b.TrimEnd(Digits) && Distance(a, b) <= most;
    }

    private static readonly char[] Digits = [.. "0123456789"];

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal);

    /// <summary>Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours, each once.</summary>
    internal static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                d[i, j] = i == 0 ? j : j == 0 ? i
                    : Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
