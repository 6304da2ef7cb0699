using System.IO.Compression;
using System.Text;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Portal.Tests.Plugins.Packages;

/// <summary>Writes ZIP archives byte by byte, so that tests can make such as no ordinary program writes.</summary>
internal sealed class RawZip
{
    private readonly List<RawEntry> _entries = [];

    public byte[] Before { get; init; } = [];

    public byte[] After { get; init; } = [];

    public RawZip Add(RawEntry entry)
    {
        _entries.Add(entry);
        return this;
    }

    public RawZip Add(string name, string text) => Add(new RawEntry(name, Encoding.UTF8.GetBytes(text)));

    public byte[] Build()
    {
        using var zip = new MemoryStream();
        using var writer = new BinaryWriter(zip);
        writer.Write(Before);
        var offsets = _entries.ConvertAll(entry => WriteHeader(writer, entry));
        var start = (uint)zip.Position;
        foreach (var (entry, offset) in _entries.Zip(offsets))
        {
            WriteRecord(writer, entry, entry.Offset ?? offset);
        }

        var size = (uint)zip.Position - start;
        writer.Write(0x06054b50u);
        writer.Write(0);
        writer.Write((ushort)_entries.Count);
        writer.Write((ushort)_entries.Count);
        writer.Write(size);
        writer.Write(start);
        writer.Write((ushort)0);
        writer.Write(After);
        return zip.ToArray();
    }

    private static uint WriteHeader(BinaryWriter writer, RawEntry entry)
    {
        var offset = (uint)writer.BaseStream.Position;
        var name = entry.HeaderName is { } other ? Encoding.UTF8.GetBytes(other) : entry.NameBytes;
        writer.Write(0x04034b50u);
        WriteCommon(writer, entry);
        writer.Write((ushort)name.Length);
        writer.Write((ushort)0);
        writer.Write(name);
        writer.Write(entry.Packed);
        return offset;
    }

    private static void WriteRecord(BinaryWriter writer, RawEntry entry, uint offset)
    {
        writer.Write(0x02014b50u);
        writer.Write((ushort)(3 << 8 | 20));
        WriteCommon(writer, entry);
        writer.Write((ushort)entry.NameBytes.Length);
        writer.Write((ushort)entry.Extra.Length);
        writer.Write((ushort)0);
        writer.Write((ushort)0);
        writer.Write((ushort)0);
        writer.Write(entry.UnixMode << 16);
        writer.Write(offset);
        writer.Write(entry.NameBytes);
        writer.Write(entry.Extra);
    }

    private static void WriteCommon(BinaryWriter writer, RawEntry entry)
    {
        writer.Write((ushort)20);
        writer.Write(entry.Flags);
        writer.Write(entry.Method);
        writer.Write(0);
        writer.Write(ZipInflater.Crc(entry.Data));
        writer.Write((uint)entry.Packed.Length);
        writer.Write(entry.DeclaredSize ?? (uint)entry.Data.Length);
    }
}

/// <summary>One entry, with everything that an archive says of it.</summary>
internal sealed record RawEntry(byte[] NameBytes, byte[] Data)
{
    private byte[]? _packed;

    public RawEntry(string name, byte[] data)
        : this(Encoding.UTF8.GetBytes(name), data)
    {
    }

    public ushort Flags { get; init; }

    public ushort Method { get; init; } = 8;

    public uint UnixMode { get; init; } = 0x81A4;

    public byte[] Extra { get; init; } = [];

    public uint? DeclaredSize { get; init; }

    public string? HeaderName { get; init; }

    public uint? Offset { get; init; }

    public byte[] Packed => _packed ??= Method == 8 ? Deflate(Data) : Data;

    private static byte[] Deflate(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(data);
        }

        return packed.ToArray();
    }
}
