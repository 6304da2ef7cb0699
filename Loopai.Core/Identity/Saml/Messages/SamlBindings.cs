using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml;
using Loopai.Core.Identity.Saml.Xml;

namespace Loopai.Core.Identity.Saml.Messages;

/// <summary>How messages travel: SAML bindings 3.4 (redirect, deflated, signed over the query) and 3.5 (POST, signed within).</summary>
internal static class SamlBindings
{
    /// <summary>Of what a redirect may inflate to: a logout message has some 2 kB.</summary>
    private const int MaxInflated = 64 * 1024;

    private const int MaxRelayState = 1024;

    public static SamlMessage Send(
        XmlDocument document, SamlMessageKind kind, SamlBinding binding, string url, string? relayState, X509Certificate2? signingKey)
    {
        var field = Field(kind == SamlMessageKind.Request);
        if (binding == SamlBinding.Post)
        {
            if (signingKey is not null)
            {
                XmlSigner.Sign(document, signingKey);
            }

            var form = new Dictionary<string, string>(StringComparer.Ordinal) { [field] = Convert.ToBase64String(Encoding.UTF8.GetBytes(document.OuterXml)) };
            if (relayState is not null)
            {
                form["RelayState"] = relayState;
            }

            return new SamlMessage(url, form);
        }

        var query = $"{field}={Uri.EscapeDataString(Convert.ToBase64String(Deflate(document.OuterXml)))}"
            + (relayState is null ? "" : $"&RelayState={Uri.EscapeDataString(relayState)}");
        if (signingKey is not null)
        {
            query += $"&SigAlg={Uri.EscapeDataString(SignatureAlgorithms.RsaSha256)}";
            using var key = signingKey.GetRSAPrivateKey()!;
            var signature = key.SignData(Encoding.ASCII.GetBytes(query), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            query += $"&Signature={Uri.EscapeDataString(Convert.ToBase64String(signature))}";
        }

        return new SamlMessage(url + (url.Contains('?', StringComparison.Ordinal) ? '&' : '?') + query, null);
    }

    /// <summary>The text of a posted message.</summary>
    public static string DecodePost(string? field)
    {
        if (field?.Length > HardenedXml.MaxMessage * 2)
        {
            throw SamlErrors.TooLarge($"It has more than {HardenedXml.MaxMessage / 1024} kB.");
        }

        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(field is { Length: > 0 } ? field : throw SamlErrors.Binding("There is no message.")));
        }
        catch (FormatException)
        {
            throw SamlErrors.Malformed("It is not base64.");
        }
    }

    /// <summary>The message, as signed: by its own signature when posted, and over the query as it was written when redirected.</summary>
    public static XmlElement Receive(SamlIncoming incoming, SamlSettings settings)
    {
        if (incoming.Query is { } query)
        {
            VerifyQuery(query, incoming.IsRequest, settings);
            return Peek(incoming)!;
        }

        var signed = XmlSignature.Verify(Peek(incoming)!, settings.TrustedCertificates(), settings.AllowSha1);
        return signed ?? throw SamlErrors.SignatureMissing("message");
    }

    /// <summary>The message with nothing verified.</summary>
    public static XmlElement? Peek(SamlIncoming incoming)
    {
        var document = incoming.Query is { } query
            ? HardenedXml.Read(Inflate(Base64(Message(RawParameters(query), incoming.IsRequest))))
            : HardenedXml.Read(DecodePost(incoming.Field));
        HardenedXml.RefuseDuplicateIds(document);
        return document.DocumentElement;
    }

    private static void VerifyQuery(string query, bool isRequest, SamlSettings settings)
    {
        var raw = RawParameters(query);
        var message = Message(raw, isRequest);
        if (!raw.TryGetValue("Signature", out var signature) || !raw.TryGetValue("SigAlg", out var algorithm))
        {
            throw SamlErrors.SignatureMissing("message");
        }

        var signedText = $"{Field(isRequest)}={message}" + (raw.TryGetValue("RelayState", out var relay) ? $"&RelayState={relay}" : "") + $"&SigAlg={algorithm}";
        if (!SignatureAlgorithms.Verify(
            Uri.UnescapeDataString(algorithm), Encoding.UTF8.GetBytes(signedText), Base64(signature), settings.TrustedCertificates(), settings.AllowSha1))
        {
            throw SamlErrors.SignatureInvalid();
        }
    }

    /// <summary>What came as RelayState, to be sent back unread; too long a one is dropped.</summary>
    public static string? RelayState(string? value) => value?.Length > MaxRelayState ? null : value;

    private static string Field(bool isRequest) => isRequest ? "SAMLRequest" : "SAMLResponse";

    private static string Message(Dictionary<string, string> raw, bool isRequest) =>
        raw.GetValueOrDefault(Field(isRequest)) ?? throw SamlErrors.Binding("There is no message.");

    private static Dictionary<string, string> RawParameters(string queryString)
    {
        var raw = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in queryString.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var cut = pair.IndexOf('=', StringComparison.Ordinal);
            if (cut < 0 || !raw.TryAdd(pair[..cut], pair[(cut + 1)..]))
            {
                throw SamlErrors.Binding("A parameter of the address is repeated or has no value.");
            }
        }

        return raw;
    }

    private static byte[] Base64(string value)
    {
        try
        {
            return Convert.FromBase64String(Uri.UnescapeDataString(value));
        }
        catch (FormatException)
        {
            throw SamlErrors.Malformed("It is not base64.");
        }
    }

    private static byte[] Deflate(string text)
    {
        using var bytes = new MemoryStream();
        using (var deflate = new DeflateStream(bytes, CompressionLevel.Optimal))
        {
            deflate.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }

    private static byte[] Inflate(byte[] bytes)
    {
        using var inflate = new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress);
        var buffer = new byte[MaxInflated + 1];
        try
        {
            var read = inflate.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return read <= MaxInflated ? buffer[..read] : throw SamlErrors.TooLarge($"It inflates to more than {MaxInflated / 1024} kB.");
        }
        catch (InvalidDataException)
        {
            throw SamlErrors.Malformed("It is not deflated.");
        }
    }
}
