namespace Loopai.Core.Plugins.Runtime;

/// <summary>Runs the hooks of plugins apart from the portal: no network but what the host asks for them, no disk, bounded time and memory.</summary>
public interface IPluginSandbox
{
    /// <summary>Why plugins cannot run here; null when they can.</summary>
    string? Unavailable { get; }

    /// <summary>How many workers there are at most, for all packages.</summary>
    int MaxWorkers { get; }

    /// <summary>Whether a worker has loaded the package and still lives, idle or at work.</summary>
    bool IsWarm(PluginCode code);

    /// <summary>Starts a worker of the package where there is none but room for one, and keeps one that there is from being stopped as idle. Does not wait for room, and takes
    /// it only from workers that nobody called for a while.</summary>
    Task<PluginAnswer> WarmAsync(PluginCode code, CancellationToken ct);

    /// <summary>Calls one hook in a warm worker of the package.</summary>
    /// <remarks>A worker answers one call after the other and keeps the plugin's globals between them; which worker answers, and when one is replaced,
    /// is not the plugin's to know. Whatever a plugin does ends in an answer, and so does a sandbox that is missing or too busy.</remarks>
    /// <param name="code">The package; workers are kept by its hash, its limits and for whom it runs.</param>
    /// <param name="call">The hook, its arguments, and the network that it gets.</param>
    /// <param name="ct">Ends the wait of this caller; a call that has begun goes on to its end, so that the worker stays warm.</param>
    Task<PluginAnswer> CallAsync(PluginCode code, PluginCall call, CancellationToken ct);
}
