using System.IO.Compression;

namespace Loopai.Core.Plugins.Packages;

/// <summary>Unpacks one entry, and stops as soon as it is more than it said, or more than is allowed.</summary>
internal static class ZipInflater
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Row)];

    /// <summary>What is wrong with the entry; null when it was unpacked.</summary>
    public static PluginFinding? Unpack(ReadOnlyMemory<byte> packed, ZipEntryRecord entry, long room, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        var most = Math.Min(PackageLimits.MaxFileBytes, room);
        if (entry.Size > most)
        {
            return TooLarge(entry);
        }

        using var source = new MemoryStream(packed.ToArray(), writable: false);
        using var inflated = entry.Method == 0 ? (Stream)source : new DeflateStream(source, CompressionMode.Decompress);
        var unpacked = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (inflated.Read(chunk) is > 0 and var read)
        {
            unpacked.Write(chunk, 0, read);
            if (unpacked.Length > most)
            {
                return TooLarge(entry);
            }

            if (unpacked.Length > PackageLimits.RatioCountsAbove && unpacked.Length / Math.Max(1, packed.Length) > PackageLimits.MaxRatio)
            {
                return PluginFinding.Error("package.bomb", $"'{entry.Name}' unpacks to more than {PackageLimits.MaxRatio} times its packed size.", "Leave it out, or make it where the plugin runs.", entry.Name);
            }
        }

        bytes = unpacked.ToArray();
        return bytes.Length != entry.Size || Crc(bytes.Span) != entry.Crc
            ? PluginFinding.Error("package.lying-header", $"'{entry.Name}' is not what its header says: {bytes.Length} bytes instead of {entry.Size}, or other ones.", "Pack the folder again with an ordinary ZIP program.", entry.Name)
            : null;
    }

    private static PluginFinding TooLarge(ZipEntryRecord entry) => PluginFinding.Error(
        "package.bomb", $"With '{entry.Name}' the package unpacks to more than {PackageLimits.MaxFileBytes / 1024 / 1024} MB a file or {PackageLimits.MaxTotalBytes / 1024 / 1024} MB in all.", "Leave out what the plugin does not need to run.", entry.Name);

    /// <summary>CRC-32 as ZIP has it (ISO 3309, reflected). The crc of "123456789" is cbf43926.</summary>
    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint Row(int value)
    {
        var row = (uint)value;
        for (var i = 0; i < 8; i++)
        {
            row = (row & 1) == 0 ? row >> 1 : (row >> 1) ^ 0xEDB88320;
        }

        return row;
    }
}
