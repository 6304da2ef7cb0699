using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;

namespace Loopai.Core.Plugins.Marketplace;

/// <summary>A plugin with one of its versions.</summary>
/// <param name="Item">The plugin.</param>
/// <param name="Version">The version that is shown.</param>
/// <param name="Manifest">What that says of itself.</param>
/// <param name="Versions">All versions, the newest first.</param>
/// <param name="Dependents">Keys of plugins whose newest version needs this one.</param>
/// <param name="Role">What the caller is in its publisher; null for nothing.</param>
public sealed record PluginDetail(
    PluginItem Item, PluginVersion Version, PluginManifest Manifest, IReadOnlyList<PluginVersionItem> Versions, IReadOnlyList<string> Dependents, PublisherRole? Role);

/// <param name="Id">The version's row.</param>
/// <param name="Version">Its number.</param>
/// <param name="PublishedAt">When it was published.</param>
/// <param name="YankedAt">Since when nobody new gets it.</param>
/// <param name="YankReason">Why.</param>
/// <param name="Size">How many bytes its package has.</param>
/// <param name="Sha256">The package's hash.</param>
/// <param name="SignatureKeyId">Which key signed it.</param>
public sealed record PluginVersionItem(Guid Id, string Version, DateTimeOffset PublishedAt, DateTimeOffset? YankedAt, string? YankReason, int Size, string Sha256, string SignatureKeyId);

/// <param name="Day">The day.</param>
/// <param name="Version">The version.</param>
/// <param name="Installs">Organizations that had it.</param>
/// <param name="ActiveInstalls">Organizations that called it.</param>
/// <param name="Calls">How often.</param>
public sealed record PluginUseDay(DateOnly Day, string Version, int Installs, int ActiveInstalls, long Calls);

/// <summary>An archive to keep.</summary>
/// <param name="FileName">What it is called.</param>
/// <param name="Bytes">The ZIP archive.</param>
/// <param name="Sha256">The hash that its version was published with; null for what was not published.</param>
public sealed record PluginDownload(string FileName, ReadOnlyMemory<byte> Bytes, string? Sha256);

/// <summary>A picture out of a package.</summary>
/// <param name="Bytes">The picture.</param>
/// <param name="ContentType">What it is by its first bytes, whatever it is called.</param>
public sealed record PluginPicture(ReadOnlyMemory<byte> Bytes, string ContentType)
{
    /// <summary>The media type of a PNG, JPEG or WebP; null for anything else, SVG with its scripts among it.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> picture) =>
        picture.StartsWith<byte>([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : picture.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : picture.Length > 12 && picture.StartsWith("RIFF"u8) && picture[8..12].SequenceEqual("WEBP"u8) ? "image/webp"
        : null;
}
