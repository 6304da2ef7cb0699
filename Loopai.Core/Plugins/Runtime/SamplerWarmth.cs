using System.Collections.Concurrent;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>
/// Keeps a worker of every sampler that is attached ready, from the start of the portal on and however seldom the task is executed: a sampler is asked in the caller's way,
/// and starting its worker takes longer than it may.
/// </summary>
public sealed class SamplerWarmth(LoopaiData data, PluginCatalog catalog, PluginRunner runner, TimeProvider time, ILogger<SamplerWarmth> log)
    : PeriodicWorker(TimeSpan.FromSeconds(10), time, log)
{
    private readonly ConcurrentDictionary<(Guid Installation, string Version), bool> _starting = new();

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        foreach (var organization in await OrganizationsAsync(ct))
        {
            var plugins = await catalog.OfAsync(organization, ct);
            foreach (var installation in plugins.Samplers)
            {
                await WarmAsync(plugins, installation, ct);
            }
        }
    }

    /// <summary>An execution found no worker: one is started beside it, at once. Never waits.</summary>
    internal void Wanted(LivePlugin plugin)
    {
        if (_starting.TryAdd((plugin.InstallationId, plugin.Version), true))
        {
            _ = Task.Run(() => StartAsync(plugin));
        }
    }

    private async Task StartAsync(LivePlugin plugin)
    {
        try
        {
            await runner.WarmAsync(plugin, CancellationToken.None);
        }
        catch (Exception e)
        {
            log.LogInformation(e, "No worker could be started for the sampler {Plugin}", plugin.Key);
        }
        finally
        {
            _starting.TryRemove((plugin.InstallationId, plugin.Version), out _);
        }
    }

    private async Task WarmAsync(OrganizationPlugins plugins, Guid installation, CancellationToken ct)
    {
        try
        {
            foreach (var plugin in await plugins.FindAllAsync(installation))
            {
                await runner.WarmAsync(plugin, ct);
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogInformation(e, "No worker could be started for the sampler {Plugin}", plugins.KeyOf(installation));
        }
    }

    private async Task<List<Guid>> OrganizationsAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.PluginInstallations.Where(i => i.Kind == PluginKind.Sampler && i.IsEnabled && i.QuarantinedAt == null && db.PluginAttachments.Any(a => a.InstallationId == i.Id && a.IsEnabled))
            .Select(i => i.OrganizationId).Distinct().ToListAsync(ct);
    }
}
