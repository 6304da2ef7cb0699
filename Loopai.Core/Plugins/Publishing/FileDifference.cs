using System.Text;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>A file that a version adds, takes away or changes, as a reviewer reads it.</summary>
/// <param name="Path">Its path in the package.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Before">Its text in the version before; empty where it is new, null where it cannot be shown.</param>
/// <param name="After">Its text now; empty where it is gone, null where it cannot be shown.</param>
public sealed record FileDifference(string Path, FileChange Kind, string? Before, string? After)
{
    /// <summary>Longer texts are read in an editor.</summary>
    public const int MaxBytes = 128 * 1024;

    /// <summary>Code that has more lines than this is read in an editor too.</summary>
    public const int MaxLines = 2_000;

    /// <summary>Of so many files the texts are shown; a page holds them all at once.</summary>
    public const int MaxFiles = 200;

    /// <summary>So many lines are shown of all files, before and after.</summary>
    public const int MaxLinesInAll = 20_000;

    /// <summary>So many characters are shown of all files, before and after.</summary>
    public const int MaxCharactersInAll = 1_000_000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether both sides are text that can be shown.</summary>
    public bool IsShown => Before is not null && After is not null;

    /// <summary>
    /// All differences, by path. What the manifest and the hooks do comes first, as it is what a reviewer looks for. What does not fit into what is shown of all files
    /// is there without its text.
    /// </summary>
    public static IReadOnlyList<FileDifference> Of(PluginPackage before, PluginPackage after)
    {
        var first = new[] { PluginManifest.FileName, after.Manifest.Entry };
        var all = new List<FileDifference>();
        var (files, lines, characters) = (MaxFiles, MaxLinesInAll, MaxCharactersInAll);
        foreach (var file in before.Files.Keys.Union(after.Files.Keys, StringComparer.Ordinal).OrderBy(p => Array.IndexOf(first, p) is >= 0 and var place ? place : first.Length)
            .ThenBy(p => p, StringComparer.Ordinal).Select(path => Of(path, Bytes(before, path), Bytes(after, path))).OfType<FileDifference>())
        {
            var (itsLines, itsCharacters) = (LinesOf(file.Before) + LinesOf(file.After), (file.Before?.Length ?? 0) + (file.After?.Length ?? 0));
            if (!file.IsShown || files == 0 || itsLines > lines || itsCharacters > characters)
            {
                all.Add(file with { Before = null, After = null });
                continue;
            }

            (files, lines, characters) = (files - 1, lines - itsLines, characters - itsCharacters);
            all.Add(file);
        }

        return all;
    }

    private static FileDifference? Of(string path, ReadOnlyMemory<byte>? before, ReadOnlyMemory<byte>? after) => (before, after) switch
    {
        (null, { } added) => new(path, FileChange.Added, "", Text(added)),
        ({ } removed, null) => new(path, FileChange.Removed, Text(removed), ""),
        ({ } old, { } now) when !old.Span.SequenceEqual(now.Span) => new(path, FileChange.Changed, Text(old), Text(now)),
        _ => null,
    };

    private static ReadOnlyMemory<byte>? Bytes(PluginPackage package, string path) => package.Files.TryGetValue(path, out var bytes) ? bytes : default(ReadOnlyMemory<byte>?);

    private static string? Text(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxBytes || bytes.Span.Contains((byte)0))
        {
            return null;
        }

        try
        {
            // What is escaped is longer than it was.
            var text = VisibleText.Of(Strict.GetString(bytes.Span));
            return text.Length <= MaxBytes && LinesOf(text) <= MaxLines ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static int LinesOf(string? text) => string.IsNullOrEmpty(text) ? 0 : text.AsSpan().Count('\n') + 1;
}

/// <summary>What became of a file.</summary>
public enum FileChange
{
    Added,
    Changed,
    Removed,
}
