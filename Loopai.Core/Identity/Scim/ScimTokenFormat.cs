using System.Security.Cryptography;
using Loopai.Core.ApiKeys;

namespace Loopai.Core.Identity.Scim;

/// <summary>How a token is written: <c>scim_&lt;selector&gt;_&lt;secret&gt;</c>, with a checksum at its end, as keys have it.</summary>
internal static class ScimTokenFormat
{
    private const string Prefix = "scim_";
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int SelectorLength = 16;
    private const int RandomLength = 32;
    private const int ChecksumLength = 6;

    /// <summary>A new token. The text is to be shown once and forgotten.</summary>
    public static (string Text, string Selector) Create()
    {
        var selector = RandomNumberGenerator.GetString(Alphabet, SelectorLength);
        var body = $"{Prefix}{selector}_{RandomNumberGenerator.GetString(Alphabet, RandomLength)}";
        return (body + ApiKeyFormat.Checksum(body), selector);
    }

    /// <summary>The selector of a well-formed token; null for anything else.</summary>
    public static string? SelectorOf(string token) =>
        token.Length == Prefix.Length + SelectorLength + 1 + RandomLength + ChecksumLength
        && token.StartsWith(Prefix, StringComparison.Ordinal)
        && token[Prefix.Length + SelectorLength] == '_'
        && token.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        && token.AsSpan()[^ChecksumLength..].SequenceEqual(ApiKeyFormat.Checksum(token.AsSpan(0, token.Length - ChecksumLength)))
            ? token.Substring(Prefix.Length, SelectorLength)
            : null;
}
