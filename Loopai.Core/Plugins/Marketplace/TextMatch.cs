using Loopai.Core.Plugins.Registry;
using Loopai.Core.Text;

namespace Loopai.Core.Plugins.Marketplace;

/// <summary>How well a plugin fits the words that somebody typed, also where they mistyped them.</summary>
internal static class TextMatch
{
    /// <summary>Below this, two words have nothing to do with each other: <c>regex</c> and <c>rgeex</c> share 0.33 of their trigrams.</summary>
    private const double LeastSimilar = 0.3;

    private static readonly char[] Between = [' ', '-', '.', '_', ',', '/', ':', ';', '(', ')', '\t', '\n'];

    /// <summary>0 for no fit at all, 1 for the very name. Every word has to fit somewhere.</summary>
    public static double Of(string? query, Plugin plugin)
    {
        var text = query?.Trim().ToLowerInvariant();
        if (string.IsNullOrEmpty(text))
        {
            return 1;
        }

        if (text == plugin.Key || text == plugin.Name || text == plugin.DisplayName.ToLowerInvariant())
        {
            return 1;
        }

        var words = Words(text);
        var total = 0.0;
        foreach (var word in words)
        {
            var best = Best(word, plugin);
            if (best <= 0)
            {
                return 0;
            }

            total += best;
        }

        return words.Count == 0 ? 0 : total / words.Count;
    }

    private static double Best(string word, Plugin plugin) => Math.Max(
        Math.Max(In(word, Words(plugin.Key), 0.95, tolerant: true), In(word, Words(plugin.DisplayName), 0.9, tolerant: true)),
        Math.Max(In(word, plugin.Keywords.Concat(plugin.Categories).SelectMany(Words), 0.8, tolerant: true), In(word, Words(plugin.Description), 0.6, tolerant: false)));

    /// <param name="word">What is looked for.</param>
    /// <param name="words">Where.</param>
    /// <param name="weight">What a whole word counts.</param>
    /// <param name="tolerant">Whether a word that is only like it counts too; in long texts something always is.</param>
    private static double In(string word, IEnumerable<string> words, double weight, bool tolerant) => weight * words.Select(w =>
        w == word ? 1
        : w.StartsWith(word, StringComparison.Ordinal) ? 0.9
        : word.Length >= 3 && w.Contains(word, StringComparison.Ordinal) ? 0.7
        : tolerant && word.Length >= 4 && Likeness(word, w) is > 0 and var likeness ? 0.6 * likeness
        : 0).DefaultIfEmpty().Max();

    private static double Likeness(string a, string b)
    {
        // One slip is forgiven in a word of any length; trigrams alone are hard on short ones.
        var similar = Math.Max(Similarity(a, b), EditDistance.Of(a, b) <= (a.Length >= 8 ? 2 : 1) ? 0.8 : 0);
        return similar >= LeastSimilar ? similar : 0;
    }

    /// <summary>Shared trigrams by all trigrams, as PostgreSQL's pg_trgm counts them: two blanks before a word, one behind.</summary>
    internal static double Similarity(string a, string b)
    {
        var (left, right) = (Trigrams(a), Trigrams(b));
        var shared = left.Count(right.Contains);
        return (double)shared / (left.Count + right.Count - shared);
    }

    private static HashSet<string> Trigrams(string word)
    {
        var padded = $"  {word} ";
        return [.. Enumerable.Range(0, padded.Length - 2).Select(i => padded.Substring(i, 3))];
    }

    private static List<string> Words(string text) => [.. text.ToLowerInvariant().Split(Between, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
}
