using System.Collections.Frozen;
using System.IO.Compression;

namespace Loopai.Core.Identity.Passwords;

/// <summary>
/// The 10,000 commonest passwords of published breaches, as the frequency list of Dropbox's zxcvbn 4.4.2 ranks them (MIT, copyright 2012-2016 Dan Wheeler and
/// Dropbox, Inc.): whoever guesses begins with these.
/// </summary>
public static class CommonPasswords
{
    private static readonly Lazy<FrozenSet<string>> All = new(Read);

    /// <summary>How many there are.</summary>
    public static int Count => All.Value.Count;

    /// <summary>Whether the password is one of them, in whatever case, or one of them again and again.</summary>
    public static bool Contains(string password)
    {
        var lower = password.ToLowerInvariant();
        if (All.Value.Contains(lower))
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

    private static bool IsRepeated(string text, int length) => text.AsSpan(length).SequenceEqual(text.AsSpan(0, text.Length - length));

    private static FrozenSet<string> Read()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream("Loopai.Core.common-passwords")!;
        using var text = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
        return text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
