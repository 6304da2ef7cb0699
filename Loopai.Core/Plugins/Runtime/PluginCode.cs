using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>What a worker needs of a package in order to run it.</summary>
/// <param name="Sha256">Of the package's bytes.</param>
/// <param name="Language">What it is written in; its dependencies are written in the same.</param>
/// <param name="Entry">The path of the file with the hook.</param>
/// <param name="Files">What it can read, by path.</param>
/// <param name="Dependencies">What it can ask for with <c>loopai.require</c>, by key.</param>
/// <param name="Limits">What one call may take; those of dependencies count for nothing.</param>
public sealed record PluginCode(
    string Sha256, PluginLanguage Language, string Entry, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files,
    IReadOnlyDictionary<string, PluginCode> Dependencies, PluginLimits Limits)
{
    /// <summary>For whom it runs: a worker keeps the plugin's globals between calls, so workers are never shared between two of these.</summary>
    public string Isolation { get; init; } = "";
}

/// <param name="Time">How long a call may take, with what it waits for the network.</param>
/// <param name="MemoryMb">What a worker may allocate.</param>
public sealed record PluginLimits(TimeSpan Time, int MemoryMb);
