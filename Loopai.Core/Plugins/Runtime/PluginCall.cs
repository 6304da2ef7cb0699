using System.Text.Json.Nodes;

namespace Loopai.Core.Plugins.Runtime;

/// <param name="Hook"><c>validate</c>, <c>sample</c> or <c>handle</c>.</param>
/// <param name="Arguments">By name: <c>execution</c>, <c>state</c>, <c>event</c>, <c>config</c>.</param>
/// <param name="Network">What <c>loopai.fetch</c> leads to.</param>
public sealed record PluginCall(string Hook, JsonObject Arguments, IPluginNetwork Network)
{
    /// <summary>How many requests one call can make.</summary>
    public const int MaxRequests = 10;

    /// <summary>The largest request, and the largest answer that is handed on.</summary>
    public const int MaxRequestBytes = 256 * 1024;
}

/// <summary>How a call ended.</summary>
public enum PluginCallStatus
{
    Answered,

    /// <summary>The plugin raised an error, ended itself, or answered what JSON cannot express.</summary>
    Failed,

    TimedOut,

    OutOfMemory,

    /// <summary>The plugin was not asked, through no fault of its own.</summary>
    Unavailable,
}

/// <param name="Status">How the call ended.</param>
/// <param name="Value">What the hook returned.</param>
/// <param name="Error">What went wrong, in words that the plugin's author can act on.</param>
/// <param name="Elapsed">With the wait for a worker.</param>
/// <param name="Printed">The end of what the plugin printed.</param>
public sealed record PluginAnswer(PluginCallStatus Status, JsonNode? Value, string? Error, TimeSpan Elapsed, string Printed);
