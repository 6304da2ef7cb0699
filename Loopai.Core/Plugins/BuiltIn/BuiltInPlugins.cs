using System.IO.Compression;
using System.Reflection;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Packages.Signing;
using Loopai.Core.Plugins.Registry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.BuiltIn;

/// <summary>
/// Publishes the plugins that come with Loopai, as packages like all others: signed, in the marketplace, run in the sandbox. Portals that start at once do it once.
/// </summary>
public sealed class BuiltInPlugins(LoopaiData data, PluginSigner signer, VersionRegistry registry, TimeProvider time, ILogger<BuiltInPlugins> log) : IHostedLifecycleService
{
    private const string Prefix = "Loopai.BuiltIn/";

    /// <summary>ZIP knows no time before; the same for all, so that the same sources make the same bytes.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The packages, by the names of their plugins.</summary>
    public static IReadOnlyList<byte[]> Packages { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .GroupBy(n => n[Prefix.Length..].Split('/')[0], StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(Pack),
    ];

    /// <summary>Publishes what is not yet.</summary>
    public async Task PublishAsync(CancellationToken ct)
    {
        var caller = Caller.System(Guid.Empty);
        await EnsurePublisherAsync(ct);
        var known = await KnownAsync(ct);
        foreach (var bytes in Packages)
        {
            var (package, findings) = PluginPackageReader.Read(bytes);
            if (package is null)
            {
                throw new InvalidOperationException("A built-in plugin is broken: " + string.Join(" ", findings.Select(f => f.Message)));
            }

            var (key, version) = (package.Manifest.Id.Key, package.Manifest.Version.ToNormalizedString());
            if (known.Contains((key, version)))
            {
                continue;
            }

            await using var db = await data.OpenAsync(Caller.Installation, ct);
            var signature = await signer.SignAsync(package, ct);
            try
            {
                await registry.AddAsync(db, caller, new VersionToPublish(package, bytes, signature.Value, signature.KeyId) { IsPublic = true }, ct);
                log.LogInformation("Published {Plugin} {Version}", key, version);
            }
            catch (Exception e) when (e is ConflictException or DbUpdateException)
            {
                log.LogInformation("{Plugin} {Version} is published by another portal", key, version);
            }
        }
    }

    /// <summary>The server answers already, so that nobody waits for it.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogError(e, "The plugins that come with Loopai could not be published; the next start tries again");
        }
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<HashSet<(string Key, string Version)>> KnownAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var rows = await db.Plugins.Where(p => p.OrganizationId == Guid.Empty).Join(db.PluginVersions, p => p.Id, v => v.PluginId, (p, v) => new { p.Key, v.Version }).ToListAsync(ct);
        return [.. rows.Select(r => (r.Key, r.Version))];
    }

    private async Task EnsurePublisherAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        if (await db.Publishers.AnyAsync(p => p.Name == Publisher.BuiltIn, ct))
        {
            return;
        }

        db.Publishers.Add(new Publisher
        {
            Id = Guid.CreateVersion7(), OrganizationId = Guid.Empty, Name = Publisher.BuiltIn, Skeleton = NameLikeness.Skeleton(Publisher.BuiltIn), DisplayName = "Loopai",
            Description = "The plugins that come with Loopai.", IsPublic = true, CreatedAt = time.GetUtcNow(), CreatedBy = "Loopai",
        });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            // Another portal made it at this moment.
        }
    }

    private static byte[] Pack(IGrouping<string, string> files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in files.Order(StringComparer.Ordinal))
            {
                var entry = zip.CreateEntry(name[(Prefix.Length + files.Key.Length + 1)..], CompressionLevel.Optimal);
                entry.LastWriteTime = Epoch;
                using var target = entry.Open();
                using var source = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
                source.CopyTo(target);
            }
        }

        return bytes.ToArray();
    }
}
