using System.Collections.Immutable;
using Loopai.Core.Plugins.Packages;
using NuGet.Versioning;

namespace Loopai.Core.Plugins.Resolving;

/// <param name="Key">The plugin.</param>
/// <param name="Range">Which versions will do.</param>
/// <param name="AskedBy">Who wants it, in words: <c>this organization</c>, <c>acme.guard 2.1.0</c>.</param>
public sealed record WantedPlugin(string Key, SemanticRange Range, string AskedBy);

/// <param name="Key">The plugin.</param>
/// <param name="Version">Its version.</param>
/// <param name="VersionId">Its row.</param>
/// <param name="Dependencies">What it needs itself, by key.</param>
/// <param name="IsYanked">Whether only those who have it already keep it.</param>
public sealed record PluginCandidate(string Key, SemanticVersion Version, Guid VersionId, IReadOnlyDictionary<string, SemanticRange> Dependencies, bool IsYanked)
{
    public override string ToString() => $"{Key} {Version}";
}

/// <param name="Chosen">One version of every plugin that is wanted or needed, by key; empty where there is no solution.</param>
/// <param name="Conflicts">Why there is none, in words.</param>
public sealed record Resolution(IReadOnlyDictionary<string, PluginCandidate> Chosen, IReadOnlyList<string> Conflicts)
{
    public bool IsSolved => Conflicts.Count == 0;
}

/// <summary>
/// Chooses one version of every plugin so that all ranges hold: what is locked stays where it can, the newest is taken otherwise, and a choice that leads nowhere is
/// taken back. Pure, and the same for the same question in whatever order it is put.
/// </summary>
public static class PluginResolver
{
    /// <summary>Choices that are tried: far more than real dependencies take, and few enough to be done at once.</summary>
    private const int MaxSteps = 20_000;

    public static Resolution Resolve(
        IReadOnlyList<WantedPlugin> wanted, Func<string, IReadOnlyList<PluginCandidate>> candidates, IReadOnlyDictionary<string, SemanticVersion> locked) =>
        new Search(candidates, locked).Run(wanted);

    private sealed class Search(Func<string, IReadOnlyList<PluginCandidate>> candidates, IReadOnlyDictionary<string, SemanticVersion> locked)
    {
        private readonly Dictionary<string, IReadOnlyList<PluginCandidate>> _known = new(StringComparer.Ordinal);
        private string? _conflict;
        private int _steps;

        public Resolution Run(IReadOnlyList<WantedPlugin> wanted)
        {
            var asked = ImmutableSortedDictionary.Create<string, ImmutableList<WantedPlugin>>(StringComparer.Ordinal);
            foreach (var want in wanted)
            {
                asked = Ask(asked, want);
            }

            var chosen = Choose(asked, ImmutableSortedDictionary.Create<string, PluginCandidate>(StringComparer.Ordinal));
            return chosen is not null
                ? new Resolution(chosen, [])
                : new Resolution(
                    ImmutableSortedDictionary<string, PluginCandidate>.Empty, [_steps > MaxSteps ? $"After {MaxSteps} combinations of versions none fits. {_conflict}" : _conflict!]);
        }

        private ImmutableSortedDictionary<string, PluginCandidate>? Choose(
            ImmutableSortedDictionary<string, ImmutableList<WantedPlugin>> asked, ImmutableSortedDictionary<string, PluginCandidate> chosen)
        {
            if (asked.Keys.FirstOrDefault(key => !chosen.ContainsKey(key)) is not { } next)
            {
                return chosen;
            }

            var fitting = Of(next).Where(c => asked[next].TrueForAll(w => w.Range.Satisfies(c.Version))).ToList();
            if (fitting.Count == 0)
            {
                // The first dead end is on the way that would have been best, and so says most.
                _conflict ??= ConflictWords.Of(next, asked[next], Of(next), candidates(next));
            }

            foreach (var candidate in fitting)
            {
                if (++_steps > MaxSteps)
                {
                    return null;
                }

                var more = candidate.Dependencies.OrderBy(d => d.Key, StringComparer.Ordinal)
                    .Aggregate(asked, (all, dependency) => Ask(all, new WantedPlugin(dependency.Key, dependency.Value, candidate.ToString())));
                var with = chosen.Add(next, candidate);
                var broken = candidate.Dependencies.Keys.Order(StringComparer.Ordinal)
                    .FirstOrDefault(key => with.TryGetValue(key, out var there) && !candidate.Dependencies[key].Satisfies(there.Version));
                if (broken is not null)
                {
                    _conflict ??= ConflictWords.Of(broken, more[broken], Of(broken), candidates(broken));
                }
                else if (Choose(more, with) is { } solution)
                {
                    return solution;
                }
            }

            return null;
        }

        /// <summary>What may be chosen of a plugin, what is preferred first.</summary>
        private IReadOnlyList<PluginCandidate> Of(string key)
        {
            if (!_known.TryGetValue(key, out var known))
            {
                var kept = locked.GetValueOrDefault(key);
                _known[key] = known =
                [
                    .. candidates(key).Where(c => !c.IsYanked || c.Version.Equals(kept)).OrderByDescending(c => c.Version.Equals(kept)).ThenByDescending(c => c.Version),
                ];
            }

            return known;
        }

        private static ImmutableSortedDictionary<string, ImmutableList<WantedPlugin>> Ask(ImmutableSortedDictionary<string, ImmutableList<WantedPlugin>> asked, WantedPlugin want) =>
            asked.SetItem(want.Key, (asked.TryGetValue(want.Key, out var others) ? others : []).Add(want));
    }
}
