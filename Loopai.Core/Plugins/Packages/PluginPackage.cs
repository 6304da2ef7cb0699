using System.Security.Cryptography;
using System.Text;

namespace Loopai.Core.Plugins.Packages;

/// <summary>A package that was read and holds together.</summary>
/// <param name="Manifest">What it says about itself.</param>
/// <param name="Files">Its files by path, all of them.</param>
/// <param name="Sha256">The hash of the package's bytes, in lower-case hex.</param>
/// <param name="Size">How many bytes it has, packed.</param>
public sealed record PluginPackage(PluginManifest Manifest, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files, string Sha256, int Size)
{
    public const string ReadmeName = "README.md";
    public const string ChangelogName = "CHANGELOG.md";
    public const string TestsName = "tests.json";

    /// <summary>What every package has besides its manifest and its entry.</summary>
    public static IReadOnlyList<string> NeededFiles { get; } = [ReadmeName, ChangelogName, TestsName];

    /// <summary>plugin.json as it was written.</summary>
    public string ManifestJson => Text(PluginManifest.FileName);

    /// <summary>A file as text.</summary>
    public string Text(string path) => Encoding.UTF8.GetString(Files[path].Span);

    /// <summary>Path → SHA-256 in lower-case hex.</summary>
    public IReadOnlyDictionary<string, string> FileHashes() =>
        Files.ToDictionary(f => f.Key, f => Convert.ToHexStringLower(SHA256.HashData(f.Value.Span)), StringComparer.Ordinal);
}
