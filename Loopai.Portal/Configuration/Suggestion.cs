namespace Loopai.Portal.Configuration;

/// <summary>"Did you mean": the known name that a mistyped one most likely stands for.</summary>
internal static class Suggestion
{
    public static string For(string typed, IReadOnlyCollection<string> known, string prefix = "")
    {
        var nearest = known.MinBy(name => Distance(typed.ToUpperInvariant(), name.ToUpperInvariant()))!;
        return Distance(typed.ToUpperInvariant(), nearest.ToUpperInvariant()) <= Math.Max(2, nearest.Length / 4)
            ? $"did you mean {prefix}{nearest}"
            : "remove it, or see docs/configuration.md for the settings there are";
    }

    /// <summary>Levenshtein's: how many letters to insert, delete or replace.</summary>
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
