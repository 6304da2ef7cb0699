using System.Collections.Concurrent;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>
/// Keeps workers of the samplers that are attached ready, from the start of the portal on and however seldom the task is executed: a sampler is asked in the caller's way,
/// and starting its worker takes longer than it may. Half of the workers are kept so at most, of one organization half of these; samplers beyond that get one when they are wanted.
/// </summary>
public sealed class SamplerWarmth(LoopaiData data, PluginCatalog catalog, IPluginSandbox sandbox, PluginRunner runner, TimeProvider time, ILogger<SamplerWarmth> log)
    : PeriodicWorker(TimeSpan.FromSeconds(10), time, log)
{
    /// <summary>How many are started at once; a package that loads slowly does not hold up the others.</summary>
    private const int AtOnce = 4;

    private readonly ConcurrentDictionary<(Guid Installation, string Version), bool> _starting = new();

    /// <summary>Those without a worker of their own after the last round; the log was told of them.</summary>
    private HashSet<Guid> _cold = [];

    private int Kept => (sandbox.MaxWorkers + 1) / 2;

    private int KeptEach => Math.Max(1, Kept / 2);

    public override async Task RunOnceAsync(CancellationToken ct)
    {
        var cold = new ConcurrentDictionary<Guid, (string Plugin, string Reason)>();
        await Parallel.ForEachAsync(
            await ChosenAsync(cold, ct), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (plugin, stop) => await WarmAsync(plugin, cold, stop));
        foreach (var (installation, (plugin, reason)) in cold.Where(c => !_cold.Contains(c.Key)))
        {
            log.LogInformation("No worker is kept ready for the sampler {Plugin} ({Installation}): {Reason}", plugin, installation, reason);
        }

        _cold = [.. cold.Keys];
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
        await TryAsync(plugin.Key, () => runner.WarmAsync(plugin, CancellationToken.None), CancellationToken.None);
        _starting.TryRemove((plugin.InstallationId, plugin.Version), out _);
    }

    /// <summary>Whose workers are kept: every organization's first sampler, then every one's second, always in the same order, so that they do not put each other out.</summary>
    private async Task<List<LivePlugin>> ChosenAsync(ConcurrentDictionary<Guid, (string Plugin, string Reason)> cold, CancellationToken ct)
    {
        var samplers = new List<(int Turn, Guid Organization, OrganizationPlugins Plugins, Guid Installation)>();
        foreach (var organization in await OrganizationsAsync(ct))
        {
            var plugins = await catalog.OfAsync(organization, ct);
            samplers.AddRange(plugins.Samplers.Select((installation, turn) => (turn, organization, plugins, installation)));
        }

        var chosen = new List<LivePlugin>();
        foreach (var (_, organization, plugins, installation) in samplers.OrderBy(s => s.Turn))
        {
            var room = Math.Min(Kept - chosen.Count, KeptEach - chosen.Count(p => p.OrganizationId == organization));
            if (room > 0)
            {
                chosen.AddRange((await TryAsync(plugins.KeyOf(installation), () => plugins.FindAllAsync(installation), ct) ?? []).Take(room));
            }
            else
            {
                cold[installation] = (plugins.KeyOf(installation), $"of the {sandbox.MaxWorkers} workers of plugins, {Kept} are for samplers, of one organization {KeptEach}");
            }
        }

        return chosen;
    }

    private async Task WarmAsync(LivePlugin plugin, ConcurrentDictionary<Guid, (string Plugin, string Reason)> cold, CancellationToken ct)
    {
        if (await TryAsync(plugin.Key, () => runner.WarmAsync(plugin, ct), ct) is { } reason)
        {
            cold[plugin.InstallationId] = (plugin.Key, reason);
        }
    }

    /// <summary>Null when it failed, which costs this sampler its worker, and no other.</summary>
    private async Task<T?> TryAsync<T>(string sampler, Func<Task<T>> work, CancellationToken ct)
        where T : class?
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogInformation(e, "No worker could be started for the sampler {Plugin}", sampler);
            return null;
        }
    }

    private async Task<List<Guid>> OrganizationsAsync(CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.PluginInstallations.Where(i => i.Kind == PluginKind.Sampler && i.IsEnabled && i.QuarantinedAt == null && db.PluginAttachments.Any(a => a.InstallationId == i.Id && a.IsEnabled))
            .Select(i => i.OrganizationId).Distinct().OrderBy(id => id).ToListAsync(ct);
    }
}
