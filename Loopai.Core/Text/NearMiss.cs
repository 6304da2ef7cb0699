namespace Loopai.Core.Text;

/// <summary>What somebody may have meant by a word that nobody knows.</summary>
public static class NearMiss
{
    private const int ShortWord = 3;

    /// <summary><c> Did you mean 'metrics'?</c>; empty where nothing is near.</summary>
    public static string Hint(string word, IEnumerable<string> known) => Of(word, known) is { } near ? $" Did you mean '{near}'?" : "";

    /// <summary>The known word that takes the fewest changes, upper or lower case; null where all take too many: more than one for a short word, than two for most, than a third of a long one.</summary>
    public static string? Of(string word, IEnumerable<string> known)
    {
        var best = known.Select(k => (Word: k, Distance: EditDistance.Of(word.ToUpperInvariant(), k.ToUpperInvariant()))).OrderBy(k => k.Distance).FirstOrDefault();
        return best.Word is not null && best.Distance <= MaxDistance(word, best.Word) ? best.Word : null;
    }

    private static int MaxDistance(string word, string known) => Math.Min(word.Length, known.Length) <= ShortWord ? 1 : Math.Max(2, known.Length / 3);
}
