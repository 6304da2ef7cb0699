using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Resolving;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Installations;

/// <summary>What installing or upgrading one plugin means for all of them. Pure.</summary>
internal static class InstallationChoice
{
    /// <param name="resolver">What there is to choose from.</param>
    /// <param name="installed">What there is.</param>
    /// <param name="key">The plugin in question.</param>
    /// <param name="range">Which versions of it will do.</param>
    /// <param name="keep">Of an upgrade: the installation that moves; its version and dependencies are chosen anew.</param>
    public static (InstallationPlan Plan, PluginCandidate? Choice, IReadOnlyList<LockedPlugin> Lock) Of(
        InstallationResolver resolver, IReadOnlyList<PluginInstallation> installed, string key, SemanticRange range, PluginInstallation? keep)
    {
        var others = installed.Where(i => i != keep).ToList();
        var locked = new Dictionary<string, SemanticVersion>(StringComparer.Ordinal);
        foreach (var other in others)
        {
            locked[other.Key] = SemanticVersion.Parse(other.Version);
            other.Lock.ToList().ForEach(d => locked[d.Key] = SemanticVersion.Parse(d.Version));
        }

        // What others have stays as it is: a plugin changes when somebody upgrades it, and not because another one came.
        var wanted = others.Select(o => (o.Key, Range: SemanticRange.Parse(o.Version))).Append((key, range));
        var resolution = resolver.Resolve(wanted, locked);
        if (!resolution.IsSolved || !resolution.Chosen.TryGetValue(key, out var choice))
        {
            return (new InstallationPlan(key, range.ToString(), null, null, null, resolution.Conflicts), null, []);
        }

        var dependencies = InstallationResolver.LockOf(choice, resolution.Chosen);
        if (dependencies.Count > PackageLimits.MaxDependencies)
        {
            return (new InstallationPlan(key, range.ToString(), null, null, null, [$"{choice} needs {dependencies.Count} other plugins; at most {PackageLimits.MaxDependencies} are allowed."]), null, []);
        }

        var after = resolution.Chosen.Values.Select(resolver.Pinned).ToList();
        var keptKeys = locked.Keys.ToHashSet(StringComparer.Ordinal);
        var before = after.Where(p => keptKeys.Contains(p.Key) && locked[p.Key].Equals(p.Version)).ToList();
        if (keep is not null)
        {
            before.RemoveAll(p => p.Key == key);
            before.Add(new PinnedPlugin(key, SemanticVersion.Parse(keep.Version), resolver.ManifestOf(keep.VersionId).Capabilities));
            before.AddRange(keep.Lock.Where(d => before.TrueForAll(p => p.Key != d.Key))
                .Select(d => new PinnedPlugin(d.Key, SemanticVersion.Parse(d.Version), resolver.ManifestOf(d.VersionId).Capabilities)));
        }

        var plan = new InstallationPlan(
            key, range.ToString(), choice.Version.ToNormalizedString(), resolver.ManifestOf(choice.VersionId), UpgradePlan.Between(before, after), []);
        return (plan, choice, dependencies);
    }
}
