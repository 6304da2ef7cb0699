using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Packages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Registry;

/// <summary>What becomes of plugins after they were published: deprecated, yanked, shown to all, and removed. Nothing is ever deleted that somebody may run.</summary>
public sealed class PluginLifecycle(LoopaiData data, RegistryNames names, IOptions<PluginsSettings> settings, TimeProvider time)
{
    internal const string Kind = "plugin";

    private const int MostDependents = 50;

    /// <summary>Who would notice: plugins that need this one, and organizations that have it.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="key">The plugin.</param>
    /// <param name="version">The version that is to go; null for all of them.</param>
    /// <param name="ct">Ends the work.</param>
    public async Task<PluginImpact> ImpactAsync(Caller caller, string key, string? version, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await OwnAsync(db, caller, key, ct);
        var parsed = version is null ? null : SemanticVersion.Parse((await VersionAsync(db, plugin, version, ct)).Version);

        // Also those that the caller may not see count, as a number.
        await using var all = await data.OpenAsync(Caller.Installation, ct);
        var ranges = await all.PluginDependencies.Where(d => d.Key == key)
            .Join(all.PluginVersions.Where(v => v.YankedAt == null), d => d.PluginVersionId, v => v.Id, (d, v) => new { d.Range, v.PluginId })
            .Join(all.Plugins.Where(p => p.RemovedAt == null), d => d.PluginId, p => p.Id, (d, p) => new { p.Key, p.IsPublic, p.OrganizationId, d.Range }).ToListAsync(ct);
        var hit = ranges.Where(r => parsed is null || (SemanticRange.TryParse(r.Range, out var range) && range.Satisfies(parsed))).DistinctBy(r => r.Key).OrderBy(r => r.Key, StringComparer.Ordinal).ToList();
        var visible = hit.Where(r => r.IsPublic || r.OrganizationId == caller.OrganizationId).Select(r => r.Key).ToList();
        return new PluginImpact(visible.Take(MostDependents).ToList(), hit.Count, await all.PluginInstallations.CountAsync(i => i.PluginId == plugin.Id, ct));
    }

    /// <summary>Says that it should not be used any more, and what instead; an absent message takes that back.</summary>
    public async Task<Plugin> DeprecateAsync(Caller caller, string key, string? message, string? replacement, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await OpenForAllAsync(ct);
        var plugin = await OwnAsync(db, caller, key, ct);
        var (text, instead) = (Trimmed(message), Trimmed(replacement));
        new FieldErrors()
            .AddIf(text is null, "message", "Say why it should not be used any more.")
            .AddIf(text?.Length > Plugin.MaxMessageLength, "message", $"At most {Plugin.MaxMessageLength} characters.")
            .AddIf(instead == key, "replacement", "A plugin does not replace itself.")
            .AddIf(
                instead is not null && instead != key && !await db.Plugins.AnyAsync(p => p.Key == instead && p.RemovedAt == null && (p.IsPublic || p.OrganizationId == caller.OrganizationId), ct), "replacement",
                $"There is no plugin '{instead}'. Give the key of one that your users can see.")
            .ThrowIfAny("plugin.invalid", "The plugin cannot be deprecated like this.");
        var isNews = plugin.DeprecatedAt is null;
        plugin.DeprecatedAt ??= time.GetUtcNow();
        (plugin.DeprecationMessage, plugin.Replacement) = (text, instead);
        if (isNews)
        {
            await db.TellDeprecatedAsync(plugin, ct);
        }

        return await SaveAsync(db, caller, plugin, "plugin.deprecated", new { name = key, message = text, replacement = instead }, ct);
    }

    public async Task<Plugin> UndeprecateAsync(Caller caller, string key, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await OwnAsync(db, caller, key, ct);
        (plugin.DeprecatedAt, plugin.DeprecationMessage, plugin.Replacement) = (null, null, null);
        return await SaveAsync(db, caller, plugin, "plugin.undeprecated", new { name = key }, ct);
    }

    /// <summary>Nobody new gets the version; who has it keeps it.</summary>
    public async Task<PluginVersion> YankAsync(Caller caller, string key, string version, string? reason, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await OpenForAllAsync(ct);
        var plugin = await OwnAsync(db, caller, key, ct);
        var yanked = await VersionAsync(db, plugin, version, ct);
        var text = Trimmed(reason);
        new FieldErrors()
            .AddIf(text is null, "reason", "Say why: whoever has it installed is told.")
            .AddIf(text?.Length > PluginVersion.MaxReasonLength, "reason", $"At most {PluginVersion.MaxReasonLength} characters.")
            .ThrowIfAny("plugin.invalid", "The version cannot be yanked like this.");
        var isNews = yanked.YankedAt is null;
        yanked.YankedAt ??= time.GetUtcNow();
        yanked.YankReason = text;
        if (isNews)
        {
            await db.TellYankedAsync(plugin, [yanked], ct);
        }

        await db.ShowLatestAsync(plugin, null, ct);
        await SaveAsync(db, caller, plugin, "plugin.yanked", new { name = key, yanked.Version, reason = text }, ct);
        return yanked;
    }

    public async Task<PluginVersion> UnyankAsync(Caller caller, string key, string version, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await OwnAsync(db, caller, key, ct);
        var restored = await VersionAsync(db, plugin, version, ct);
        if (plugin.IsPublic && !restored.PassedScan)
        {
            throw RegistryErrors.NotScanned(key, [restored.Version]);
        }

        (restored.YankedAt, restored.YankReason) = (null, null);
        await db.ShowLatestAsync(plugin, null, ct);
        await SaveAsync(db, caller, plugin, "plugin.unyanked", new { name = key, restored.Version }, ct);
        return restored;
    }

    /// <summary>Shows the plugin to all of the installation, or to its organization alone.</summary>
    public async Task<Plugin> SetVisibilityAsync(Caller caller, string key, bool isPublic, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var plugin = await OwnAsync(db, caller, key, ct);
        var publisher = await db.Publishers.FirstAsync(p => p.Id == plugin.PublisherId, ct);
        if (isPublic && settings.Value.RequireVerifiedPublisher && !publisher.IsVerified(time.GetUtcNow()))
        {
            throw RegistryErrors.NotVerified(publisher.Name);
        }

        if (isPublic && !plugin.IsPublic)
        {
            await DemandFitForAllAsync(db, plugin, publisher, ct);
        }

        if (!isPublic && plugin.IsPublic && await InstalledElsewhereAsync(plugin, ct) is > 0 and var elsewhere)
        {
            throw RegistryErrors.InUseElsewhere(elsewhere);
        }

        plugin.IsPublic = isPublic;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await SaveAsync(db, caller, plugin, isPublic ? "plugin.made_public" : "plugin.made_private", new { name = key }, ct);
        await ShowAsync(db, plugin, ct);
        publisher.IsPublic = await db.Plugins.AnyAsync(p => p.PublisherId == publisher.Id && p.IsPublic, ct);
        await PublisherService.SaveAsync(db, ct);
        await transaction.CommitAsync(ct);
        return plugin;
    }

    /// <summary>Takes the plugin out of the marketplace for good, with all its versions yanked. Its name is never given again.</summary>
    public async Task RemoveAsync(Caller caller, string key, string? reason, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await OpenForAllAsync(ct);
        var plugin = await OwnAsync(db, caller, key, ct, PublisherRole.Owner);
        var text = Trimmed(reason);
        new FieldErrors()
            .AddIf(text is null, "reason", "Say why: whoever has it installed is told.")
            .AddIf(text?.Length > PluginVersion.MaxReasonLength, "reason", $"At most {PluginVersion.MaxReasonLength} characters.")
            .ThrowIfAny("plugin.invalid", "The plugin cannot be removed like this.");
        var now = time.GetUtcNow();
        var versions = await db.PluginVersions.Where(v => v.PluginId == plugin.Id && v.YankedAt == null).ToListAsync(ct);
        versions.ForEach(version => (version.YankedAt, version.YankReason) = (now, text));
        await db.TellYankedAsync(plugin, versions, ct);
        plugin.RemovedAt = now;
        await db.ShowLatestAsync(plugin, null, ct);
        await SaveAsync(db, caller, plugin, "plugin.removed", new { name = key, reason = text }, ct);
    }

    /// <summary>How many other organizations have it now; the plugin's own figure is of yesterday.</summary>
    private async Task<int> InstalledElsewhereAsync(Plugin plugin, CancellationToken ct)
    {
        await using var all = await OpenForAllAsync(ct);
        return await all.PluginInstallations.CountAsync(i => i.PluginId == plugin.Id && i.OrganizationId != plugin.OrganizationId, ct);
    }

    /// <summary>What is asked of a version for all when it is published is asked again of those that were published for one organization.</summary>
    private async Task DemandFitForAllAsync(LoopaiDbContext db, Plugin plugin, Publisher publisher, CancellationToken ct)
    {
        var versions = await db.PluginVersions.AsNoTracking().Where(v => v.PluginId == plugin.Id && v.YankedAt == null).ToListAsync(ct);
        if (versions.FindAll(v => !v.PassedScan) is { Count: > 0 } stopped)
        {
            throw RegistryErrors.NotScanned(plugin.Key, stopped.ConvertAll(v => v.Version));
        }

        if (await names.LikenessAsync(publisher, plugin.Name, ct) is { } likeness)
        {
            throw RegistryErrors.Refused(likeness);
        }
    }

    private static async Task ShowAsync(LoopaiDbContext db, Plugin plugin, CancellationToken ct)
    {
        var versions = db.PluginVersions.Where(v => v.PluginId == plugin.Id).Select(v => v.Id);
        await db.PluginVersions.Where(v => v.PluginId == plugin.Id).ExecuteUpdateAsync(set => set.SetProperty(v => v.IsPublic, plugin.IsPublic), ct);
        await db.PluginPackages.Where(p => versions.Contains(p.PluginVersionId)).ExecuteUpdateAsync(set => set.SetProperty(p => p.IsPublic, plugin.IsPublic), ct);
        await db.PluginDependencies.Where(d => versions.Contains(d.PluginVersionId)).ExecuteUpdateAsync(set => set.SetProperty(d => d.IsPublic, plugin.IsPublic), ct);
        await db.PluginVersionDays.Where(d => versions.Contains(d.PluginVersionId)).ExecuteUpdateAsync(set => set.SetProperty(d => d.IsPublic, plugin.IsPublic), ct);
        await db.PluginReviewReplies.Where(r => r.PluginId == plugin.Id).ExecuteUpdateAsync(set => set.SetProperty(r => r.IsPublic, plugin.IsPublic), ct);
    }

    /// <summary>A unit of work that may tell other organizations. It sees the plugins of all, so everything that is read in it names whose.</summary>
    private ValueTask<LoopaiDbContext> OpenForAllAsync(CancellationToken ct) => data.OpenAsync(Caller.Installation, ct);

    private static async Task<Plugin> OwnAsync(LoopaiDbContext db, Caller caller, string key, CancellationToken ct, PublisherRole needed = PublisherRole.Contributor)
    {
        var plugin = await db.Plugins.FirstOrDefaultAsync(p => p.Key == key && p.OrganizationId == caller.OrganizationId && p.RemovedAt == null, ct) ?? throw RegistryErrors.PluginNotFound(key);
        await db.DemandRoleAsync(caller, await db.Publishers.AsNoTracking().FirstAsync(p => p.Id == plugin.PublisherId, ct), needed, ct);
        return plugin;
    }

    private static async Task<PluginVersion> VersionAsync(LoopaiDbContext db, Plugin plugin, string version, CancellationToken ct) =>
        await db.PluginVersions.FirstOrDefaultAsync(v => v.PluginId == plugin.Id && v.Version == version, ct) ?? throw RegistryErrors.VersionNotFound(plugin.Key, version);

    private static async Task<Plugin> SaveAsync(LoopaiDbContext db, Caller caller, Plugin plugin, string action, object details, CancellationToken ct)
    {
        plugin.Revision++;
        db.Record(caller, action, Kind, plugin.Id, details);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw RegistryErrors.PluginChanged();
        }

        return plugin;
    }

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>Who would notice that a plugin or a version goes.</summary>
/// <param name="Dependents">Keys of plugins that need it and that the caller sees.</param>
/// <param name="DependentCount">How many there are in all.</param>
/// <param name="Installs">Organizations that have the plugin installed.</param>
public sealed record PluginImpact(IReadOnlyList<string> Dependents, int DependentCount, int Installs);
