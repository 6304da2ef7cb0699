using Loopai.Core.Data;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;
using Loopai.Core.Plugins.Resolving;
using Microsoft.EntityFrameworkCore;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Installations;

/// <summary>Chooses versions for all plugins of an organization together, from what it sees of the marketplace.</summary>
internal sealed class InstallationResolver
{
    private const string Us = "this organization";

    private readonly Dictionary<string, List<PluginCandidate>> _candidates = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, PluginManifest> _manifests = [];

    private InstallationResolver()
    {
    }

    /// <summary>The manifest of a version that was looked at.</summary>
    public PluginManifest ManifestOf(Guid versionId) => _manifests[versionId];

    /// <summary>Everything that could be chosen for these plugins and what they need.</summary>
    public static async Task<InstallationResolver> ReadAsync(LoopaiDbContext db, IEnumerable<string> keys, CancellationToken ct)
    {
        var resolver = new InstallationResolver();
        var wanted = keys.ToHashSet(StringComparer.Ordinal);
        while (wanted.Except(resolver._candidates.Keys, StringComparer.Ordinal).ToArray() is { Length: > 0 } unknown)
        {
            var rows = await db.PluginVersions.AsNoTracking()
                .Join(db.Plugins.Where(p => unknown.Contains(p.Key)), v => v.PluginId, p => p.Id, (v, p) => new { p.Key, v.Id, v.Manifest, IsYanked = v.YankedAt != null || p.RemovedAt != null })
                .ToListAsync(ct);
            foreach (var key in unknown)
            {
                resolver._candidates[key] = [.. rows.Where(r => r.Key == key).Select(r => resolver.Candidate(r.Key, r.Id, r.Manifest, r.IsYanked))];
            }

            wanted.UnionWith(resolver._candidates.Values.SelectMany(c => c).SelectMany(c => c.Dependencies.Keys));
        }

        return resolver;
    }

    public Resolution Resolve(IEnumerable<(string Key, SemanticRange Range)> wanted, IReadOnlyDictionary<string, SemanticVersion> locked) => PluginResolver.Resolve(
        [.. wanted.Select(w => new WantedPlugin(w.Key, w.Range, Us))], key => _candidates.TryGetValue(key, out var known) ? known : [], locked);

    /// <summary>The newest version that could be chosen by the range; null for none.</summary>
    public PluginCandidate? Newest(string key, SemanticRange range) =>
        _candidates.TryGetValue(key, out var known) ? known.Where(c => !c.IsYanked && range.Satisfies(c.Version)).MaxBy(c => c.Version) : null;

    /// <summary>What to follow where nobody says: all that is compatible with the newest release, or with the newest version where there is no release.</summary>
    public SemanticRange? Usual(string key) =>
        _candidates.TryGetValue(key, out var known) && known.Where(c => !c.IsYanked).OrderBy(c => c.Version.IsPrerelease).ThenByDescending(c => c.Version).FirstOrDefault() is { } newest
            ? SemanticRange.Parse("^" + newest.Version.ToNormalizedString())
            : null;

    /// <summary>What a plugin needs, and what that needs, at the chosen versions.</summary>
    public static IReadOnlyList<LockedPlugin> LockOf(PluginCandidate plugin, IReadOnlyDictionary<string, PluginCandidate> chosen)
    {
        var needed = new SortedDictionary<string, LockedPlugin>(StringComparer.Ordinal);
        Add(plugin);
        return [.. needed.Values];

        void Add(PluginCandidate of)
        {
            foreach (var dependency in of.Dependencies.Keys.Select(key => chosen[key]))
            {
                if (needed.TryAdd(dependency.Key, new LockedPlugin(dependency.Key, dependency.Version.ToNormalizedString(), dependency.VersionId)))
                {
                    Add(dependency);
                }
            }
        }
    }

    public PinnedPlugin Pinned(PluginCandidate candidate) => new(candidate.Key, candidate.Version, _manifests[candidate.VersionId].Capabilities);

    private PluginCandidate Candidate(string key, Guid versionId, string json, bool isYanked)
    {
        var manifest = _manifests[versionId] = PluginManifest.Parse(json);
        return new PluginCandidate(key, manifest.Version, versionId, manifest.Dependencies, isYanked);
    }
}
