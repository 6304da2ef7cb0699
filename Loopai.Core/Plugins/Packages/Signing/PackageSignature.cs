using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Loopai.Core.Plugins.Packages.Signing;

/// <summary>
/// A signature over every file of a package: ECDSA P-256 with SHA-256 (IEEE P1363), over a text that anybody can make with <c>sha256sum</c>.
/// </summary>
/// <param name="KeyId">Which key signed.</param>
/// <param name="Value">64 bytes.</param>
public sealed record PackageSignature(string KeyId, ReadOnlyMemory<byte> Value)
{
    private const string Heading = "loopai-plugin-signature-v1";

    /// <summary>
    /// The heading, <c>plugin@version</c>, the number of files, and a line <c>hash two-spaces path</c> for each file, in the order of the paths' characters, all ended
    /// by line feeds. Version and key stand in it, so that a signed package is not taken for another.
    /// </summary>
    public static byte[] Canonical(string key, string version, IReadOnlyDictionary<string, string> fileHashes)
    {
        var text = new StringBuilder().Append(Heading).Append('\n').Append(key).Append('@').Append(version).Append('\n')
            .Append(fileHashes.Count.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var (path, hash) in fileHashes.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            text.Append(hash).Append("  ").Append(path).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static byte[] Canonical(PluginPackage package) => Canonical(package.Manifest.Id.Key, package.Manifest.Version.ToNormalizedString(), package.FileHashes());

    /// <summary>Whether this key made the signature over this package, with all its files as they are.</summary>
    public bool Verify(PluginPackage package, ReadOnlySpan<byte> publicKey)
    {
        using var verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(publicKey, out _);
        return verifier.VerifyData(Canonical(package), Value.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
