using Loopai.Core.Plugins.Publishing;
using Loopai.Portal.Components.Code;

namespace Loopai.Portal.Pages.Plugins.Publishing;

/// <summary>A file that differs, compared once.</summary>
/// <param name="Path">Its path in the package.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Lines">Its lines before and now; null where they cannot be shown.</param>
/// <param name="IsShort">Whether a reviewer finds it open already.</param>
internal sealed record ChangedFile(string Path, FileChange Kind, IReadOnlyList<DiffLine>? Lines, bool IsShort)
{
    /// <summary>What has more lines is opened by whoever wants to read it.</summary>
    public const int MostLinesOpen = 400;

    /// <summary>So many lines of all files are open at first.</summary>
    public const int MostLinesOpenInAll = 2_000;

    public int Came { get; } = Lines?.Count(l => l.Kind == DiffKind.Came) ?? 0;

    public int Gone { get; } = Lines?.Count(l => l.Kind == DiffKind.Gone) ?? 0;

    public static IReadOnlyList<ChangedFile> Of(IReadOnlyList<FileDifference> files)
    {
        var all = new List<ChangedFile>(files.Count);
        var open = MostLinesOpenInAll;
        foreach (var file in files)
        {
            var lines = file.IsShown ? Compare(file.Before ?? "", file.After ?? "") : null;
            var isShort = lines?.Count <= Math.Min(open, MostLinesOpen);
            open -= isShort ? lines!.Count : 0;
            all.Add(new ChangedFile(file.Path, file.Kind, lines, isShort));
        }

        return all;
    }

    /// <summary>Without the line feed that ends the last line, unless that is the difference.</summary>
    private static IReadOnlyList<DiffLine> Compare(string before, string after)
    {
        var (bare, other) = (Bare(before), Bare(after));
        return bare == other ? LineDiff.Compute(before, after) : LineDiff.Compute(bare, other);
    }

    private static string Bare(string text) => text.EndsWith('\n') ? text[..^1] : text;
}
