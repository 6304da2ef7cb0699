using Loopai.Core.Plugins.Packages;

namespace Loopai.Core.Plugins.Resolving;

/// <summary>Says why no version of a plugin will do, with as few of those who ask for it as it takes.</summary>
internal static class ConflictWords
{
    private const int MostVersions = 5;

    public static string Of(string key, IReadOnlyList<WantedPlugin> asked, IReadOnlyList<PluginCandidate> usable, IReadOnlyList<PluginCandidate> all)
    {
        var wants = asked.DistinctBy(w => (w.AskedBy, w.Range.ToString())).OrderBy(w => w.AskedBy, StringComparer.Ordinal).ThenBy(w => w.Range.ToString(), StringComparer.Ordinal).ToList();
        if (all.Count == 0)
        {
            return $"{Needs(wants[0])}, and there is no such plugin here.";
        }

        if (wants.Find(w => !Fits(usable, [w])) is { } alone)
        {
            return Fits(all, [alone])
                ? $"{Needs(alone)}, and the versions that would do were yanked."
                : $"{Needs(alone)}, and there {(usable.Count == 1 ? "is" : "are")} only {Versions(usable.Count == 0 ? all : usable)}.";
        }

        var pair = (from a in wants from b in wants where wants.IndexOf(a) < wants.IndexOf(b) && !Fits(usable, [a, b]) select (a, b)).FirstOrDefault();
        return pair.a is null
            ? $"{string.Join(", ", wants.Select(Needs))}: no version of {key} does for all of them."
            : $"{Needs(pair.a)}, {Needs(pair.b)}.";
    }

    private static string Needs(WantedPlugin want) => $"{want.AskedBy} needs {want.Key} {want.Range}";

    private static bool Fits(IReadOnlyList<PluginCandidate> candidates, IReadOnlyList<WantedPlugin> wants) => candidates.Any(c => wants.All(w => w.Range.Satisfies(c.Version)));

    private static string Versions(IReadOnlyList<PluginCandidate> candidates)
    {
        var newest = candidates.Select(c => c.Version).OrderDescending().Take(MostVersions).Select(v => v.ToString());
        return string.Join(", ", newest) + (candidates.Count > MostVersions ? $" and {candidates.Count - MostVersions} older" : "");
    }
}
