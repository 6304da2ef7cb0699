using Loopai.Core.Plugins.Marketplace;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Registry;

namespace Loopai.Portal.Tests.Plugins.Registry;

/// <summary>Where a plugin stands in the marketplace, and why.</summary>
public sealed class PluginRankingTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("regex", "acme.regex-guard")]
    [InlineData("rgeex", "acme.regex-guard")]
    [InlineData("regx gaurd", "acme.regex-guard")]
    [InlineData("pii detecter", "globex.pii-detector")]
    [InlineData("persnal", "globex.pii-detector")]
    [InlineData("slack", "acme.chat-bridge")]
    [InlineData("globex", "globex.pii-detector")]
    [InlineData("quantum", null)]
    public void Rank_WordsAlsoMistyped_FindThePlugin(string query, string? first) => Keys(new PluginFilter(query)).FirstOrDefault().ShouldBe(first);

    [Fact]
    public void Rank_FiltersNarrow()
    {
        Keys(new PluginFilter(Kind: PluginKind.WebhookHandler)).ShouldBe(["acme.chat-bridge"]);
        Keys(new PluginFilter(Category: "privacy")).ShouldBe(["globex.pii-detector"]);
        Keys(new PluginFilter(Capability: "network")).ShouldNotContain("acme.chat-bridge");
        Keys(new PluginFilter(Publisher: "globex")).ShouldBe(["globex.pii-detector"]);
        Keys(new PluginFilter(MinRating: 4)).ShouldBe(["acme.regex-guard", "globex.pii-detector"]);
    }

    [Fact]
    public void Rank_Score_FollowsFromItsParts()
    {
        var item = PluginRanking.Rank(Shop(), new PluginFilter(), PluginSort.Relevance, Now).Single(i => i.Plugin.Key == "acme.regex-guard");

        // Mean of all: (46 + 5) / (10 + 1) = 4.636; rating (46 + 4.636·5) / 15 = 4.612; use ln 41 / ln 41; published 73 days ago: e^-0.2.
        item.Rating!.Value.ShouldBe(4.612, 0.001);
        item.Explain.ShouldBe(new RankExplanation(1, item.Rating.Value / 5, 1, Math.Exp(-0.2), 1, Deprecated: false));
        item.Explain.Score.ShouldBe(0.4 + (0.25 * 4.612 / 5) + 0.2 + (0.1 * 0.8187) + 0.05, 0.001);
    }

    [Fact]
    public void Of_FewRatings_AreDrawnToTheMean()
    {
        ShrunkRating.Of(5, 1, 3).ShouldBe((5 + 15) / 6.0);
        ShrunkRating.Of(5 * 500, 500, 3).ShouldBe(4.98, 0.01);
        ShrunkRating.Of(92, 20, 3.5).ShouldBeGreaterThan(ShrunkRating.Of(5, 1, 3.5));
    }

    [Fact]
    public void Rank_Deprecated_LosesHalf()
    {
        var shop = Shop();
        shop[0].Plugin.DeprecatedAt = Now;
        PluginRanking.Rank(shop, new PluginFilter(), PluginSort.Relevance, Now)[^1].Plugin.Key.ShouldBe("acme.regex-guard");
    }

    private static IEnumerable<string> Keys(PluginFilter filter) => PluginRanking.Rank(Shop(), filter, PluginSort.Relevance, Now).Select(i => i.Plugin.Key);

    private static List<(Plugin Plugin, Publisher Publisher)> Shop()
    {
        var (acme, globex) = (Publisher("acme", verified: true), Publisher("globex", verified: false));
        return
        [
            (Plugin(acme, "regex-guard", PluginKind.Validator, "Regex guard", "Checks labels against patterns.", ["text"], ["regex", "pattern"], [], 10, 46, 40), acme),
            (Plugin(globex, "pii-detector", PluginKind.Validator, "PII detector", "Finds personal data in outputs.", ["privacy"], ["personal", "gdpr"], ["output"], 1, 5, 3), globex),
            (Plugin(acme, "chat-bridge", PluginKind.WebhookHandler, "Chat bridge", "Writes to Slack, Teams and Discord.", ["notifications"], ["slack"], ["network", "secrets"], 0, 0, 12), acme),
        ];
    }

    private static Publisher Publisher(string name, bool verified) => new()
    {
        Id = Guid.NewGuid(), OrganizationId = Guid.NewGuid(), Name = name, Skeleton = name, DisplayName = name, CreatedAt = Now, CreatedBy = "ada",
        VerifiedUntil = verified ? Now.AddDays(9) : null,
    };

    private static Plugin Plugin(
        Publisher publisher, string name, PluginKind kind, string display, string description, string[] categories, string[] keywords, string[] capabilities, int ratings, int stars, int active) => new()
    {
        Id = Guid.NewGuid(), OrganizationId = publisher.OrganizationId, PublisherId = publisher.Id, Key = $"{publisher.Name}.{name}", Name = name, Kind = kind, DisplayName = display,
        Description = description, Categories = categories, Keywords = keywords, Capabilities = capabilities, Ratings = ratings, Stars = stars, Installs = active, ActiveInstalls = active,
        PublishedAt = Now.AddDays(-73), CreatedAt = Now.AddDays(-73), LatestVersion = "1.0.0",
    };
}
