using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Runtime;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>Answers as a test says, without a process.</summary>
internal sealed class ScriptedSandbox : IPluginSandbox
{
    private readonly Dictionary<string, Func<PluginCall, CancellationToken, Task<PluginAnswer>>> _scripts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _warmed = new();

    public string? Unavailable => null;

    public int MaxWorkers { get; init; } = 8;

    public bool Warm { get; set; } = true;

    public int Warmed => _warmed.Count;

    /// <summary>For whom a worker was started or kept.</summary>
    public IEnumerable<string> WarmedSources => _warmed;

    /// <summary>What starting a worker comes to.</summary>
    public PluginAnswer Started { get; set; } = Said("null");

    /// <summary>What comes back where the source has this marker.</summary>
    public ScriptedSandbox On(string marker, Func<PluginCall, CancellationToken, Task<PluginAnswer>> answer)
    {
        _scripts[marker] = answer;
        return this;
    }

    public bool IsWarm(PluginCode code) => Warm;

    public Task<PluginAnswer> WarmAsync(PluginCode code, CancellationToken ct)
    {
        Warm = true;
        _warmed.Enqueue(SourceOf(code));
        return Task.FromResult(Started);
    }

    public Task<PluginAnswer> CallAsync(PluginCode code, PluginCall call, CancellationToken ct)
    {
        var source = SourceOf(code);
        return _scripts.First(s => source.Contains(s.Key, StringComparison.Ordinal)).Value(call, ct);
    }

    public static PluginAnswer Said(string value) => new(PluginCallStatus.Answered, JsonNode.Parse(value), null, TimeSpan.FromMilliseconds(1), "");

    public static PluginAnswer Failed(string error) => new(PluginCallStatus.Failed, null, error, TimeSpan.FromMilliseconds(1), "");

    public static async Task<PluginAnswer> NeverAsync(CancellationToken ct)
    {
        await Task.Delay(Timeout.Infinite, ct);
        throw new InvalidOperationException();
    }

    private static string SourceOf(PluginCode code) => Encoding.UTF8.GetString(code.Files[code.Entry].Span);
}
