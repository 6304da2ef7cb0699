using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Resolving;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Registry;

/// <summary>A version that passed everything before the registry.</summary>
/// <param name="Package">What was read of the package.</param>
/// <param name="Bytes">The package itself.</param>
/// <param name="Signature">Over its files.</param>
/// <param name="SignatureKeyId">Which key signed.</param>
public sealed record VersionToPublish(PluginPackage Package, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Signature, string SignatureKeyId)
{
    /// <summary>Whether a new plugin is shown to all of the installation; one that exists stays what it is.</summary>
    public bool IsPublic { get; init; }

    /// <summary>What it is made of, as JSON.</summary>
    public string? Sbom { get; init; }

    /// <summary>Where it comes from, as JSON.</summary>
    public string? Provenance { get; init; }

    /// <summary>What its tests and ours said, as JSON.</summary>
    public string? TestResults { get; init; }

    /// <summary>What the scan said, as JSON.</summary>
    public string? ScanResults { get; init; }
}

/// <summary>Takes versions into the registry, and makes their plugin with the first of them.</summary>
public sealed class VersionRegistry(RegistryNames names, IOptions<PluginsSettings> settings, TimeProvider time)
{
    /// <summary>Why the registry would not take this version; empty where it would. What an author wants to know before anything is tested.</summary>
    /// <param name="db">A unit of work of the caller.</param>
    /// <param name="caller">Who publishes.</param>
    /// <param name="manifest">What they publish.</param>
    /// <param name="isPublic">Whether a new plugin is to be shown to all.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<IReadOnlyList<string>> FaultsAsync(LoopaiDbContext db, Caller caller, PluginManifest manifest, bool isPublic, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        var id = manifest.Id;
        var publisher = await db.Publishers.AsNoTracking().FirstOrDefaultAsync(p => p.Name == id.Publisher && p.OrganizationId == caller.OrganizationId, ct);
        if (publisher is null)
        {
            return [$"There is no publisher '{id.Publisher}' in this organization. Make it first, or publish under one that you have."];
        }

        await db.DemandRoleAsync(caller, publisher, PublisherRole.Contributor, ct);
        var plugin = await db.Plugins.AsNoTracking().FirstOrDefaultAsync(p => p.Key == id.Key && p.OrganizationId == caller.OrganizationId, ct);
        return plugin is null ? await FaultsOfNewAsync(publisher, id, isPublic, ct) : await FaultsOfNextAsync(db, publisher, plugin, manifest, ct);
    }

    /// <summary>Adds the version within the unit of work at hand, and saves it.</summary>
    /// <exception cref="Errors.ConflictException">The registry does not take it; the message says why.</exception>
    public async Task<PluginVersion> AddAsync(LoopaiDbContext db, Caller caller, VersionToPublish version, CancellationToken ct)
    {
        var manifest = version.Package.Manifest;
        if (await FaultsAsync(db, caller, manifest, version.IsPublic, ct) is { Count: > 0 } faults)
        {
            throw RegistryErrors.Refused(string.Join(' ', faults));
        }

        var now = time.GetUtcNow();
        var publisher = await db.Publishers.FirstAsync(p => p.Name == manifest.Id.Publisher && p.OrganizationId == caller.OrganizationId, ct);
        var plugin = await db.Plugins.FirstOrDefaultAsync(p => p.Key == manifest.Id.Key && p.OrganizationId == caller.OrganizationId, ct);
        if (plugin is null)
        {
            plugin = await CreateAsync(db, publisher, manifest, version.IsPublic, now, ct);
        }

        var added = Make(plugin, version, caller, now);
        if (plugin.IsPublic && caller.OrganizationId != Guid.Empty && !added.PassedScan)
        {
            // The scan was overruled while the plugin was private.
            throw RegistryErrors.NotScanned(plugin.Key, [added.Version]);
        }

        db.PluginVersions.Add(added);
        db.PluginPackages.Add(new PluginPackageBytes { PluginVersionId = added.Id, OrganizationId = plugin.OrganizationId, IsPublic = plugin.IsPublic, Bytes = version.Bytes.ToArray() });
        db.PluginDependencies.AddRange(manifest.Dependencies.Select(d => new PluginDependency
        {
            PluginVersionId = added.Id, OrganizationId = plugin.OrganizationId, IsPublic = plugin.IsPublic, Key = d.Key, Range = d.Value.ToString(),
        }));
        publisher.IsPublic |= plugin.IsPublic;
        plugin.PublishedAt = now;
        plugin.Revision++;
        await db.ShowLatestAsync(plugin, added, ct);
        if (caller.OrganizationId != Guid.Empty)
        {
            db.Record(caller, "plugin.published", PluginLifecycle.Kind, plugin.Id, new { name = plugin.Key, added.Version, added.Sha256, plugin.IsPublic });
        }

        await SaveAsync(db, added, plugin, ct);
        return added;
    }

    private async Task<IReadOnlyList<string>> FaultsOfNewAsync(Publisher publisher, PluginId id, bool isPublic, CancellationToken ct)
    {
        List<string> faults = [];
        if (isPublic && settings.Value.RequireVerifiedPublisher && !publisher.IsVerified(time.GetUtcNow()))
        {
            faults.Add(RegistryErrors.NotVerified(publisher.Name).Message);
        }

        if (await names.IsTakenAsync(id.Key, publisher.OrganizationId, ct))
        {
            faults.Add($"'{id.Key}' was once published by somebody else, and names are never given twice.");
        }

        if (isPublic && await names.LikenessAsync(publisher, id.Name, ct) is { } likeness)
        {
            faults.Add(likeness);
        }

        return faults;
    }

    private async Task<IReadOnlyList<string>> FaultsOfNextAsync(LoopaiDbContext db, Publisher publisher, Plugin plugin, PluginManifest manifest, CancellationToken ct)
    {
        if (plugin.RemovedAt is not null)
        {
            return [$"'{plugin.Key}' was removed from the marketplace for good. Publish under another name."];
        }

        List<string> faults = [];
        if (plugin.Kind != manifest.Kind)
        {
            faults.Add($"'{plugin.Key}' is a {plugin.Kind.Name()} and stays one. Publish a {manifest.Kind.Name()} under another name.");
        }

        if (plugin.IsPublic && settings.Value.RequireVerifiedPublisher && !publisher.IsVerified(time.GetUtcNow()))
        {
            faults.Add(RegistryErrors.NotVerified(publisher.Name).Message);
        }

        var next = manifest.Version;
        var line = (await db.PluginVersions.Where(v => v.PluginId == plugin.Id).Select(v => v.Version).ToListAsync(ct)).Select(SemanticVersion.Parse)
            .Where(v => v.Major == next.Major && v.Minor == next.Minor).DefaultIfEmpty().Max();
        if (line is not null && next <= line)
        {
            // An older line may still be mended: 1.4.3 after 2.0.0, but not 1.4.1 after 1.4.2.
            faults.Add(
                next.Equals(line) ? $"Version {next} is published, and a version never changes. Raise the number."
                : $"Version {line} is published, so {next} comes too late. Take a number above it.");
        }

        return faults;
    }

    private async Task<Plugin> CreateAsync(LoopaiDbContext db, Publisher publisher, PluginManifest manifest, bool isPublic, DateTimeOffset now, CancellationToken ct)
    {
        var plugin = new Plugin
        {
            Id = Guid.CreateVersion7(), OrganizationId = publisher.OrganizationId, PublisherId = publisher.Id, Key = manifest.Id.Key, Name = manifest.Id.Name, Kind = manifest.Kind,
            IsPublic = isPublic, DisplayName = manifest.DisplayName, Description = manifest.Description, PublishedAt = now, CreatedAt = now,
        };
        db.Plugins.Add(plugin);
        foreach (var name in new[] { publisher.Name, plugin.Key })
        {
            if (!await db.TakenPluginNames.AnyAsync(n => n.Name == name, ct) && !await names.IsTakenAsync(name, publisher.OrganizationId, ct))
            {
                db.TakenPluginNames.Add(new TakenName { Name = name, OrganizationId = publisher.OrganizationId, TakenAt = now });
            }
        }

        return plugin;
    }

    private static PluginVersion Make(Plugin plugin, VersionToPublish version, Caller caller, DateTimeOffset now)
    {
        var package = version.Package;
        return new PluginVersion
        {
            Id = Guid.CreateVersion7(), OrganizationId = plugin.OrganizationId, PluginId = plugin.Id, Version = package.Manifest.Version.ToNormalizedString(), IsPublic = plugin.IsPublic,
            Manifest = package.ManifestJson, Sha256 = package.Sha256, Size = package.Size, Files = JsonSerializer.Serialize(package.FileHashes()),
            Signature = version.Signature.ToArray(), SignatureKeyId = version.SignatureKeyId, Readme = package.Text(PluginPackage.ReadmeName), Changelog = package.Text(PluginPackage.ChangelogName),
            Sbom = version.Sbom, Provenance = version.Provenance, TestResults = version.TestResults, ScanResults = version.ScanResults, PublishedAt = now, PublishedBy = caller.Name,
        };
    }

    private static async Task SaveAsync(LoopaiDbContext db, PluginVersion added, Plugin plugin, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            throw RegistryErrors.Refused($"Somebody else published '{plugin.Key}' {added.Version} or another version of it at this moment. Try again.");
        }
    }
}

/// <summary>What a plugin shows of its versions.</summary>
internal static class LatestVersion
{
    /// <summary>The newest that is not yanked, a release before any pre-release.</summary>
    public static PluginVersion? Of(IEnumerable<PluginVersion> versions) => versions.Where(v => v.YankedAt is null)
        .OrderByDescending(v => !SemanticVersion.Parse(v.Version).IsPrerelease).ThenByDescending(v => SemanticVersion.Parse(v.Version)).FirstOrDefault();

    /// <summary>Takes over into the plugin what its lists show, among versions that are stored and one that is not yet.</summary>
    public static async Task ShowLatestAsync(this LoopaiDbContext db, Plugin plugin, PluginVersion? added, CancellationToken ct)
    {
        var versions = await db.PluginVersions.Where(v => v.PluginId == plugin.Id).ToListAsync(ct);
        if (added is not null && !versions.Contains(added))
        {
            versions.Add(added);
        }

        var latest = Of(versions);
        (plugin.LatestVersion, plugin.LatestVersionId) = (latest?.Version, latest?.Id);
        if (latest is not null)
        {
            var manifest = PluginManifest.Parse(latest.Manifest);
            (plugin.DisplayName, plugin.Description) = (manifest.DisplayName, manifest.Description);
            (plugin.Categories, plugin.Keywords) = (manifest.Categories, manifest.Keywords);
            (plugin.Capabilities, plugin.HasIcon) = (CapabilityWords.Names(manifest.Capabilities), manifest.Icon is not null);
        }
    }
}
