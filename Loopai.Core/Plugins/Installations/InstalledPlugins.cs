using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Microsoft.EntityFrameworkCore;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Installations;

/// <summary>Shows what is installed, how it is doing, and what it said.</summary>
public sealed class InstalledPlugins(LoopaiData data, TimeProvider time)
{
    private static readonly TimeSpan Lately = TimeSpan.FromDays(1);

    /// <summary>All plugins of the organization by name.</summary>
    public async Task<IReadOnlyList<InstallationItem>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await ItemsAsync(db, await db.PluginInstallations.AsNoTracking().OrderBy(i => i.DisplayName).ThenBy(i => i.Key).ToListAsync(ct), ct);
    }

    public async Task<InstallationItem> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return (await ItemsAsync(db, [await db.FindInstallationAsync(id, ct)], ct))[0];
    }

    /// <summary>An installation that was changed just now. Who may change it may see it.</summary>
    public async Task<InstallationItem> OfAsync(Caller caller, PluginInstallation installation, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(caller, ct);
        return (await ItemsAsync(db, [installation], ct))[0];
    }

    /// <summary>The configuration as it is shown: secrets that are set stand as <see cref="PluginSecrets.Masked"/>.</summary>
    public static System.Text.Json.Nodes.JsonObject ConfigurationOf(PluginInstallation installation) => InstallationConfiguration.Shown(installation);

    /// <summary>Who would miss the plugin, in words.</summary>
    public async Task<IReadOnlyList<string>> ListUsersAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.UsersOfAsync(await db.FindInstallationAsync(id, ct), caller.TasksWith(Permissions.TasksRead), ct);
    }

    /// <summary>What validators said, the last first.</summary>
    public async Task<Page<PluginVerdict>> ListVerdictsAsync(Caller caller, VerdictFilter filter, PageRequest page, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsRead);
        var mine = caller.DemandOnTasks(Permissions.ExecutionsRead);
        page.Validated();
        await using var db = await data.OpenAsync(caller, ct);
        var rows = db.PluginVerdicts.AsNoTracking().OfTasks(mine).Where(v => v.EnvironmentId == caller.EnvironmentId);
        rows = filter.InstallationId is { } installation ? rows.Where(v => v.InstallationId == installation) : rows;
        rows = filter.TaskId is { } task ? rows.Where(v => v.TaskId == task) : rows;
        rows = filter.ExecutionId is { } execution ? rows.Where(v => v.ExecutionId == execution) : rows;
        rows = filter.Verdict is { } verdict ? rows.Where(v => v.Verdict == verdict) : rows;
        if (Cursor.Decode<VerdictCursor>(page.Cursor) is { } after)
        {
            rows = rows.Where(v => v.Id < after.Id);
        }

        var found = await rows.OrderByDescending(v => v.Id).Take(page.Limit + 1).ToListAsync(ct);
        return found.Count <= page.Limit
            ? new Page<PluginVerdict>(found, null)
            : new Page<PluginVerdict>(found[..page.Limit], Cursor.Encode(new VerdictCursor(found[page.Limit - 1].Id)));
    }

    private async Task<IReadOnlyList<InstallationItem>> ItemsAsync(LoopaiDbContext db, IReadOnlyList<PluginInstallation> installations, CancellationToken ct)
    {
        var ids = installations.Select(i => i.Id).ToList();
        var health = await db.HealthAsync(ids, time.GetUtcNow() - Lately, ct);
        var tasks = await db.PluginAttachments.Where(a => ids.Contains(a.InstallationId)).GroupBy(a => a.InstallationId).Select(g => new { g.Key, Tasks = g.Select(a => a.TaskId).Distinct().Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Tasks, ct);
        var plugins = installations.Select(i => i.PluginId).ToList();
        var versions = await db.PluginVersions.AsNoTracking().Where(v => plugins.Contains(v.PluginId) && v.YankedAt == null).Select(v => new { v.PluginId, v.Version }).ToListAsync(ct);
        var current = installations.Select(i => i.VersionId).ToList();
        var manifests = await db.PluginVersions.Where(v => current.Contains(v.Id)).ToDictionaryAsync(v => v.Id, v => new { v.Manifest, v.YankReason }, ct);
        var deprecated = await db.Plugins.Where(p => plugins.Contains(p.Id) && p.DeprecatedAt != null).ToDictionaryAsync(p => p.Id, p => new { p.DeprecationMessage, p.Replacement }, ct);
        return
        [
            .. installations.Select(i => new InstallationItem(
                i, manifests.TryGetValue(i.VersionId, out var version) ? PluginManifest.Parse(version.Manifest) : null, tasks.GetValueOrDefault(i.Id),
                Newest(i, versions.Where(v => v.PluginId == i.PluginId).Select(v => v.Version)), [.. health[i.Id]],
                version?.YankReason, deprecated.GetValueOrDefault(i.PluginId)?.DeprecationMessage, deprecated.GetValueOrDefault(i.PluginId)?.Replacement)),
        ];
    }

    private static string? Newest(PluginInstallation installation, IEnumerable<string> versions)
    {
        var range = SemanticRange.Parse(installation.Range);
        var newest = versions.Select(SemanticVersion.Parse).Where(range.Satisfies).Max();
        return newest > SemanticVersion.Parse(installation.Version) ? newest.ToNormalizedString() : null;
    }

    private sealed record VerdictCursor(Guid Id);
}

/// <summary>Which verdicts are wanted; what is null does not count.</summary>
public sealed record VerdictFilter(Guid? InstallationId = null, Guid? TaskId = null, Guid? ExecutionId = null, VerdictKind? Verdict = null);
