using System.Diagnostics.Metrics;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>What an operator watches of plugins. Nothing in it names a tenant, or a plugin.</summary>
internal static class PluginMetrics
{
    private static readonly Meter Meter = new("Loopai");

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("loopai.plugins.failures", "{call}", "Calls of plugins that came to nothing, whatever the reason.");

    private static readonly Counter<long> Executions = Meter.CreateCounter<long>(
        "loopai.plugins.dropped", "{execution}", "Executions that a validator did not see: too many waited, or it failed again and again and is left alone.");

    private static readonly UpDownCounter<long> Queue = Meter.CreateUpDownCounter<long>("loopai.plugins.waiting", "{execution}", "Executions that wait for a validator.");

    private static readonly Counter<long> Quarantines = Meter.CreateCounter<long>("loopai.plugins.quarantined", "{plugin}", "Plugins that were put in quarantine.");

    public static void Failed() => Failures.Add(1);

    public static void DroppedFromQueue() => Executions.Add(1, new KeyValuePair<string, object?>("reason", "queue"));

    public static void DroppedByPause() => Executions.Add(1, new KeyValuePair<string, object?>("reason", "pause"));

    public static void Waits() => Queue.Add(1);

    public static void WaitsNoMore() => Queue.Add(-1);

    public static void Quarantined() => Quarantines.Add(1);
}
