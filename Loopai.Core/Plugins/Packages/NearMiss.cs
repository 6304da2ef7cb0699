namespace Loopai.Core.Plugins.Packages;

/// <summary>What somebody probably meant.</summary>
internal static class NearMiss
{
    /// <summary><c> Did you mean 'x'?</c>, or nothing where no candidate is near.</summary>
    public static string Hint(string written, IEnumerable<string> candidates)
    {
        var (best, distance) = candidates.Select(c => (Text: c, Distance: Distance(written.ToUpperInvariant(), c.ToUpperInvariant())))
            .OrderBy(c => c.Distance).FirstOrDefault((Text: "", Distance: int.MaxValue));
        return distance <= Math.Max(1, best.Length / 3) ? $" Did you mean '{best}'?" : "";
    }

    /// <summary>Steps of one letter, with neighbours that changed places as one step (Damerau, restricted).</summary>
    public static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var least = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    least = Math.Min(least, rows[i - 2, j - 2] + 1);
                }

                rows[i, j] = least;
            }
        }

        return rows[a.Length, b.Length];
    }
}
