using Loopai.Core.Access;
using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Portal.Pages.Plugins;

/// <summary>How the marketplace's pages speak.</summary>
internal static class PluginPageWords
{
    public static readonly IReadOnlyList<Option> Kinds = [.. Enum.GetValues<PluginKind>().Select(k => new Option(k.Name(), Of(k) + "s"))];

    public static readonly IReadOnlyList<Option> Categories = [.. PluginManifestReader.Categories.Select(c => new Option(c, char.ToUpperInvariant(c[0]) + c[1..]))];

    public static readonly IReadOnlyList<Option> Capabilities =
        [new("network", "No network"), new("secrets", "No secrets"), new("input", "Sees no input"), new("output", "Sees no output")];

    public static readonly IReadOnlyList<Option> Ratings = [new("3", "3 stars and up"), new("4", "4 stars and up")];

    public static readonly IReadOnlyList<Option> Sorts = [new("installs", "Most installed"), new("rating", "Best rated"), new("newest", "Newest")];

    public static string Of(PluginKind kind) => kind switch
    {
        PluginKind.Validator => "Validator",
        PluginKind.Sampler => "Sampler",
        PluginKind.WebhookHandler => "Webhook handler",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Why a plugin stands where it does, in one line.</summary>
    public static string Explain(RankExplanation e) =>
        $"Score {Format.Exact(Math.Round(e.Score, 2))}: text {Format.Percent(e.Text, 0)}, rating {Format.Percent(e.Rating, 0)}, use {Format.Percent(e.Use, 0)}, "
        + $"freshness {Format.Percent(e.Freshness, 0)}{(e.Verified > 0 ? ", verified publisher" : "")}{(e.Deprecated ? ", halved because it is deprecated" : "")}.";

    public static IReadOnlyList<TabItem> Sections(string organization, string environment, Caller caller) =>
    [
        new("marketplace", "Marketplace", PortalUrls.Plugins(organization, environment)),
        new("installed", "Installed", PortalUrls.InstalledPlugins(organization, environment)),
        .. caller.May(Permissions.PluginsPublish)
            ? new[]
            {
                new TabItem("publishing", "Publishing", PortalUrls.Submissions(organization, environment)),
                new TabItem("publishers", "Publishers", PortalUrls.Publishers(organization, environment)),
            }
            : [],
    ];
}
