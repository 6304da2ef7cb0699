using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Loopai.Core.Audit.Streaming;

/// <summary>The secrets of streams: made, kept under Data Protection, and used to sign.</summary>
public sealed class AuditStreamSecrets(IDataProtectionProvider protection)
{
    private const string Prefix = "whsec_";
    private const int SecretBytes = 32;

    private readonly IDataProtector _protector = protection.CreateProtector("Loopai.Audit.Streams");

    /// <summary>A webhook's secret as Standard Webhooks writes it.</summary>
    public static string Create() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>Whether a text is a webhook's secret: 24 to 64 bytes of base64, with or without the prefix.</summary>
    public static bool IsWebhookSecret(string text) => BytesOf(text) is { Length: >= 24 and <= 64 };

    public byte[] Protect(string secret) => _protector.Protect(Encoding.UTF8.GetBytes(secret));

    public string Unprotect(byte[] secret) => Encoding.UTF8.GetString(_protector.Unprotect(secret));

    /// <summary>The header <c>webhook-signature</c>: HMAC-SHA256 over id, time and body.</summary>
    public static string Sign(string secret, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, BytesOf(secret) ?? []);
        hmac.AppendData(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    private static byte[]? BytesOf(string text)
    {
        var encoded = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out var written) ? bytes[..written] : null;
    }
}
