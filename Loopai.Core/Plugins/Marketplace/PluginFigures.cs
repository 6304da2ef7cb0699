using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Registry;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Marketplace;

/// <summary>
/// Counts over all organizations who has and who uses each version of each plugin, and keeps a row a day: numbers only. It writes the same values again however
/// often it counts, so several portals may.
/// </summary>
public sealed class PluginFigures(LoopaiData data, TimeProvider time)
{
    private static readonly TimeSpan Active = TimeSpan.FromDays(7);

    public async Task CountAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var midnight = new DateTimeOffset(today, TimeOnly.MinValue, TimeSpan.Zero);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        var installed = await db.Set<PluginInstallation>().Select(i => new { i.Id, i.PluginId, i.VersionId, i.Version, i.OrganizationId }).ToListAsync(ct);
        var calls = await db.Set<PluginHealth>().Where(h => h.StartsAt >= now - Active).GroupBy(h => new { h.InstallationId, h.Version })
            .Select(g => new { g.Key.InstallationId, g.Key.Version, Today = g.Where(h => h.StartsAt >= midnight).Sum(h => h.Calls), Week = g.Sum(h => h.Calls) }).ToListAsync(ct);
        var (today_, week) = (
            calls.ToDictionary(c => (c.InstallationId, c.Version), c => c.Today), calls.GroupBy(c => c.InstallationId).ToDictionary(g => g.Key, g => g.Sum(c => c.Week)));

        // An author's own installation says nothing about what others think.
        var owners = await db.Plugins.Select(p => new { p.Id, p.OrganizationId }).ToDictionaryAsync(p => p.Id, p => p.OrganizationId, ct);
        var others = installed.Where(i => owners.TryGetValue(i.PluginId, out var owner) && owner != i.OrganizationId).ToLookup(i => i.PluginId);
        foreach (var plugin in owners.Keys)
        {
            var (installs, active) = (others[plugin].Count(), others[plugin].Count(i => week.GetValueOrDefault(i.Id) > 0));
            await db.Plugins.Where(p => p.Id == plugin && (p.Installs != installs || p.ActiveInstalls != active))
                .ExecuteUpdateAsync(set => set.SetProperty(p => p.Installs, installs).SetProperty(p => p.ActiveInstalls, active), ct);
        }

        foreach (var version in installed.GroupBy(i => i.VersionId))
        {
            var (installs, active, total) = (
                version.Count(), version.Count(i => today_.GetValueOrDefault((i.Id, i.Version)) > 0), version.Sum(i => today_.GetValueOrDefault((i.Id, i.Version))));
            await WriteAsync(db, version.Key, today, installs, active, total, ct);
        }
    }

    private static async Task WriteAsync(LoopaiDbContext db, Guid versionId, DateOnly day, int installs, int active, long calls, CancellationToken ct)
    {
        if (await db.PluginVersionDays.Where(d => d.PluginVersionId == versionId && d.Day == day)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.Installs, installs).SetProperty(d => d.ActiveInstalls, active).SetProperty(d => d.Calls, calls), ct) > 0
            || await db.PluginVersions.Where(v => v.Id == versionId).Select(v => new { v.OrganizationId, v.IsPublic }).FirstOrDefaultAsync(ct) is not { } version)
        {
            return;
        }

        db.PluginVersionDays.Add(new PluginVersionDay
        {
            PluginVersionId = versionId, Day = day, OrganizationId = version.OrganizationId, IsPublic = version.IsPublic, Installs = installs, ActiveInstalls = active, Calls = calls,
        });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace())
        {
            // Another portal wrote the same numbers at this moment.
        }

        db.ChangeTracker.Clear();
    }
}
