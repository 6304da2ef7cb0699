namespace Loopai.Portal.Components.Code;

public enum DiffKind
{
    Same,
    Gone,
    Came,
}

/// <param name="Kind">Whether the line stayed, went or came.</param>
/// <param name="Old">Its number in the old text, when it is there.</param>
/// <param name="New">Its number in the new text, when it is there.</param>
/// <param name="Text">The line.</param>
public sealed record DiffLine(DiffKind Kind, int? Old, int? New, string Text);

/// <summary>The difference of two texts by lines: longest common subsequence between the common beginning and end.</summary>
public static class LineDiff
{
    // Beyond this the table would cost more than the reader gains; the changed middle is then shown as replaced.
    private const long MostCells = 4_000_000;

    public static IReadOnlyList<DiffLine> Compute(string before, string after)
    {
        var (a, b) = (Lines(before), Lines(after));
        var head = 0;
        while (head < a.Length && head < b.Length && a[head] == b[head])
        {
            head++;
        }

        var tail = 0;
        while (tail < a.Length - head && tail < b.Length - head && a[^(tail + 1)] == b[^(tail + 1)])
        {
            tail++;
        }

        var result = new List<DiffLine>(a.Length + b.Length);
        for (var i = 0; i < head; i++)
        {
            result.Add(new DiffLine(DiffKind.Same, i + 1, i + 1, a[i]));
        }

        Middle(a, b, head, tail, result);
        for (var i = tail; i > 0; i--)
        {
            result.Add(new DiffLine(DiffKind.Same, a.Length - i + 1, b.Length - i + 1, a[^i]));
        }

        return result;
    }

    private static void Middle(string[] a, string[] b, int head, int tail, List<DiffLine> result)
    {
        var (n, m) = (a.Length - head - tail, b.Length - head - tail);
        var common = (long)n * m > MostCells ? null : CommonLengths(a, b, head, n, m);
        var (i, j) = (0, 0);
        while (i < n || j < m)
        {
            if (common is not null && i < n && j < m && a[head + i] == b[head + j])
            {
                result.Add(new DiffLine(DiffKind.Same, head + i + 1, head + j + 1, a[head + i]));
                i++;
                j++;
            }
            else if (i < n && (j >= m || common is null || common[i + 1, j] >= common[i, j + 1]))
            {
                result.Add(new DiffLine(DiffKind.Gone, head + i + 1, null, a[head + i]));
                i++;
            }
            else
            {
                result.Add(new DiffLine(DiffKind.Came, null, head + j + 1, b[head + j]));
                j++;
            }
        }
    }

    private static int[,] CommonLengths(string[] a, string[] b, int head, int n, int m)
    {
        var lengths = new int[n + 1, m + 1];
        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = m - 1; j >= 0; j--)
            {
                lengths[i, j] = a[head + i] == b[head + j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
            }
        }

        return lengths;
    }

    // No other character ends a line here: what one reader takes for the end of a line, and another does not, would show a comment as code.
    private static string[] Lines(string text) => text.Length == 0 ? [] : text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
}
