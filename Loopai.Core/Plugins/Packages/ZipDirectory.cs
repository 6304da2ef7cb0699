using System.Buffers.Binary;
using System.Text;

namespace Loopai.Core.Plugins.Packages;

/// <summary>
/// Reads the directory of a ZIP archive. The framework's reader is made to open what it can; this one is made to refuse what two readers could understand
/// differently: several directories, bytes outside the entries, names that differ between directory and entry, entries that overlap.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EntrySignature = 0x02014b50;
    private const uint HeaderSignature = 0x04034b50;
    private const uint EndSignature = 0x06054b50;
    private const int EntrySize = 46;
    private const int HeaderSize = 30;
    private const int EndSize = 22;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ZipDirectory(IReadOnlyList<ZipEntryRecord> entries, long start)
    {
        Entries = entries;
        Start = start;
    }

    public IReadOnlyList<ZipEntryRecord> Entries { get; }

    /// <summary>Where the directory begins, and entries end.</summary>
    public long Start { get; }

    /// <exception cref="InvalidDataException">The bytes are no archive, or one that could be read in two ways.</exception>
    public static ZipDirectory Read(ReadOnlySpan<byte> zip)
    {
        var end = End(zip);
        var record = zip[end..];
        var count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        var start = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(record[4..]) != 0 || BinaryPrimitives.ReadUInt16LittleEndian(record[8..]) != count || count == ushort.MaxValue || start == uint.MaxValue)
        {
            throw new InvalidDataException("It is a part of a split archive, or larger than a package can be.");
        }

        if (start + (long)size != end)
        {
            throw new InvalidDataException("Its directory does not stand where its end says.");
        }

        var entries = new List<ZipEntryRecord>(count);
        var at = (int)start;
        for (var i = 0; i < count; i++)
        {
            entries.Add(Entry(zip[at..end], out var length));
            at += length;
        }

        return at == end ? new ZipDirectory(entries, start) : throw new InvalidDataException("Its directory has more entries than its end says.");
    }

    /// <summary>Where the packed bytes of an entry begin.</summary>
    /// <exception cref="InvalidDataException">The header before the entry says something else than the directory.</exception>
    public long DataOffset(ReadOnlySpan<byte> zip, ZipEntryRecord entry)
    {
        if (entry.HeaderOffset > Start - HeaderSize)
        {
            throw new InvalidDataException("An entry stands outside the archive.");
        }

        var header = zip[(int)entry.HeaderOffset..(int)Start];
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        var data = entry.HeaderOffset + HeaderSize + nameLength + extraLength;
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != HeaderSignature || data + entry.PackedSize > Start)
        {
            throw new InvalidDataException("An entry stands outside the archive, or on something else.");
        }

        if (!string.Equals(Name(header.Slice(HeaderSize, nameLength)), entry.Name, StringComparison.Ordinal)
            || BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) != entry.Method || BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) != entry.Flags)
        {
            throw new InvalidDataException("The directory and the header before an entry name it differently.");
        }

        return data;
    }

    private static int End(ReadOnlySpan<byte> zip)
    {
        for (var at = zip.Length - EndSize; at >= 0 && at >= zip.Length - EndSize - ushort.MaxValue; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(zip[at..]) == EndSignature)
            {
                return at + EndSize + BinaryPrimitives.ReadUInt16LittleEndian(zip[(at + 20)..]) == zip.Length
                    ? at
                    : throw new InvalidDataException("There are bytes after its end.");
            }
        }

        throw new InvalidDataException("It has no end of an archive.");
    }

    private static ZipEntryRecord Entry(ReadOnlySpan<byte> zip, out int length)
    {
        if (zip.Length < EntrySize || BinaryPrimitives.ReadUInt32LittleEndian(zip) != EntrySignature)
        {
            throw new InvalidDataException("Its directory is broken off.");
        }

        int name = BinaryPrimitives.ReadUInt16LittleEndian(zip[28..]), extra = BinaryPrimitives.ReadUInt16LittleEndian(zip[30..]), comment = BinaryPrimitives.ReadUInt16LittleEndian(zip[32..]);
        length = EntrySize + name + extra + comment;
        if (length > zip.Length)
        {
            throw new InvalidDataException("Its directory is broken off.");
        }

        return new ZipEntryRecord(
            Name(zip.Slice(EntrySize, name)), BinaryPrimitives.ReadUInt16LittleEndian(zip[8..]), BinaryPrimitives.ReadUInt16LittleEndian(zip[10..]),
            BinaryPrimitives.ReadUInt32LittleEndian(zip[16..]), BinaryPrimitives.ReadUInt32LittleEndian(zip[20..]), BinaryPrimitives.ReadUInt32LittleEndian(zip[24..]), zip[5],
            BinaryPrimitives.ReadUInt32LittleEndian(zip[38..]), BinaryPrimitives.ReadUInt32LittleEndian(zip[42..]), HasOddExtra(zip.Slice(EntrySize + name, extra)));
    }

    /// <summary>Null for bytes that are no UTF-8.</summary>
    private static string? Name(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Whether extra fields give another size (zip64), another name (Unicode path) or an encryption.</summary>
    private static bool HasOddExtra(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) is 0x0001 or 0x7075 or 0x9901 or 0x0017)
            {
                return true;
            }

            var field = 4 + BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (field > extra.Length)
            {
                return true;
            }

            extra = extra[field..];
        }

        return false;
    }
}
