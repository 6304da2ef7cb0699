using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;
using Microsoft.EntityFrameworkCore;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Marketplace;

/// <summary>
/// What the marketplace shows: the organization's own plugins, and those that others show to all. An installation has hundreds of plugins, not millions, so they are
/// ranked in memory: the same on every database, and every place in the list explained by the same lines that made it.
/// </summary>
public sealed class MarketplaceService(LoopaiData data, TimeProvider time)
{
    /// <summary>Of a query no more is looked at.</summary>
    public const int MaxQueryLength = 200;

    private const int Dependents = 50;

    public async Task<Page<PluginItem>> SearchAsync(Caller caller, PluginFilter filter, PluginSort sort, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        page.Validated();
        new FieldErrors()
            .AddIf(filter.Query?.Length > MaxQueryLength, "q", $"Look for at most {MaxQueryLength} characters.")
            .AddIf(filter.MinRating is < 1 or > 5, "minRating", "A rating is between 1 and 5.")
            .ThrowIfAny("plugin.invalid_search", "The marketplace cannot be searched like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var all = await VisibleAsync(db, filter.Own ? caller.OrganizationId : null, ct);
        var ranked = PluginRanking.Rank(all, filter, sort, time.GetUtcNow());

        // Places shift as plugins come and go, so a page begins behind the plugin that ended the last one.
        var after = Cursor.Decode<Place>(page.Cursor);
        var start = after is null ? 0 : ranked.TakeWhile(i => i.Plugin.Key != after.Key).Count() + 1;
        var items = ranked.Skip(Math.Min(start, ranked.Count)).Take(page.Limit).ToList();
        return new Page<PluginItem>(items, start + items.Count < ranked.Count ? Cursor.Encode(new Place(items[^1].Plugin.Key)) : null);
    }

    /// <summary>A plugin with one of its versions: the one that is asked for, or the newest.</summary>
    public async Task<PluginDetail> GetAsync(Caller caller, string key, string? version, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await db.FindPluginAsync(key, ct);
        var publisher = await db.Publishers.AsNoTracking().FirstAsync(p => p.Id == plugin.PublisherId, ct);
        var versions = await VersionsAsync(db, plugin, ct);
        var shown = await db.PluginVersions.AsNoTracking().FirstOrDefaultAsync(v => v.PluginId == plugin.Id && v.Version == (version ?? plugin.LatestVersion ?? versions[0].Version), ct)
            ?? throw RegistryErrors.VersionNotFound(key, version ?? "");
        var mean = ShrunkRating.Mean(await db.Plugins.AsNoTracking().Where(p => p.Ratings > 0).ToListAsync(ct));
        var item = PluginRanking.Item(plugin, publisher, 1, mean, plugin.ActiveInstalls, time.GetUtcNow());
        var isOwn = plugin.OrganizationId == caller.OrganizationId;
        return new PluginDetail(item, shown, PluginManifest.Parse(shown.Manifest), versions, await DependentsAsync(db, key, ct), isOwn ? await db.RoleAsync(caller, publisher.Id, ct) : null);
    }

    /// <summary>Two to four plugins, side by side, in the order given.</summary>
    public async Task<IReadOnlyList<PluginDetail>> CompareAsync(Caller caller, IReadOnlyList<string> keys, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        var distinct = keys.Where(k => k.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        new FieldErrors().AddIf(distinct.Count is < 2 or > 4, "keys", "Give the keys of two to four plugins.").ThrowIfAny("plugin.invalid_comparison", "These cannot be compared.");
        var details = new List<PluginDetail>();
        foreach (var key in distinct)
        {
            details.Add(await GetAsync(caller, key, null, ct));
        }

        return details;
    }

    /// <summary>How many organizations had and used each version, by day.</summary>
    public async Task<IReadOnlyList<PluginUseDay>> UseAsync(Caller caller, string key, int days, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        new FieldErrors().AddIf(days is < 1 or > 730, "days", "Ask for 1 to 730 days.").ThrowIfAny("plugin.invalid_use", "The use cannot be shown like this.");
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await db.FindPluginAsync(key, ct);
        var since = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-days);
        var rows = await db.PluginVersionDays.Where(d => d.Day > since)
            .Join(db.PluginVersions.Where(v => v.PluginId == plugin.Id), d => d.PluginVersionId, v => v.Id, (d, v) => new PluginUseDay(d.Day, v.Version, d.Installs, d.ActiveInstalls, d.Calls))
            .ToListAsync(ct);
        return [.. rows.OrderBy(d => d.Day).ThenBy(d => d.Version, StringComparer.Ordinal)];
    }

    /// <summary>A picture of a version's package: a screenshot, what its README shows, or, without a path, its icon.</summary>
    public async Task<PluginPicture> PictureAsync(Caller caller, string key, string version, string? path, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await db.FindPluginAsync(key, ct);
        var bytes = await db.PluginVersions.Where(v => v.PluginId == plugin.Id && v.Version == version)
            .Join(db.PluginPackages, v => v.Id, p => p.PluginVersionId, (_, p) => p.Bytes).FirstOrDefaultAsync(ct) ?? throw RegistryErrors.VersionNotFound(key, version);
        path ??= await db.PluginVersions.Where(v => v.PluginId == plugin.Id && v.Version == version).Select(v => v.Manifest).FirstAsync(ct) is { } json ? PluginManifest.Parse(json).Icon ?? "" : "";
        return PluginPackageReader.ReadFile(bytes, path) is { } file && PluginPicture.TypeOf(file.Span) is { } type
            ? new PluginPicture(file, type)
            : throw RegistryErrors.FileNotFound(path);
    }

    /// <summary>A version's package, as it was published and signed.</summary>
    public async Task<PluginDownload> PackageAsync(Caller caller, string key, string version, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await db.FindPluginAsync(key, ct);
        var found = await db.PluginVersions.Where(v => v.PluginId == plugin.Id && v.Version == version)
            .Join(db.PluginPackages, v => v.Id, p => p.PluginVersionId, (v, p) => new { v.Sha256, p.Bytes }).FirstOrDefaultAsync(ct) ?? throw RegistryErrors.VersionNotFound(key, version);
        return new PluginDownload($"{key}-{version}.zip", found.Bytes, found.Sha256);
    }

    internal static async Task<IReadOnlyList<(Plugin Plugin, Publisher Publisher)>> VisibleAsync(LoopaiDbContext db, Guid? ownedBy, CancellationToken ct) =>
        [.. (await db.Plugins.AsNoTracking().Where(p => p.RemovedAt == null && p.LatestVersion != null && (ownedBy == null || p.OrganizationId == ownedBy))
            .Join(db.Publishers, p => p.PublisherId, p => p.Id, (plugin, publisher) => new { plugin, publisher }).ToListAsync(ct)).Select(r => (r.plugin, r.publisher))];

    /// <summary>The newest first, without what is heavy.</summary>
    private static async Task<IReadOnlyList<PluginVersionItem>> VersionsAsync(LoopaiDbContext db, Plugin plugin, CancellationToken ct) =>
    [
        .. (await db.PluginVersions.Where(v => v.PluginId == plugin.Id)
            .Select(v => new PluginVersionItem(v.Id, v.Version, v.PublishedAt, v.YankedAt, v.YankReason, v.Size, v.Sha256, v.SignatureKeyId)).ToListAsync(ct))
            .OrderByDescending(v => SemanticVersion.Parse(v.Version)),
    ];

    private static async Task<IReadOnlyList<string>> DependentsAsync(LoopaiDbContext db, string key, CancellationToken ct) => await db.PluginDependencies.Where(d => d.Key == key)
        .Join(db.PluginVersions, d => d.PluginVersionId, v => v.Id, (_, v) => v)
        .Join(db.Plugins.Where(p => p.RemovedAt == null), v => v.Id, p => p.LatestVersionId, (_, p) => p.Key).Distinct().OrderBy(k => k).Take(Dependents).ToListAsync(ct);

    private sealed record Place(string Key);
}

internal static class PluginQueries
{
    /// <summary>A plugin of one's own, or one that is public. What was removed is still found: whoever has it installed looks at it.</summary>
    public static async Task<Plugin> FindPluginAsync(this LoopaiDbContext db, string key, CancellationToken ct) =>
        await db.Plugins.AsNoTracking().FirstOrDefaultAsync(p => p.Key == key, ct) ?? throw RegistryErrors.PluginNotFound(key);
}
