using Loopai.Core.Data;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Registry;

/// <summary>
/// Tells organizations that have a plugin installed, itself or for another one that needs it, what its author says of it. Their events are written in the author's unit
/// of work, which therefore is the installation's: either both are committed or neither. The portal's bell reads the registry itself.
/// </summary>
internal static class PluginNews
{
    /// <summary>Nobody new gets the versions any more.</summary>
    public static async Task TellYankedAsync(this LoopaiDbContext db, Plugin plugin, IReadOnlyList<PluginVersion> versions, CancellationToken ct)
    {
        var ids = versions.Select(v => (Guid?)v.Id).ToList();
        var all = await HavingAsync(db, plugin, i => ids.Contains(i.VersionId) || ids.Contains(i.StagedVersionId), ct);
        foreach (var version in versions)
        {
            foreach (var having in all.Where(i => i.VersionId == version.Id || i.StagedVersionId == version.Id || i.Lock.Any(d => d.VersionId == version.Id)))
            {
                db.Publish(
                    having.OrganizationId, WebhookTypes.PluginYanked,
                    new { installationId = having.Id, plugin = plugin.Key, version.Version, neededBy = NeededBy(having, plugin), reason = version.YankReason });
            }
        }
    }

    /// <summary>The plugin should not be used any more.</summary>
    public static async Task TellDeprecatedAsync(this LoopaiDbContext db, Plugin plugin, CancellationToken ct)
    {
        foreach (var having in await HavingAsync(db, plugin, i => i.PluginId == plugin.Id, ct))
        {
            var version = having.PluginId == plugin.Id ? having.Version : having.Lock.FirstOrDefault(d => d.Key == plugin.Key)?.Version;
            db.Publish(
                having.OrganizationId, WebhookTypes.PluginDeprecated,
                new { installationId = having.Id, plugin = plugin.Key, version, neededBy = NeededBy(having, plugin), reason = plugin.DeprecationMessage, replacement = plugin.Replacement });
        }
    }

    /// <summary>Installations of the plugin itself, and those whose locked dependencies name it, at whatever version.</summary>
    private static Task<List<PluginInstallation>> HavingAsync(
        LoopaiDbContext db, Plugin plugin, System.Linq.Expressions.Expression<Func<PluginInstallation, bool>> itself, CancellationToken ct)
    {
        var rows = db.PluginInstallations.AsNoTracking();
        var locked = $"%\"{plugin.Key}\"%";

        // What is locked is kept as JSON; the cast goes past its conversion, to the text.
        return rows.Where(itself).Union(rows.Where(i => EF.Functions.Like((string)(object)i.Lock, locked))).ToListAsync(ct);
    }

    private static string? NeededBy(PluginInstallation having, Plugin plugin) => having.PluginId == plugin.Id ? null : having.Key;
}
