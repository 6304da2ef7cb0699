using Loopai.Core.Plugins.Registry;

namespace Loopai.Portal.Tests.Plugins.Registry;

/// <summary>Look-alikes are refused, and honest names live side by side.</summary>
public sealed class NameRulesTests
{
    /// <summary>Names as companies, teams and people give them. Every pair of them is tried, each time as if the other were one that many trust.</summary>
    private static readonly string[] Honest =
    [
        "acme", "acme-labs", "acme-data", "globex", "initech", "umbrella-tools", "hooli", "stark-industries", "wayne-tech", "wonka", "cyberdyne", "tyrell", "soylent", "massive-dynamic",
        "aperture", "black-mesa", "virtucon", "oscorp", "pied-piper", "dunder-mifflin", "sterling-cooper", "bluth", "vandelay", "kramerica", "prestige", "northwind", "contoso", "fabrikam",
        "adventure-works", "tailspin", "litware", "proseware", "woodgrove", "trey-research", "lucerne", "margies-travel", "blue-yonder", "city-power", "coho-winery", "fourth-coffee",
        "graphic-design", "humongous", "liberty", "nod-publishers", "school-of-art", "southridge", "consolidated", "wide-world", "alpine-ski", "bellows", "best-for-you", "fincher",
        "data-forge", "data-wave", "datalake-tools", "text-kit", "textual", "regex-house", "pattern-lab", "quality-first", "quality-gate", "signal-works", "stream-line", "river-ml",
        "tensor-hut", "model-shop", "prompt-craft", "label-studio-fans", "annotate", "annotation-hub", "moderation-co", "safe-output", "guardrail", "guard-house", "pii-watch",
        "privacy-team", "legal-ops", "fin-ops", "ml-ops", "dev-ops-guild", "sre-tools", "log-craft", "log-house", "alerting", "pager-lovers", "chat-bridge", "chat-ops", "team-bots",
        "notify-me", "hook-line", "webhook-works", "sampling-lab", "stat-lab", "statistics-nord", "uni-bern", "eth-nlp", "tu-wien", "mit-csail", "inria", "fraunhofer", "max-planck",
        "jane-doe", "john-doe", "ada", "grace", "alan-t", "linus", "margaret-h", "barbara-l", "dijkstra", "knuth", "nordlicht", "bergwerk", "seeblick", "waldhaus", "morgenrot",
        "kaffee-code", "open-checks", "open-rules", "free-validators", "tiny-tools", "micro-kit", "macro-kit", "nano-works", "pico", "giga-corp", "tera-byte-inc", "zeta", "sigma-six",
        "epsilon", "lambda-labs-fans", "kappa", "omega-point", "delta-force-qa", "gamma-ray", "beta-works", "alpha-beta", "shop-support-team", "mail-room", "post-office", "parcel-ops",
    ];

    [Fact]
    public void Clash_EveryPairOfHonestNames_IsNone()
    {
        Honest.Length.ShouldBeGreaterThan(100);
        Honest.ShouldBeUnique();
        var refused = (from name in Honest from other in Honest where name != other && NameRules.Clash(name, [new KnownName(other, IsTrusted: true)]) is not null select $"{name} ~ {other}").ToList();

        // Of 20,000 pairs. 'macro-kit' and 'micro-kit' are what a slip looks like, too: the rule cannot know better.
        refused.ShouldBe(["micro-kit ~ macro-kit", "macro-kit ~ micro-kit"], ignoreOrder: true);
        Honest.Where(name => NameRules.Fault(name) is not null).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("acrne", "acme", "looks like")]
    [InlineData("g1obex", "globex", "looks like")]
    [InlineData("gl0bex", "globex", "looks like")]
    [InlineData("data-forge", "dataforge", "looks like")]
    [InlineData("vvonka", "wonka", "looks like")]
    [InlineData("inltech", "initech", "looks like")]
    [InlineData("c1ty-power", "city-power", "looks like")]
    [InlineData("a5me-tool5", "asme-tools", "looks like")]
    [InlineData("globexx", "globex", "slip")]
    [InlineData("gloebx", "globex", "slip")]
    [InlineData("nortwind", "northwind", "slip")]
    [InlineData("stark-industreis", "stark-industries", "slip")]
    [InlineData("stark-industry", "stark-industries", "")]
    [InlineData("globex", "globex", "taken")]
    [InlineData("river-ml2", "river-ml", "")]
    public void Clash_WithATrustedName_SaysWhy(string name, string known, string words)
    {
        var clash = NameRules.Clash(name, [new KnownName(known, IsTrusted: true)]);
        if (words.Length == 0)
        {
            clash.ShouldBeNull();
        }
        else
        {
            clash.ShouldNotBeNull().ShouldContain(words);
        }
    }

    [Theory]
    [InlineData("globexx", false)]
    [InlineData("g1obex", true)]
    public void Clash_WithANameThatNobodyKnows_OnlyLooksCount(string name, bool clashes) =>
        (NameRules.Clash(name, [new KnownName("globex", IsTrusted: false)]) is not null).ShouldBe(clashes);

    [Theory]
    [InlineData("loopai", "reserved")]
    [InlineData("l00pai", "could be taken for 'loopai'")]
    [InlineData("loopai-helpers", "reserved")]
    [InlineData("official", "reserved")]
    [InlineData("rnicrosoft", "could be taken for 'microsoft'")]
    [InlineData("micorsoft", "could be taken for 'microsoft'")]
    [InlineData("slack", "company")]
    [InlineData("ab", "3 to 40")]
    [InlineData("Acme", "3 to 40")]
    [InlineData("acme--labs", "3 to 40")]
    [InlineData("acme-", "3 to 40")]
    [InlineData("1acme", "3 to 40")]
    [InlineData("acme.labs", "3 to 40")]
    [InlineData("acmé", "3 to 40")]
    [InlineData(null, "3 to 40")]
    public void Fault_NameThatNobodyGets_SaysWhy(string? name, string words) => NameRules.Fault(name).ShouldNotBeNull().ShouldContain(words);
}
