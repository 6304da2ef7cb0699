using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Installations;

internal static class InstallationQueries
{
    /// <exception cref="Errors.NotFoundException">There is none, or it is another organization's.</exception>
    public static async Task<PluginInstallation> FindInstallationAsync(this LoopaiDbContext db, Guid id, CancellationToken ct) =>
        await db.PluginInstallations.FirstOrDefaultAsync(i => i.Id == id, ct) ?? throw InstallationErrors.NotFound(id);

    /// <summary>What a version says about itself; null when it is not there any more.</summary>
    public static async Task<PluginManifest?> ManifestAsync(this LoopaiDbContext db, Guid versionId, CancellationToken ct) =>
        await db.PluginVersions.Where(v => v.Id == versionId).Select(v => v.Manifest).FirstOrDefaultAsync(ct) is { } json ? PluginManifest.Parse(json) : null;

    /// <summary>Who would miss the plugin: tasks it works for, webhooks it handles, and plugins that need it, in words.</summary>
    /// <param name="db">The organization's data.</param>
    /// <param name="installation">The plugin.</param>
    /// <param name="named">The tasks that may be named, the others are counted; null for all.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<IReadOnlyList<string>> UsersOfAsync(this LoopaiDbContext db, PluginInstallation installation, IReadOnlyCollection<Guid>? named, CancellationToken ct)
    {
        var served = await db.PluginAttachments.Where(a => a.InstallationId == installation.Id).Join(db.Tasks, a => a.TaskId, t => t.Id, (a, t) => new { t.Id, t.Name }).Distinct().ToListAsync(ct);
        var tasks = served.Where(t => named is null || named.Contains(t.Id)).Select(t => t.Name).Order(StringComparer.Ordinal).ToList();
        var webhooks = await db.WebhookSubscriptions.Where(s => s.HandlerId == installation.Id && s.DeletedAt == null).OrderBy(s => s.Name).Select(s => s.Name).ToListAsync(ct);
        var others = await db.PluginInstallations.AsNoTracking().Where(i => i.Id != installation.Id).OrderBy(i => i.Key).ToListAsync(ct);
        return
        [
            .. tasks.Select(t => $"the task {t}"),
            .. served.Count > tasks.Count ? new[] { $"{served.Count - tasks.Count} tasks that you may not see" } : [],
            .. webhooks.Select(w => $"the webhook {w}"),
            .. others.Where(o => o.Lock.Any(d => d.Key == installation.Key)).Select(o => $"the plugin {o.Key}"),
        ];
    }

    /// <summary>Calls by the hour of the last day, of these installations.</summary>
    public static async Task<ILookup<Guid, HealthHour>> HealthAsync(this LoopaiDbContext db, IReadOnlyList<Guid> installations, DateTimeOffset since, CancellationToken ct)
    {
        var hours = await db.PluginHealth.Where(h => installations.Contains(h.InstallationId) && h.StartsAt >= since)
            .GroupBy(h => new { h.InstallationId, h.StartsAt.Year, h.StartsAt.Month, h.StartsAt.Day, h.StartsAt.Hour })
            .Select(g => new
            {
                g.Key, Calls = g.Sum(h => h.Calls), Failures = g.Sum(h => h.Failures), LatencyUs = g.Sum(h => h.LatencyUs), Passed = g.Sum(h => h.Passed), Found = g.Sum(h => h.Found),
                Dropped = g.Sum(h => h.Dropped),
            }).ToListAsync(ct);
        return hours.OrderBy(h => (h.Key.Year, h.Key.Month, h.Key.Day, h.Key.Hour)).ToLookup(
            h => h.Key.InstallationId,
            h => new HealthHour(new DateTimeOffset(h.Key.Year, h.Key.Month, h.Key.Day, h.Key.Hour, 0, 0, TimeSpan.Zero), h.Calls, h.Failures, h.LatencyUs, h.Passed, h.Found, h.Dropped));
    }
}
