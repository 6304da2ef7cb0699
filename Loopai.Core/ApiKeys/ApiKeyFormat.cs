using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Loopai.Core.ApiKeys;

/// <summary>
/// How a key is written: <c>lpk_&lt;environment&gt;_&lt;selector&gt;_&lt;secret&gt;</c>. The selector finds the key, the secret proves it, and the
/// secret's last six characters are a checksum, so that a scanner knows a real key from a look-alike and a mistyped key costs no look-up.
/// </summary>
public static class ApiKeyFormat
{
    public const string Prefix = "lpk_";
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int SelectorLength = 16;
    private const int RandomLength = 32;
    private const int ChecksumLength = 6;

    /// <summary>A new key for an environment. The text is to be shown once and forgotten.</summary>
    public static (string Text, string Selector) Create(string environmentKey)
    {
        var selector = RandomNumberGenerator.GetString(Alphabet, SelectorLength);
        return (Create(environmentKey, selector), selector);
    }

    /// <summary>The same key with a new secret.</summary>
    public static string Create(string environmentKey, string selector)
    {
        var body = $"{Prefix}{environmentKey}_{selector}_{RandomNumberGenerator.GetString(Alphabet, RandomLength)}";
        return body + Checksum(body);
    }

    /// <summary>The selector of a well-formed key.</summary>
    public static bool TryGetSelector(ReadOnlySpan<char> key, out ReadOnlySpan<char> selector)
    {
        selector = default;
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length > 128)
        {
            return false;
        }

        var secretStart = key.LastIndexOf('_') + 1;
        if (key.Length - secretStart != RandomLength + ChecksumLength)
        {
            return false;
        }

        var head = key[..(secretStart - 1)];
        var selectorStart = head.LastIndexOf('_') + 1;
        if (selectorStart <= Prefix.Length || head.Length - selectorStart != SelectorLength)
        {
            return false;
        }

        var body = key[..^ChecksumLength];
        if (!key[^ChecksumLength..].SequenceEqual(Checksum(body)))
        {
            return false;
        }

        selector = head[selectorStart..];
        return true;
    }

    /// <summary>The same for a key that is known to be one.</summary>
    public static string SelectorOf(string key) => TryGetSelector(key, out var selector) ? selector.ToString() : throw new FormatException("This is no key.");

    /// <summary>SHA-256 of the whole key: what is stored.</summary>
    public static byte[] Hash(ReadOnlySpan<char> key)
    {
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(128)];
        return SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key[..Math.Min(key.Length, 128)], utf8)]);
    }

    internal static string Checksum(ReadOnlySpan<char> body)
    {
        // Four bytes of SHA-256 serve as the check; a CRC would do, and is not in the framework.
        var check = BinaryPrimitives.ReadUInt32BigEndian(Hash(body));
        return string.Create(ChecksumLength, check, static (text, value) =>
        {
            for (var i = text.Length - 1; i >= 0; i--, value /= 62)
            {
                text[i] = Alphabet[(int)(value % 62)];
            }
        });
    }
}
