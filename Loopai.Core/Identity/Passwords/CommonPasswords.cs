using System.Collections.Frozen;
using System.IO.Compression;

namespace Loopai.Core.Identity.Passwords;

/// <summary>
/// The 10,000 commonest passwords of published breaches, as the frequency list of Dropbox's zxcvbn 4.4.2 ranks them (MIT, copyright 2012-2016 Dan Wheeler and
/// Dropbox, Inc.): whoever guesses begins with these.
/// </summary>
public static class CommonPasswords
{
    private const int ShortestBare = 4;

    /// <summary>A year and an exclamation mark.</summary>
    private const int MostAround = 6;

    private static readonly char[] NoLetters = [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => !char.IsAsciiLetter(c))];

    private static readonly Lazy<FrozenSet<string>> All = new(Read);

    /// <summary>How many there are.</summary>
    public static int Count => All.Value.Count;

    /// <summary>Whether the password is one of them, in whatever case, dressed with digits and signs, or again and again; or a row of neighbours such as 123456789012.</summary>
    public static bool Contains(string password)
    {
        var lower = password.ToLowerInvariant();
        if (All.Value.Contains(lower) || IsDressed(lower) || IsRow(lower))
        {
            return true;
        }

        for (var length = 1; length <= lower.Length / 2; length++)
        {
            if (lower.Length % length == 0 && IsRepeated(lower, length) && (length < 4 || All.Value.Contains(lower[..length])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What remains without the digits and signs around it is what is guessed first, and those are few, or a row.</summary>
    private static bool IsDressed(string lower)
    {
        var bare = lower.Trim(NoLetters);
        if (bare.Length < ShortestBare || bare.Length == lower.Length || !All.Value.Contains(bare))
        {
            return false;
        }

        var around = lower.Remove(lower.IndexOf(bare, StringComparison.Ordinal), bare.Length);
        return around.Length <= MostAround || IsRow(around) || IsRepeated(around, 1);
    }

    /// <summary>Each character is the one after, or before, its neighbour; after 9 comes 0.</summary>
    private static bool IsRow(string text) => IsRow(text, 1) || IsRow(text, -1);

    private static bool IsRow(string text, int step)
    {
        for (var i = 1; i < text.Length; i++)
        {
            var (before, now) = (text[i - 1], text[i]);
            var follows = char.IsAsciiDigit(before) && char.IsAsciiDigit(now) ? (before - '0' + step + 10) % 10 == now - '0' : before + step == now;
            if (!follows)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsRepeated(string text, int length) => text.AsSpan(length).SequenceEqual(text.AsSpan(0, text.Length - length));

    private static FrozenSet<string> Read()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream("Loopai.Core.common-passwords")!;
        using var text = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
        return text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
