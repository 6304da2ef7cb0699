using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Registry;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>Makes packages ready to run. What is not signed by this installation, or not what was signed, is not run.</summary>
public sealed class PluginLoader(LoopaiData data, PluginSigner signer, PluginSecrets secrets)
{
    private static readonly string[] NotRead = [".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp", ".md"];

    /// <summary>The plugin at its version, or at the one that is being tried.</summary>
    /// <exception cref="PluginBrokenException">It cannot be run, and the message says why.</exception>
    public async Task<LivePlugin> LoadAsync(PluginInstallation installation, bool staged, CancellationToken ct)
    {
        var (versionId, dependencies) = staged ? (installation.StagedVersionId!.Value, installation.StagedLock) : (installation.VersionId, installation.Lock);
        await using var db = await data.OpenAsync(Caller.System(installation.OrganizationId), ct);
        var package = await ReadAsync(db, versionId, ct);
        var locked = new Dictionary<string, PluginPackage>(StringComparer.Ordinal);
        foreach (var dependency in dependencies)
        {
            locked[dependency.Key] = await ReadAsync(db, dependency.VersionId, ct);
            if (PackageLimits.ExceededBy(locked.Values))
            {
                throw new PluginBrokenException($"It needs more than {PackageLimits.Dependencies}.");
            }
        }

        try
        {
            var code = CodeOf(package, locked) with { Isolation = installation.OrganizationId.ToString("n") };
            return new LivePlugin(
                installation.Id, installation.OrganizationId, installation.Key, package.Manifest.Version.ToNormalizedString(), code, package.Manifest.Capabilities, secrets.ConfigurationOf(installation));
        }
        catch (CryptographicException)
        {
            throw new PluginBrokenException("Its secrets cannot be read any more. Configure it again.");
        }
    }

    /// <summary>A package as the sandbox takes it.</summary>
    /// <param name="package">The package.</param>
    /// <param name="locked">What it and its dependencies depend on.</param>
    /// <exception cref="PluginBrokenException">A dependency is missing, or depends on itself.</exception>
    public static PluginCode CodeOf(PluginPackage package, IReadOnlyDictionary<string, PluginPackage> locked) =>
        CodeOf(package, locked, new Dictionary<string, PluginCode>(StringComparer.Ordinal), []);

    /// <summary>Each package is made once, in however many ways it is needed: without that, plugins that need each other in layers would take time without end.</summary>
    private static PluginCode CodeOf(PluginPackage package, IReadOnlyDictionary<string, PluginPackage> locked, Dictionary<string, PluginCode> made, IReadOnlyList<string> above)
    {
        var (manifest, key) = (package.Manifest, package.Manifest.Id.Key);
        if (above.Contains(key))
        {
            throw new PluginBrokenException($"{string.Join(" needs ", above.Append(key))}, in a circle.");
        }

        return made.TryGetValue(key, out var known) ? known : made[key] = new PluginCode(
            package.Sha256, manifest.Language, manifest.Entry,
            package.Files.Where(f => !NotRead.Contains(Path.GetExtension(f.Key), StringComparer.OrdinalIgnoreCase)).ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal),
            manifest.Dependencies.Keys.ToDictionary(
                needed => needed,
                needed => locked.TryGetValue(needed, out var found) && found.Manifest.Language == manifest.Language
                    ? CodeOf(found, locked, made, [.. above, key])
                    : throw new PluginBrokenException($"{key} needs {needed}, which is not there or written in another language."),
                StringComparer.Ordinal),
            new PluginLimits(TimeSpan.FromMilliseconds(manifest.Capabilities.TimeoutMs), manifest.Capabilities.MemoryMb));
    }

    /// <summary>A version's package, with its signature verified.</summary>
    /// <exception cref="PluginBrokenException">It is not there, or not what was signed.</exception>
    public async Task<PluginPackage> ReadAsync(LoopaiDbContext db, Guid versionId, CancellationToken ct)
    {
        var version = await db.Set<PluginVersion>().AsNoTracking().FirstOrDefaultAsync(v => v.Id == versionId, ct)
            ?? throw new PluginBrokenException("Its version is not there any more.");
        var bytes = await db.Set<PluginPackageBytes>().AsNoTracking().Where(p => p.PluginVersionId == versionId).Select(p => p.Bytes).FirstOrDefaultAsync(ct)
            ?? throw new PluginBrokenException("Its package is not there any more.");
        var key = await db.Set<Plugin>().AsNoTracking().Where(p => p.Id == version.PluginId).Select(p => p.Key).FirstOrDefaultAsync(ct);
        if (PluginPackageReader.Read(bytes) is not { Package: { Manifest: var manifest } package }
            || package.Sha256 != version.Sha256 || manifest.Id.Key != key || manifest.Version.ToNormalizedString() != version.Version)
        {
            throw new PluginBrokenException("Its package is not what was published.");
        }

        return await signer.IsSignedAsync(package, new PackageSignature(version.SignatureKeyId, version.Signature), ct)
            ? package
            : throw new PluginBrokenException("Its signature does not match: it is not what this installation signed when it was published.");
    }
}

/// <summary>A plugin that cannot be run; the message says why.</summary>
public sealed class PluginBrokenException(string message) : Exception(message);
