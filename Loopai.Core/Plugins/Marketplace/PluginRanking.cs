using Loopai.Core.Plugins.Registry;

namespace Loopai.Core.Plugins.Marketplace;

/// <summary>Filters and sorts the marketplace. Pure, so that every place in a list can be explained and tested.</summary>
public static class PluginRanking
{
    /// <summary>Days after which freshness is down to a third.</summary>
    private const double FreshDays = 365;

    /// <param name="plugins">What the caller may see, with who publishes it.</param>
    /// <param name="filter">What they look for.</param>
    /// <param name="sort">In which order.</param>
    /// <param name="now">The moment.</param>
    public static IReadOnlyList<PluginItem> Rank(IReadOnlyCollection<(Plugin Plugin, Publisher Publisher)> plugins, PluginFilter filter, PluginSort sort, DateTimeOffset now)
    {
        var mean = ShrunkRating.Mean([.. plugins.Select(p => p.Plugin)]);
        var most = plugins.Select(p => p.Plugin.ActiveInstalls).DefaultIfEmpty().Max();
        var items = plugins.Where(p => Passes(p.Plugin, p.Publisher, filter))
            .Select(p => Item(p.Plugin, p.Publisher, TextMatch.Of(filter.Query, p.Plugin), mean, most, now))
            .Where(i => i.Explain.Text > 0 && (filter.MinRating is not { } least || i.Rating >= least));
        return
        [
            .. (sort switch
            {
                PluginSort.Installs => items.OrderByDescending(i => i.Plugin.Installs).ThenByDescending(i => i.Explain.Score),
                PluginSort.Rating => items.OrderByDescending(i => i.Rating ?? 0).ThenByDescending(i => i.Plugin.Ratings),
                PluginSort.Newest => items.OrderByDescending(i => i.Plugin.PublishedAt).ThenByDescending(i => i.Explain.Score),
                PluginSort.Relevance => items.OrderByDescending(i => i.Explain.Score).ThenByDescending(i => i.Plugin.Installs),
                _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, null),
            }).ThenBy(i => i.Plugin.Key, StringComparer.Ordinal),
        ];
    }

    internal static PluginItem Item(Plugin plugin, Publisher publisher, double text, double mean, int most, DateTimeOffset now)
    {
        var verified = publisher.IsVerified(now);
        var rating = ShrunkRating.Of(plugin.Stars, plugin.Ratings, mean);
        var explain = new RankExplanation(
            text, rating / 5, most == 0 ? 0 : Math.Log(1 + plugin.ActiveInstalls) / Math.Log(1 + most), Math.Exp(-Math.Max(0, (now - plugin.PublishedAt).TotalDays) / FreshDays),
            verified ? 1 : 0, plugin.DeprecatedAt is not null);
        return new PluginItem(plugin, publisher, verified, plugin.Ratings == 0 ? null : rating, explain);
    }

    private static bool Passes(Plugin plugin, Publisher publisher, PluginFilter filter) =>
        (filter.Kind is null || plugin.Kind == filter.Kind)
        && (string.IsNullOrEmpty(filter.Category) || plugin.Categories.Contains(filter.Category, StringComparer.Ordinal))
        && (string.IsNullOrEmpty(filter.Capability) || !plugin.Capabilities.Contains(filter.Capability, StringComparer.Ordinal))
        && (string.IsNullOrEmpty(filter.Publisher) || publisher.Name == filter.Publisher);
}
