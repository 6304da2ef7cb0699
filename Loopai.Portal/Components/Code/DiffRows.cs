namespace Loopai.Portal.Components.Code;

/// <summary>What the diff shows in one row: lines side by side, or a fold that hides how many equal ones.</summary>
internal sealed record DiffRow(DiffLine? Left, DiffLine? Right, int Hidden = 0, int From = 0)
{
    private const int Context = 3;

    /// <summary>Pairs what went with what came, and folds long stretches that stayed the same.</summary>
    public static IReadOnlyList<DiffRow> Of(IReadOnlyList<DiffLine> lines, IReadOnlySet<int> opened)
    {
        var rows = new List<DiffRow>();
        for (var i = 0; i < lines.Count;)
        {
            var end = i;
            var same = lines[i].Kind is DiffKind.Same;
            while (end < lines.Count && lines[end].Kind is DiffKind.Same == same)
            {
                end++;
            }

            if (same)
            {
                AddSame(rows, lines, i, end, opened);
            }
            else
            {
                AddChange(rows, [.. lines.Skip(i).Take(end - i)]);
            }

            i = end;
        }

        return rows;
    }

    private static void AddSame(List<DiffRow> rows, IReadOnlyList<DiffLine> lines, int from, int to, IReadOnlySet<int> opened)
    {
        var (first, last) = (from == 0 ? from : from + Context, to == lines.Count ? to : to - Context);
        var folds = last - first > 2 && !opened.Contains(from);
        for (var i = from; i < to; i++)
        {
            if (folds && i == first)
            {
                rows.Add(new DiffRow(null, null, last - first, from));
                i = last - 1;
                continue;
            }

            rows.Add(new DiffRow(lines[i], lines[i]));
        }
    }

    private static void AddChange(List<DiffRow> rows, IReadOnlyList<DiffLine> block)
    {
        var gone = block.Where(line => line.Kind is DiffKind.Gone).ToList();
        var came = block.Where(line => line.Kind is DiffKind.Came).ToList();
        for (var i = 0; i < Math.Max(gone.Count, came.Count); i++)
        {
            rows.Add(new DiffRow(gone.ElementAtOrDefault(i), came.ElementAtOrDefault(i)));
        }
    }
}
