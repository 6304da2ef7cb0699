using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Loopai.Core.Outbound;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>Calls installed plugins: within what they declared, counted, and no more where they fail again and again.</summary>
public sealed class PluginRunner(IPluginSandbox sandbox, OutboundHttp outbound, PluginHealthBook health, PluginQuarantine quarantine, TimeProvider time, ILogger<PluginRunner> log)
{
    private readonly ConcurrentDictionary<(Guid Installation, string Version), PluginBreaker> _breakers = new();

    /// <summary>Why no plugin runs here; null when they do.</summary>
    public string? Unavailable => sandbox.Unavailable;

    /// <summary>The plugin at the version that this call goes to; null when it is not to be called. While a version that is tried is left alone, the one before answers.</summary>
    /// <exception cref="PluginBrokenException">It cannot be run.</exception>
    public ValueTask<LivePlugin?> FindAsync(OrganizationPlugins plugins, Guid installationId) =>
        plugins.FindAsync(installationId, (installation, version) => _breakers.TryGetValue((installation, version), out var breaker) && breaker.IsPaused(time.GetUtcNow()));

    /// <summary>Calls a hook; never throws but for the end of the wait. Null when the plugin is left alone for a while.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="hook">The hook.</param>
    /// <param name="arguments">Its arguments, but for <c>config</c>, which is added.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<PluginAnswer?> CallAsync(LivePlugin plugin, string hook, JsonObject arguments, CancellationToken ct)
    {
        var breaker = BreakerOf(plugin);
        if (!breaker.MayCall(time.GetUtcNow()))
        {
            return null;
        }

        arguments["config"] = plugin.Configuration.DeepClone();
        var answer = await sandbox.CallAsync(plugin.Code, new PluginCall(hook, arguments, new PluginNetwork(outbound, plugin.Capabilities.AllowsHost)), ct);
        health.Note(plugin, answer);
        return answer with { Error = plugin.Secrets.In(answer.Error), Printed = plugin.Secrets.In(answer.Printed) };
    }

    /// <summary>Whether a call would find a worker that has loaded the plugin.</summary>
    public bool IsWarm(LivePlugin plugin) => sandbox.IsWarm(plugin.Code);

    /// <summary>Starts a worker for calls to come, unless the plugin is left alone; the call that goes ahead after that is a real one's. What cannot be loaded counts as a call that failed.</summary>
    /// <returns>Why there is no room for a worker; null otherwise.</returns>
    public async Task<string?> WarmAsync(LivePlugin plugin, CancellationToken ct)
    {
        if (BreakerOf(plugin).IsPaused(time.GetUtcNow()))
        {
            return null;
        }

        var answer = await sandbox.WarmAsync(plugin.Code, ct);
        if (answer.Status == PluginCallStatus.Unavailable)
        {
            return answer.Error;
        }

        if (answer.Status != PluginCallStatus.Answered)
        {
            // What starting takes says nothing of how long calls take.
            health.Note(plugin, answer with { Elapsed = TimeSpan.Zero });
            await NoteAsync(plugin, plugin.Secrets.In(answer.Error), ct);
        }

        return null;
    }

    /// <summary>The answer came too late for who asked, so that the plugin is left alone for a while; it is no reason to stop it for good, for the machine may be slow.</summary>
    public void NoteLate(LivePlugin plugin, TimeSpan waited, string error)
    {
        health.Note(plugin, new PluginAnswer(PluginCallStatus.TimedOut, null, error, waited, ""));
        health.Failed(plugin, error);
        BreakerOf(plugin).Late(time.GetUtcNow());
    }

    /// <summary>Says whether an answer was worth something, which only who asked can tell. After too many that were not, the plugin is called no more.</summary>
    public async Task NoteAsync(LivePlugin plugin, string? error, CancellationToken ct)
    {
        var breaker = BreakerOf(plugin);
        if (error is null)
        {
            breaker.Succeeded();
            return;
        }

        health.Failed(plugin, error);
        if (!breaker.Failed(time.GetUtcNow()))
        {
            return;
        }

        log.LogWarning("The plugin {Plugin} of organization {Organization} failed {Failures} times in a row and is called no more", plugin.Key, plugin.OrganizationId, PluginBreaker.QuarantinesAt);
        await quarantine.PutAsync(plugin, error, ct);
        _breakers.TryRemove((plugin.InstallationId, plugin.Version), out _);
    }

    private PluginBreaker BreakerOf(LivePlugin plugin) => _breakers.GetOrAdd((plugin.InstallationId, plugin.Version), _ => new PluginBreaker());
}
