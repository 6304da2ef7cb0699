using System.Security.Cryptography;
using System.Text;

namespace Loopai.Core.Identity.SecondFactors;

/// <summary>Codes for the day the phone is gone: <c>k3fq-7wma-…</c>, 80 random bits each.</summary>
public static class RecoveryCodes
{
    /// <summary>How many a person has.</summary>
    public const int Count = 10;

    private const int Bytes = 10;

    public static string Create()
    {
        var text = Base32.Encode(RandomNumberGenerator.GetBytes(Bytes)).ToLowerInvariant();
        return string.Join('-', text.Chunk(4).Select(part => new string(part)));
    }

    /// <summary>Whether the text can be one: then it is no code of an app.</summary>
    public static bool LooksLikeOne(string text) => Normal(text).Length == Bytes * 8 / 5;

    /// <summary>Bound to its owner, so that one table of hashes serves against nobody else.</summary>
    public static byte[] Hash(Guid userId, string code) => SHA256.HashData(Encoding.UTF8.GetBytes($"{userId:n}:{Normal(code)}"));

    // However it is typed from paper.
    private static string Normal(string code) => new([.. code.Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant)]);
}
