namespace Loopai.Core.Errors;

/// <summary>What somebody may have meant by a word that nobody knows.</summary>
public static class NearMiss
{
    private const int ShortWord = 3;

    /// <summary><c> Did you mean 'metrics'?</c>; empty where nothing is near.</summary>
    public static string Hint(string word, IEnumerable<string> known) => Of(word, known) is { } near ? $" Did you mean '{near}'?" : "";

    /// <summary>The known word that takes the fewest changes, two at most; null where all take more.</summary>
    public static string? Of(string word, IEnumerable<string> known)
    {
        var best = known.Select(k => (Word: k, Distance: Distance(word.ToUpperInvariant(), k.ToUpperInvariant()))).OrderBy(k => k.Distance).FirstOrDefault();
        return best.Word is not null && best.Distance <= (Math.Min(word.Length, best.Word.Length) <= ShortWord ? 1 : 2) ? best.Word : null;
    }

    /// <summary>Characters left out, added, replaced or swapped with their neighbour (optimal string alignment; L. Boytsov 2011, section 2).</summary>
    private static int Distance(string a, string b)
    {
        var (before, last, row) = (new int[b.Length + 1], Enumerable.Range(0, b.Length + 1).ToArray(), new int[b.Length + 1]);
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, last, row) = (last, row, before);
        }

        return last[b.Length];
    }
}
