using System.Collections.Concurrent;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Plugins.Packages;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>Keeps what plugins every organization uses in memory, and reads it again when the change feed tells of a change.</summary>
public sealed class PluginCatalog(LoopaiData data, PluginLoader loader)
{
    private readonly ConcurrentDictionary<Guid, OrganizationPlugins> _organizations = new();
    private long _forgotten;

    /// <summary>The organization's plugins; from memory on all but the first use.</summary>
    public ValueTask<OrganizationPlugins> OfAsync(Guid organizationId, CancellationToken ct) =>
        _organizations.TryGetValue(organizationId, out var known) ? ValueTask.FromResult(known) : new ValueTask<OrganizationPlugins>(LoadAsync(organizationId, ct));

    /// <summary>Forgets what a change made stale.</summary>
    public void Forget(Change change)
    {
        if (change.IsEverything)
        {
            Interlocked.Increment(ref _forgotten);
            _organizations.Clear();
        }
        else if (change.Table is "plugin_installations" or "plugin_attachments")
        {
            Forget(change.Id);
        }
    }

    /// <summary>Forgets an organization's at once, on the portal that changed them; others are notified.</summary>
    internal void Forget(Guid organizationId)
    {
        Interlocked.Increment(ref _forgotten);
        _organizations.TryRemove(organizationId, out _);
    }

    private async Task<OrganizationPlugins> LoadAsync(Guid organizationId, CancellationToken ct)
    {
        var forgotten = Interlocked.Read(ref _forgotten);
        await using var db = await data.OpenAsync(Caller.System(organizationId), ct);
        var installations = await db.PluginInstallations.AsNoTracking().Where(i => i.IsEnabled && i.QuarantinedAt == null).ToDictionaryAsync(i => i.Id, ct);
        var attachments = await db.PluginAttachments.AsNoTracking().Where(a => a.IsEnabled).OrderBy(a => a.Position).ThenBy(a => a.Id).ToListAsync(ct);
        var environments = await db.Environments.ToDictionaryAsync(e => e.Id, e => e.Key, ct);
        var plugins = new OrganizationPlugins(loader, installations, environments, attachments.FindAll(a => installations.ContainsKey(a.InstallationId)));
        _organizations[organizationId] = plugins;
        if (forgotten != Interlocked.Read(ref _forgotten))
        {
            // A change was told while this was read, perhaps of what was read.
            _organizations.TryRemove(organizationId, out _);
        }

        return plugins;
    }
}

/// <summary>The plugins of one organization that are to be called. Replaced as a whole when one of them changes.</summary>
public sealed class OrganizationPlugins
{
    private readonly ConcurrentDictionary<(Guid Installation, bool Staged), Lazy<Task<LivePlugin>>> _loaded = new();
    private readonly PluginLoader _loader;
    private readonly IReadOnlyDictionary<Guid, PluginInstallation> _installations;
    private readonly IReadOnlyDictionary<Guid, string> _environments;
    private readonly ILookup<Guid, PluginAttachment> _validators;
    private readonly ILookup<Guid, PluginAttachment> _samplers;

    internal OrganizationPlugins(
        PluginLoader loader, IReadOnlyDictionary<Guid, PluginInstallation> installations, IReadOnlyDictionary<Guid, string> environments, IReadOnlyList<PluginAttachment> attachments)
    {
        (_loader, _installations, _environments) = (loader, installations, environments);
        _validators = attachments.Where(a => installations[a.InstallationId].Kind == PluginKind.Validator).ToLookup(a => a.TaskId);
        _samplers = attachments.Where(a => installations[a.InstallationId].Kind == PluginKind.Sampler).ToLookup(a => a.TaskId);
    }

    /// <summary>The short name of an environment.</summary>
    public string EnvironmentOf(Guid environmentId) => _environments.GetValueOrDefault(environmentId, "");

    /// <summary>The key of an installation that is to be called.</summary>
    public string KeyOf(Guid installationId) => _installations[installationId].Key;

    /// <summary>The version of an installation that is to be called, but for those that are only being tried.</summary>
    public string VersionOf(Guid installationId) => _installations.TryGetValue(installationId, out var installation) ? installation.Version : "";

    /// <summary>The installations that sample for any task.</summary>
    public IEnumerable<Guid> Samplers => _samplers.SelectMany(task => task).Select(a => a.InstallationId).Distinct();

    /// <summary>The validators of a task in an environment, in their order.</summary>
    public IEnumerable<PluginAttachment> ValidatorsOf(Guid taskId, Guid environmentId) =>
        _validators[taskId].Where(a => a.EnvironmentId is null || a.EnvironmentId == environmentId);

    /// <summary>The sampler of a task in an environment; null for none.</summary>
    public PluginAttachment? SamplerOf(Guid taskId, Guid environmentId) =>
        _samplers[taskId].FirstOrDefault(a => a.EnvironmentId is null || a.EnvironmentId == environmentId);

    /// <summary>The plugin at the version that this call goes to; null when it is not to be called.</summary>
    /// <param name="installationId">The installation.</param>
    /// <param name="isLeftAlone">Whether a version that is tried is left alone now, so that the one before answers in its place.</param>
    /// <exception cref="PluginBrokenException">It cannot be run.</exception>
    public async ValueTask<LivePlugin?> FindAsync(Guid installationId, Func<Guid, string, bool> isLeftAlone)
    {
        if (!_installations.TryGetValue(installationId, out var installation))
        {
            return null;
        }

        return await LoadAsync(installation, installation.StagedVersion is { } staged && Random.Shared.NextDouble() < installation.StagedShare && !isLeftAlone(installationId, staged));
    }

    /// <summary>The plugin at each version that calls go to.</summary>
    /// <exception cref="PluginBrokenException">It cannot be run.</exception>
    internal async Task<IReadOnlyList<LivePlugin>> FindAllAsync(Guid installationId)
    {
        var found = new List<LivePlugin>();
        if (_installations.TryGetValue(installationId, out var installation))
        {
            found.Add(await LoadAsync(installation, staged: false));
            if (installation.StagedVersionId is not null)
            {
                found.Add(await LoadAsync(installation, staged: true));
            }
        }

        return found;
    }

    private async Task<LivePlugin> LoadAsync(PluginInstallation installation, bool staged)
    {
        var loading = _loaded.GetOrAdd((installation.Id, staged), key => new Lazy<Task<LivePlugin>>(() => _loader.LoadAsync(installation, key.Staged, CancellationToken.None)));
        try
        {
            return await loading.Value;
        }
        catch (Exception e) when (e is not PluginBrokenException)
        {
            // The database was away: the next call tries again.
            _loaded.TryRemove(KeyValuePair.Create((installation.Id, staged), loading));
            throw;
        }
    }
}
