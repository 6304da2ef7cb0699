using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;

namespace Loopai.Core.Plugins.Marketplace;

/// <param name="Query">Words to look for; null or empty for all.</param>
/// <param name="Kind">Only these.</param>
/// <param name="Category">Only those in it.</param>
/// <param name="Capability">Only those that do <em>not</em> ask for it, as <c>network</c>: what people filter for is what a plugin may not.</param>
/// <param name="MinRating">Only those rated at least so, as the rating is shown.</param>
/// <param name="Publisher">Only this publisher's.</param>
/// <param name="Own">Only those of the caller's organization.</param>
public sealed record PluginFilter(
    string? Query = null, PluginKind? Kind = null, string? Category = null, string? Capability = null, double? MinRating = null, string? Publisher = null, bool Own = false);

/// <summary>By what a list of plugins is sorted.</summary>
public enum PluginSort
{
    Relevance,
    Installs,
    Rating,
    Newest,
}

/// <summary>Why a plugin stands where it does. Each part is 0 to 1; the score is computed from them and nothing else.</summary>
/// <param name="Text">How well it fits the words; 1 without any.</param>
/// <param name="Rating">Its rating, drawn towards the mean, as part of 5.</param>
/// <param name="Use">How many organizations use it, beside the most used one, on a scale of logarithms.</param>
/// <param name="Freshness">1 on the day of its last version, a third after a year.</param>
/// <param name="Verified">1 where its publisher's domain is proved.</param>
/// <param name="Deprecated">Whether half is taken off because it is deprecated.</param>
public sealed record RankExplanation(double Text, double Rating, double Use, double Freshness, double Verified, bool Deprecated)
{
    /// <summary>What counts how much, beside <see cref="Base"/>, which every fit has.</summary>
    public const double Base = 0.4;
    public const double RatingWeight = 0.25;
    public const double UseWeight = 0.2;
    public const double FreshnessWeight = 0.1;
    public const double VerifiedWeight = 0.05;

    public double Score =>
        Text * (Base + (RatingWeight * Rating) + (UseWeight * Use) + (FreshnessWeight * Freshness) + (VerifiedWeight * Verified)) * (Deprecated ? 0.5 : 1);
}

/// <summary>A plugin in a list.</summary>
/// <param name="Plugin">The plugin.</param>
/// <param name="Publisher">Who publishes it.</param>
/// <param name="IsVerified">Whether their domain is proved now.</param>
/// <param name="Rating">What its rating counts as, drawn towards the mean; null while nobody rated it.</param>
/// <param name="Explain">Why it stands where it does.</param>
public sealed record PluginItem(Plugin Plugin, Publisher Publisher, bool IsVerified, double? Rating, RankExplanation Explain);

/// <summary>Stars, drawn towards the mean of all as long as they are few: <c>(avg·n + mean·m)/(n + m)</c>.</summary>
public static class ShrunkRating
{
    /// <summary>As many ratings at the mean are added to every plugin's own.</summary>
    public const int Weight = 5;

    /// <summary>The mean while nobody has rated anything.</summary>
    public const double Unrated = 3.5;

    /// <param name="stars">The sum of a plugin's stars.</param>
    /// <param name="ratings">How many gave them.</param>
    /// <param name="mean">The mean over all plugins.</param>
    public static double Of(int stars, int ratings, double mean) => (stars + (mean * Weight)) / (ratings + Weight);

    /// <summary>The mean over all ratings of these plugins.</summary>
    public static double Mean(IReadOnlyCollection<Plugin> plugins) =>
        plugins.Sum(p => p.Ratings) is > 0 and var ratings ? (double)plugins.Sum(p => p.Stars) / ratings : Unrated;
}
