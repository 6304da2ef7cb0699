using System.Buffers.Binary;
using System.Text;

namespace Loopai.Infrastructure.DomainNames;

/// <summary>A question for TXT records and what answers it (RFC 1035, 4). Reads nothing that lies outside the message, and follows no loop.</summary>
internal static class DnsMessage
{
    private const ushort TypeTxt = 16;
    private const ushort TypeCname = 5;
    private const ushort ClassIn = 1;
    private const int HeaderLength = 12;

    /// <summary>A recursive query with an EDNS record that allows answers of 1,232 bytes, which fit every network (RFC 6891).</summary>
    public static byte[] Query(ushort id, string name)
    {
        var message = new List<byte>(64) { (byte)(id >> 8), (byte)id, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1 };
        WriteName(message, name);
        message.AddRange([0, (byte)TypeTxt, 0, (byte)ClassIn]);
        message.AddRange([0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0]);
        return [.. message];
    }

    /// <summary>What the message answers to the question; null when it is no answer to it.</summary>
    public static DnsAnswer? Read(ReadOnlySpan<byte> message, ushort id, string name)
    {
        if (message.Length < HeaderLength
            || BinaryPrimitives.ReadUInt16BigEndian(message) != id
            || (message[2] & 0x80) == 0
            || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return null;
        }

        var at = HeaderLength;
        if (!TryReadName(message, ref at, out var question) || !Same(question, name) || at + 4 > message.Length
            || BinaryPrimitives.ReadUInt16BigEndian(message[at..]) != TypeTxt || BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) != ClassIn)
        {
            return null;
        }

        at += 4;
        var code = message[3] & 0x0F;
        return (message[2] & 0x02) != 0 ? new DnsAnswer(code, IsTruncated: true, []) : ReadRecords(message, at, code, name);
    }

    private static DnsAnswer? ReadRecords(ReadOnlySpan<byte> message, int at, int code, string name)
    {
        List<string> texts = [];
        var owner = name;
        for (var left = BinaryPrimitives.ReadUInt16BigEndian(message[6..]); left > 0; left--)
        {
            if (!TryReadName(message, ref at, out var of) || at + 10 > message.Length)
            {
                return null;
            }

            var (type, @class) = (BinaryPrimitives.ReadUInt16BigEndian(message[at..]), BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]));
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            at += 10;
            if (at + length > message.Length)
            {
                return null;
            }

            if (@class == ClassIn && Same(of, owner))
            {
                var alias = at;
                if (type == TypeTxt && TryReadText(message.Slice(at, length)) is { } text)
                {
                    texts.Add(text);
                }
                else if (type == TypeCname && TryReadName(message, ref alias, out var target))
                {
                    owner = target;
                }
            }

            at += length;
        }

        return new DnsAnswer(code, IsTruncated: false, texts);
    }

    /// <summary>A TXT record's strings are one text, cut because each has at most 255 bytes.</summary>
    private static string? TryReadText(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        while (data.Length > 0)
        {
            var length = data[0];
            if (length + 1 > data.Length)
            {
                return null;
            }

            text.Append(Encoding.Latin1.GetString(data.Slice(1, length)));
            data = data[(length + 1)..];
        }

        return text.ToString();
    }

    private static bool TryReadName(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        var text = new StringBuilder();
        var (place, end) = (at, -1);
        name = "";
        while (place < message.Length)
        {
            var length = message[place];
            if (length == 0)
            {
                at = end < 0 ? place + 1 : end;
                name = text.ToString();
                return true;
            }

            if ((length & 0xC0) == 0xC0)
            {
                // A pointer leads back only, so that none can lead around.
                var target = place + 1 < message.Length ? ((length & 0x3F) << 8) | message[place + 1] : place;
                if (target >= place)
                {
                    return false;
                }

                end = end < 0 ? place + 2 : end;
                place = target;
                continue;
            }

            if (length > 63 || place + 1 + length > message.Length || text.Length + length > 255)
            {
                return false;
            }

            text.Append(text.Length > 0 ? "." : "").Append(Encoding.Latin1.GetString(message.Slice(place + 1, length)));
            place += length + 1;
        }

        return false;
    }

    private static void WriteName(List<byte> message, string name)
    {
        foreach (var label in name.Split('.'))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        message.Add(0);
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}

/// <param name="Code">0 for an answer, 3 for a name that does not exist; the rest are failures of the server.</param>
/// <param name="IsTruncated">Whether it has to be asked for over TCP.</param>
/// <param name="Texts">The records.</param>
internal sealed record DnsAnswer(int Code, bool IsTruncated, IReadOnlyList<string> Texts);
