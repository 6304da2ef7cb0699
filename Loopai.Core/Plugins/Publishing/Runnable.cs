using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Runtime;

namespace Loopai.Core.Plugins.Publishing;

/// <summary>How a package is run while it is looked at: by itself, in the way it will run where it is installed.</summary>
internal static class Runnable
{
    public static PluginCode Of(PluginPackage package, IReadOnlyDictionary<string, PluginPackage> dependencies) =>
        Of(package, dependencies, new Dictionary<string, PluginCode>(StringComparer.Ordinal), [package.Manifest.Id.Key]);

    /// <summary>Each package is made once, in however many ways it is needed.</summary>
    private static PluginCode Of(PluginPackage package, IReadOnlyDictionary<string, PluginPackage> dependencies, Dictionary<string, PluginCode> made, IReadOnlyList<string> above)
    {
        var needed = new Dictionary<string, PluginCode>(StringComparer.Ordinal);
        foreach (var key in package.Manifest.Dependencies.Keys.Where(key => dependencies.ContainsKey(key) && !above.Contains(key, StringComparer.Ordinal)))
        {
            needed[key] = made.TryGetValue(key, out var known) ? known : made[key] = Of(dependencies[key], dependencies, made, [.. above, key]);
        }

        var capabilities = package.Manifest.Capabilities;
        return new PluginCode(
            package.Sha256, package.Manifest.Language, package.Manifest.Entry, package.Files, needed, new PluginLimits(TimeSpan.FromMilliseconds(capabilities.TimeoutMs), capabilities.MemoryMb))
        {
            Isolation = "publishing",
        };
    }
}
