using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Packages.Signing;
using Microsoft.EntityFrameworkCore;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>Finds what a package needs, so that it can be run: of each plugin the newest version in the range. What this installation did not sign is not there.</summary>
internal static class DependencyPackages
{
    public static async Task<(IReadOnlyDictionary<string, PluginPackage> Packages, IReadOnlyList<PluginFinding> Findings)> FindAsync(
        LoopaiDbContext db, PluginSigner signer, PluginManifest manifest, CancellationToken ct)
    {
        var packages = new Dictionary<string, PluginPackage>(StringComparer.Ordinal);
        var findings = new List<PluginFinding>();
        var waiting = new Queue<(string Key, SemanticRange Range)>(manifest.Dependencies.Select(d => (d.Key, d.Value)));
        while (waiting.TryDequeue(out var wanted))
        {
            if (packages.ContainsKey(wanted.Key))
            {
                continue;
            }

            if (await NewestAsync(db, signer, wanted.Key, wanted.Range, ct) is not { } package)
            {
                findings.Add(PluginFinding.Error("manifest.dependency", $"There is no version of '{wanted.Key}' in {wanted.Range} that can be installed.", "Publish it first, or widen the range.", PluginManifest.FileName, pointer: "/dependencies/" + wanted.Key));
                continue;
            }

            if (package.Manifest.Language != manifest.Language)
            {
                findings.Add(PluginFinding.Error("manifest.dependency", $"'{wanted.Key}' is written in {package.Manifest.Language.Name()}, so a {manifest.Language.Name()} plugin cannot load it.", "Depend on plugins of the same language.", PluginManifest.FileName, pointer: "/dependencies/" + wanted.Key));
                continue;
            }

            packages[wanted.Key] = package;
            if (PackageLimits.ExceededBy(packages.Values))
            {
                findings.Add(PluginFinding.Error("manifest.dependency", $"It needs more than {PackageLimits.Dependencies}, with what those need.", "Depend on fewer.", PluginManifest.FileName, pointer: "/dependencies"));
                return (packages, findings);
            }

            foreach (var (key, range) in package.Manifest.Dependencies)
            {
                waiting.Enqueue((key, range));
            }
        }

        return (packages, findings);
    }

    private static async Task<PluginPackage?> NewestAsync(LoopaiDbContext db, PluginSigner signer, string key, SemanticRange range, CancellationToken ct)
    {
        var versions = await db.PluginVersions.Where(v => v.YankedAt == null)
            .Join(db.Plugins.Where(p => p.Key == key && p.RemovedAt == null), v => v.PluginId, p => p.Id, (v, _) => new { v.Id, v.Version }).ToListAsync(ct);
        var newest = versions.Select(v => (v.Id, Version: SemanticVersion.Parse(v.Version))).Where(v => range.Satisfies(v.Version)).OrderByDescending(v => v.Version).FirstOrDefault();
        if (newest.Version is null)
        {
            return null;
        }

        var bytes = await db.PluginPackages.Where(p => p.PluginVersionId == newest.Id).Select(p => p.Bytes).SingleAsync(ct);
        var signature = await db.PluginVersions.Where(v => v.Id == newest.Id).Select(v => new { v.SignatureKeyId, v.Signature }).SingleAsync(ct);
        return PluginPackageReader.Read(bytes).Package is { } package && await signer.IsSignedAsync(package, new PackageSignature(signature.SignatureKeyId, signature.Signature), ct) ? package : null;
    }
}
