using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Loopai.Core.Identity.SecondFactors;

/// <summary>Time-based one-time passwords as in RFC 6238, with what every authenticator app takes: SHA-1, six digits, thirty seconds.</summary>
public static class Totp
{
    /// <summary>As many bytes as the hash has, which RFC 4226 recommends.</summary>
    public const int SecretBytes = 20;

    private const int StepSeconds = 30;

    /// <summary>A code of the step before and after counts too: clocks differ, and typing takes time (RFC 6238, 5.2).</summary>
    private const int Drift = 1;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>The time step whose code this is, among those that are still good; null when it is none.</summary>
    /// <param name="secret">The shared secret.</param>
    /// <param name="code">What was typed.</param>
    /// <param name="now">The time.</param>
    /// <param name="after">Only later steps count.</param>
    public static long? Match(ReadOnlySpan<byte> secret, string code, DateTimeOffset now, long after)
    {
        var current = StepOf(now);
        long? match = null;
        for (var step = current - Drift; step <= current + Drift; step++)
        {
            // Every candidate is compared, so that the time tells nothing.
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(CodeOf(secret, step)), System.Text.Encoding.UTF8.GetBytes(code)) && step > after)
            {
                match = step;
            }
        }

        return match;
    }

    public static long StepOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a step: RFC 4226, 5.3.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6238 with SHA-1 is what authenticator apps speak; HMAC does not rest on collisions.")]
    public static string CodeOf(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(secret, counter, hash);
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash[(hash[^1] & 0xf)..]) & 0x7fff_ffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>What the QR code says, in the form that all apps read.</summary>
    public static string Uri(ReadOnlySpan<byte> secret, string account) =>
        $"otpauth://totp/Loopai:{System.Uri.EscapeDataString(account)}?secret={Base32.Encode(secret)}&issuer=Loopai";
}
