namespace Loopai.Portal.Tests.Access;

/// <summary>The tables of docs/permissions.md, each between two comments.</summary>
internal static class PermissionTables
{
    private static string File => RepositoryRoot.File("docs/permissions.md");

    /// <summary>Compares what was measured with the document; with LOOPAI_WRITE_DOCS set, writes it there.</summary>
    public static async Task ShouldBeWrittenAsync(string table, IEnumerable<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        string[] heads = [.. columns];
        var measured = new List<string> { Line(heads), Line(heads.Select((_, i) => i < 2 ? "---" : ":-:")) };
        measured.AddRange(rows.Select(Line));
        var text = await System.IO.File.ReadAllTextAsync(File);
        var (start, end) = ($"<!-- {table} -->\n", $"<!-- end of {table} -->");
        var (from, to) = (text.IndexOf(start, StringComparison.Ordinal) + start.Length, text.IndexOf(end, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("LOOPAI_WRITE_DOCS") is { Length: > 0 })
        {
            await System.IO.File.WriteAllTextAsync(File, text[..from] + "\n" + string.Join('\n', measured) + "\n\n" + text[to..]);
            return;
        }

        var written = text[from..to].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        written.Except(measured).ShouldBeEmpty($"docs/permissions.md says of the {table} what is not so");
        measured.Except(written).ShouldBeEmpty($"docs/permissions.md does not say of the {table} what is so");
    }

    public static string Cell(bool allowed) => allowed ? "✓" : "";

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
