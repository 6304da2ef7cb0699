namespace Loopai.Core.Plugins.Packages;

/// <summary>An entry as the archive's directory declares it; nothing of it is believed.</summary>
internal sealed record ZipEntryRecord(
    string? Name, int Flags, int Method, uint Crc, long PackedSize, long Size, int HostSystem, uint Attributes, long HeaderOffset, bool HasOddExtra)
{
    /// <summary>The kinds of files that Unix writes into the upper half of the attributes.</summary>
    private const uint TypeMask = 0xF000;
    private const uint Regular = 0x8000;
    private const uint Directory = 0x4000;
    private const uint Link = 0xA000;

    public bool IsEncrypted => (Flags & 0x2041) != 0;

    public bool IsDirectory => Name is { } name && name.EndsWith('/');

    public bool IsLink => FileType == Link;

    public bool IsSpecial => FileType is not (0 or Regular or Directory or Link);

    private uint FileType => HostSystem is 3 or 19 ? (Attributes >> 16) & TypeMask : 0;
}
