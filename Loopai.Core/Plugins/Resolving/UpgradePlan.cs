using Loopai.Core.Plugins.Packages;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Resolving;

/// <param name="Key">The plugin.</param>
/// <param name="Version">Its version.</param>
/// <param name="Capabilities">What that may.</param>
public sealed record PinnedPlugin(string Key, SemanticVersion Version, PluginCapabilities Capabilities);

/// <param name="Key">The plugin.</param>
/// <param name="From">The version it has.</param>
/// <param name="To">The version it gets, newer or older.</param>
public sealed record PluginMove(string Key, SemanticVersion From, SemanticVersion To)
{
    public bool IsUpgrade => To > From;

    /// <summary>Whether its author says by the number that it works differently: another major version, or another minor one before 1.0.</summary>
    public bool MayBreak => From.Major != To.Major || (From.Major == 0 && From.Minor != To.Minor);
}

/// <summary>A plugin that may more than before, or is new and may something: somebody has to agree.</summary>
/// <param name="Key">The plugin.</param>
/// <param name="Version">The version that asks for it.</param>
/// <param name="Widened">What it may more, in words.</param>
public sealed record CapabilityChange(string Key, SemanticVersion Version, IReadOnlyList<string> Widened);

/// <summary>What a new resolution changes of what is locked, before anybody agrees to it.</summary>
/// <param name="Added">Plugins that come in.</param>
/// <param name="Removed">Plugins that nothing needs any more.</param>
/// <param name="Moved">Plugins that get another version.</param>
/// <param name="Capabilities">What is widened.</param>
public sealed record UpgradePlan(
    IReadOnlyList<PinnedPlugin> Added, IReadOnlyList<PinnedPlugin> Removed, IReadOnlyList<PluginMove> Moved, IReadOnlyList<CapabilityChange> Capabilities)
{
    private static readonly PluginCapabilities Nothing = new() { TimeoutMs = int.MaxValue, MemoryMb = int.MaxValue };

    public bool IsEmpty => Added.Count + Removed.Count + Moved.Count == 0;

    /// <summary>Whether it may be carried out without asking anybody.</summary>
    public bool NeedsConsent => Capabilities.Count > 0;

    /// <param name="locked">What there is.</param>
    /// <param name="next">What there is to be.</param>
    public static UpgradePlan Between(IReadOnlyCollection<PinnedPlugin> locked, IReadOnlyCollection<PinnedPlugin> next)
    {
        var (before, after) = (locked.ToDictionary(p => p.Key, StringComparer.Ordinal), next.ToDictionary(p => p.Key, StringComparer.Ordinal));
        var moved = Sorted(next).Where(p => before.TryGetValue(p.Key, out var old) && !old.Version.Equals(p.Version)).Select(p => new PluginMove(p.Key, before[p.Key].Version, p.Version));
        var widened = Sorted(next).Select(p => new CapabilityChange(
            p.Key, p.Version, CapabilityWords.Widened(before.TryGetValue(p.Key, out var old) ? old.Capabilities : Nothing, p.Capabilities)));
        return new UpgradePlan(
            [.. Sorted(next).Where(p => !before.ContainsKey(p.Key))], [.. Sorted(locked).Where(p => !after.ContainsKey(p.Key))], [.. moved], [.. widened.Where(c => c.Widened.Count > 0)]);
    }

    private static IEnumerable<PinnedPlugin> Sorted(IEnumerable<PinnedPlugin> plugins) => plugins.OrderBy(p => p.Key, StringComparer.Ordinal);
}
