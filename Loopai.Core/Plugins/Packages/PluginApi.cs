using NuGet.Versioning;

namespace Loopai.Core.Plugins.Packages;

/// <summary>The hooks and helpers that this portal offers to plugins, as one version. A package names the versions it works with.</summary>
public static class PluginApi
{
    public static SemanticVersion Version { get; } = new(1, 0, 0);
}
