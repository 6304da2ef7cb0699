using System.Globalization;
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

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether both sides are text that can be shown.</summary>
    public bool IsShown => Before is not null && After is not null;

    /// <summary>All differences, by path. What the manifest and the hooks do comes first, as it is what a reviewer looks for.</summary>
    public static IReadOnlyList<FileDifference> Of(PluginPackage before, PluginPackage after)
    {
        var first = new[] { PluginManifest.FileName, after.Manifest.Entry };
        return
        [
            .. before.Files.Keys.Union(after.Files.Keys, StringComparer.Ordinal).OrderBy(p => Array.IndexOf(first, p) is >= 0 and var place ? place : first.Length).ThenBy(p => p, StringComparer.Ordinal)
                .Select(path => Of(path, Bytes(before, path), Bytes(after, path))).OfType<FileDifference>(),
        ];
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
        if (bytes.Length > MaxBytes || bytes.Span.Contains((byte)0) || bytes.Span.Count((byte)'\n') >= MaxLines)
        {
            return null;
        }

        try
        {
            return Visible(Strict.GetString(bytes.Span));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>What nobody sees, or what turns the text around, is shown as what it is.</summary>
    public static string Visible(string text) => string.Concat(text.ReplaceLineEndings("\n").Select(c =>
        c is '\n' or '\t' || (!char.IsControl(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format) ? c.ToString() : $"\\u{(int)c:x4}"));
}

/// <summary>What became of a file.</summary>
public enum FileChange
{
    Added,
    Changed,
    Removed,
}
