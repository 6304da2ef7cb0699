using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Numerics;
using System.Text;
using Loopai.Core.Identity.Ldap;

namespace Loopai.Infrastructure.Ldap;

/// <summary>LDAP's messages (RFC 4511) on a stream, one request at a time.</summary>
internal sealed class LdapWire(Stream stream)
{
    private const int MaxMessageBytes = 4 << 20;
    private const int MaxAnswers = 5_000;
    private const int Success = 0;
    private const string StartTls = "1.3.6.1.4.1.1466.20037";

    private int _number;

    /// <summary>Asks the server to speak TLS from the next byte on. Nothing but its answer is read, so nothing can be slipped in before.</summary>
    public async Task StartTlsAsync(CancellationToken ct)
    {
        var number = await SendAsync(23, writer => writer.WriteOctetString(Encoding.ASCII.GetBytes(StartTls), new Asn1Tag(TagClass.ContextSpecific, 0)), ct);
        var (tag, answer) = await ReceiveAsync(number, ct);
        var (code, message) = tag == 24 ? Result(answer) : (-1, "");
        if (code != Success)
        {
            throw new LdapRefusedException(code, $"it does not begin TLS: {Describe(code, message)}");
        }
    }

    /// <summary>The result of a simple bind.</summary>
    public async Task<(int Code, string Message)> BindAsync(string dn, string password, CancellationToken ct)
    {
        var number = await SendAsync(
            0,
            writer =>
            {
                writer.WriteInteger(3);
                writer.WriteOctetString(Encoding.UTF8.GetBytes(dn));
                writer.WriteOctetString(Encoding.UTF8.GetBytes(password), new Asn1Tag(TagClass.ContextSpecific, 0));
            },
            ct);
        var (tag, answer) = await ReceiveAsync(number, ct);
        return tag == 1 ? Result(answer) : throw new IOException("it answers a bind with something else.");
    }

    /// <summary>The entries that a search found, with the result at its end. References to other servers are not followed.</summary>
    public async Task<(List<LdapEntry> Entries, int Code, string Message)> SearchAsync(
        string baseDn, LdapFilter filter, string value, IReadOnlyList<string> attributes, int limit, int seconds, CancellationToken ct)
    {
        var number = await SendAsync(
            3,
            writer =>
            {
                writer.WriteOctetString(Encoding.UTF8.GetBytes(baseDn));
                writer.WriteEnumeratedValue(Scope.Subtree);
                writer.WriteEnumeratedValue(Aliases.Never);
                writer.WriteInteger(limit);
                writer.WriteInteger(seconds);
                writer.WriteBoolean(false);
                filter.Write(writer, value);
                using (writer.PushSequence())
                {
                    foreach (var attribute in attributes)
                    {
                        writer.WriteOctetString(Encoding.UTF8.GetBytes(attribute));
                    }
                }
            },
            ct);
        List<LdapEntry> entries = [];
        for (var answers = 0; answers < MaxAnswers; answers++)
        {
            var (tag, answer) = await ReceiveAsync(number, ct);
            switch (tag)
            {
                case 4:
                    entries.Add(Entry(answer));
                    break;
                case 5:
                    var (code, message) = Result(answer);
                    return (entries, code, message);
            }
        }

        throw new IOException("it sends more than was asked for.");
    }

    public async Task UnbindAsync(CancellationToken ct)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(++_number);
            writer.WriteNull(new Asn1Tag(TagClass.Application, 2));
        }

        await stream.WriteAsync(writer.Encode(), ct);
    }

    private async Task<int> SendAsync(int operation, Action<AsnWriter> write, CancellationToken ct)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(++_number);
            using (writer.PushSequence(new Asn1Tag(TagClass.Application, operation)))
            {
                write(writer);
            }
        }

        await stream.WriteAsync(writer.Encode(), ct);
        await stream.FlushAsync(ct);
        return _number;
    }

    /// <summary>The next answer to the request. A notice of disconnection has the number 0.</summary>
    private async Task<(int Tag, AsnReader Answer)> ReceiveAsync(int number, CancellationToken ct)
    {
        try
        {
            var message = new AsnReader(await ReadAsync(ct), AsnEncodingRules.BER).ReadSequence();
            return message.ReadInteger() == new BigInteger(number)
                ? (message.PeekTag().TagValue, message.ReadSequence(message.PeekTag()))
                : throw new IOException("it ended the connection.");
        }
        catch (AsnContentException e)
        {
            throw new IOException("it does not speak LDAP.", e);
        }
    }

    private async Task<byte[]> ReadAsync(CancellationToken ct)
    {
        var head = new byte[6];
        await stream.ReadExactlyAsync(head.AsMemory(0, 2), ct);
        var (headLength, length) = (2, (int)head[1]);
        if (length > 0x80)
        {
            var count = length & 0x7F;
            if (count > 4)
            {
                throw new IOException("it sends a message that is too long.");
            }

            await stream.ReadExactlyAsync(head.AsMemory(2, count), ct);
            Span<byte> padded = stackalloc byte[4];
            head.AsSpan(2, count).CopyTo(padded[(4 - count)..]);
            (headLength, length) = (2 + count, BinaryPrimitives.ReadInt32BigEndian(padded));
        }

        // 0x80 alone is an indefinite length, which RFC 4511 section 5.1 forbids.
        if (head[0] != 0x30 || head[1] == 0x80 || length is < 0 or > MaxMessageBytes)
        {
            throw new IOException("it does not speak LDAP, or sends a message that is too long.");
        }

        var message = new byte[headLength + length];
        head.AsSpan(0, headLength).CopyTo(message);
        await stream.ReadExactlyAsync(message.AsMemory(headLength), ct);
        return message;
    }

    private static (int Code, string Message) Result(AsnReader answer)
    {
        var code = (int)new BigInteger(answer.ReadEnumeratedBytes().Span, isBigEndian: true);
        answer.ReadOctetString();
        return (code, Encoding.UTF8.GetString(answer.ReadOctetString()));
    }

    private static LdapEntry Entry(AsnReader answer)
    {
        var dn = Encoding.UTF8.GetString(answer.ReadOctetString());
        var attributes = new Dictionary<string, IReadOnlyList<byte[]>>(StringComparer.OrdinalIgnoreCase);
        var list = answer.ReadSequence();
        while (list.HasData)
        {
            var attribute = list.ReadSequence();
            var name = Encoding.UTF8.GetString(attribute.ReadOctetString());
            var set = attribute.ReadSetOf(skipSortOrderValidation: true);
            var values = new List<byte[]>();
            while (set.HasData)
            {
                values.Add(set.ReadOctetString());
            }

            attributes[name] = values;
        }

        return new LdapEntry(dn, attributes);
    }

    internal static string Describe(int code, string message) => message.Length > 0 ? $"{message.Trim('\0', ' ')} (result {code})" : $"result {code}";

    private enum Scope
    {
        Base,
        OneLevel,
        Subtree,
    }

    private enum Aliases
    {
        Never,
        InSearching,
    }
}
