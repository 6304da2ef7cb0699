namespace Loopai.Core.Text;

/// <summary>How far two words are from each other.</summary>
public static class EditDistance
{
    /// <summary>
    /// How many characters are left out, added, replaced or swapped with their neighbour, each at most once (optimal string alignment; L. Boytsov 2011, section 2):
    /// <c>form</c> and <c>from</c> are 1 apart. Upper and lower case differ.
    /// </summary>
    public static int Of(string a, string b)
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
