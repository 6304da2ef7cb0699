using Loopai.Core.Plugins.Runtime;

namespace Loopai.Infrastructure.Sandbox.Plugins;

/// <summary>What stands in the plugin sandbox's place when the operator turned it off: no plugin runs.</summary>
public sealed class DisabledPluginSandbox : IPluginSandbox
{
    private const string Reason = "Plugins are turned off here, with Python and JavaScript programs. An operator turns them on with the setting Sandbox:Enabled.";

    private static readonly PluginAnswer Refusal = new(PluginCallStatus.Unavailable, null, Reason, TimeSpan.Zero, "");

    public string? Unavailable => Reason;

    public int MaxWorkers => 0;

    public bool IsWarm(PluginCode code) => false;

    public Task<PluginAnswer> WarmAsync(PluginCode code, CancellationToken ct) => Task.FromResult(Refusal);

    public Task<PluginAnswer> CallAsync(PluginCode code, PluginCall call, CancellationToken ct) => Task.FromResult(Refusal);
}
