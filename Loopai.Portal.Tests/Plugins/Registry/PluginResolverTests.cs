using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Resolving;
using NuGet.Versioning;

namespace Loopai.Portal.Tests.Plugins.Registry;

/// <summary>What is chosen satisfies everybody, is the same however the question is put, and where nothing does, the words say why.</summary>
public sealed class PluginResolverTests
{
    private static readonly IReadOnlyDictionary<string, SemanticVersion> NoLock = new Dictionary<string, SemanticVersion>(StringComparer.Ordinal);

    [Fact]
    public void Resolve_NewestThatAllAgreeOn_IsTaken()
    {
        var there = Registry("a 2.1.0 b:^1.4", "b 1.3.0", "b 1.4.0", "b 1.9.2", "b 2.0.0", "b 1.10.0-beta.1");
        Chosen(Resolve(there, NoLock, "a ^2", "b >=1")).ShouldBe("a 2.1.0, b 1.9.2");
    }

    [Fact]
    public void Resolve_NewestLeadsNowhere_TakesItBack()
    {
        var there = Registry("a 2.0.0 b:^2", "a 1.0.0 b:^1", "b 2.0.0 c:^9", "b 1.0.0 c:^1", "c 1.0.0");
        Chosen(Resolve(there, NoLock, "a *")).ShouldBe("a 1.0.0, b 1.0.0, c 1.0.0");
    }

    [Fact]
    public void Resolve_Locked_StaysWhereItCan()
    {
        var there = Registry("a 1.0.0", "a 1.1.0", "b 1.0.0 a:^1.1", "c 1.0.0");
        var locked = Lock("a 1.0.0");
        Chosen(Resolve(there, locked, "a ^1", "c ^1")).ShouldBe("a 1.0.0, c 1.0.0");
        Chosen(Resolve(there, locked, "a ^1", "b ^1")).ShouldBe("a 1.1.0, b 1.0.0");
    }

    [Fact]
    public void Resolve_Yanked_IsKeptByWhoHasIt_AndTakenByNobodyElse()
    {
        var there = Registry("a 1.0.0", "a 1.1.0!");
        Chosen(Resolve(there, NoLock, "a ^1")).ShouldBe("a 1.0.0");
        Chosen(Resolve(there, Lock("a 1.1.0"), "a ^1")).ShouldBe("a 1.1.0");
    }

    [Fact]
    public void Resolve_PluginsThatNeedEachOther_AreFine() =>
        Chosen(Resolve(Registry("a 1.0.0 b:^1", "b 1.0.0 a:^1"), NoLock, "a ^1")).ShouldBe("a 1.0.0, b 1.0.0");

    [Theory]
    [InlineData("a 2.1.0 needs b ^1.4, c 3.0.0 needs b ^2.", "a ^2,c ^3", "a 2.1.0 b:^1.4|c 3.0.0 b:^2|b 1.4.0|b 2.0.0")]
    [InlineData("a 2.1.0 needs b ^1.4, and there is no such plugin here.", "a ^2", "a 2.1.0 b:^1.4")]
    [InlineData("you needs a ^3, and there are only 2.1.0, 2.0.0.", "a ^3", "a 2.1.0|a 2.0.0")]
    [InlineData("you needs a ^2, and the versions that would do were yanked.", "a ^2", "a 1.0.0|a 2.0.0!")]
    [InlineData("a 1.0.0 needs b ^2, you needs b ^1.", "a ^1,b ^1,d ^1", "a 1.0.0 b:^2|b 1.0.0|b 2.0.0|d 1.0.0")]
    public void Resolve_NoSolution_SaysWhyWithAsFewAsItTakes(string words, string wanted, string there)
    {
        var resolution = Resolve(Registry(there.Split('|')), NoLock, wanted.Split(','));
        resolution.IsSolved.ShouldBeFalse();
        resolution.Chosen.ShouldBeEmpty();
        resolution.Conflicts.ShouldBe([words]);
    }

    /// <summary>Random registries: whatever is answered holds, and does not depend on the order of anything.</summary>
    [Fact]
    public void Resolve_AnyRegistry_SatisfiesEveryRange_AndIsTheSameWhenShuffled()
    {
        var solved = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var there = Random(random);
            string[] wanted = [.. Names.Where(_ => random.Next(2) == 0).Select(n => $"{n} {Ranges[random.Next(Ranges.Length)]}")];
            var locked = there.SelectMany(c => c.Value).Where(_ => random.Next(6) == 0).GroupBy(c => c.Key, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.First().Version, StringComparer.Ordinal);

            var resolution = Resolve(there, locked, wanted);

            solved += resolution.IsSolved ? 1 : 0;
            foreach (var (want, by) in Wants(wanted).Concat(resolution.Chosen.Values.SelectMany(c => c.Dependencies.Select(d => (new WantedPlugin(d.Key, d.Value, c.Key), c.Key)))))
            {
                if (resolution.IsSolved)
                {
                    resolution.Chosen.ContainsKey(want.Key).ShouldBeTrue($"seed {seed}: {want.Key} is missing");
                    want.Range.Satisfies(resolution.Chosen[want.Key].Version).ShouldBeTrue($"seed {seed}: {by} needs {want.Key} {want.Range}");
                }
            }

            resolution.Chosen.Values.Where(c => c.IsYanked).ShouldAllBe(c => c.Version.Equals(locked.GetValueOrDefault(c.Key)));
            var shuffled = there.ToDictionary(c => c.Key, c => (IReadOnlyList<PluginCandidate>)[.. c.Value.OrderBy(_ => random.Next())], StringComparer.Ordinal);
            random.Shuffle(wanted);
            var again = Resolve(shuffled, locked, wanted);
            Chosen(again).ShouldBe(Chosen(resolution), $"seed {seed}");
            again.Conflicts.ShouldBe(resolution.Conflicts, $"seed {seed}");
        }

        solved.ShouldBeInRange(50, 395);
    }

    [Fact]
    public void UpgradePlan_Widening_IsSaidInWords()
    {
        var before = new PluginCapabilities { Network = ["*.acme.com"], Input = new FieldScope(false, ["subject"]), TimeoutMs = 200 };
        var after = new PluginCapabilities
        {
            Network = ["hooks.acme.com", "hooks.slack.com"], Secrets = ["token"], Input = new FieldScope(false, ["subject", "body"]), Output = FieldScope.All, TimeoutMs = 500,
        };
        var plan = UpgradePlan.Between(
            [Pin("a 1.0.0", before), Pin("b 1.0.0", before), Pin("c 1.0.0", before)], [Pin("a 2.0.0", after), Pin("b 1.1.0", before), Pin("d 1.0.0", new PluginCapabilities())]);

        plan.Added.Select(p => p.Key).ShouldBe(["d"]);
        plan.Removed.Select(p => p.Key).ShouldBe(["c"]);
        plan.Moved.Select(m => (m.Key, m.MayBreak)).ShouldBe([("a", true), ("b", false)]);
        plan.Capabilities.ShouldHaveSingleItem().Widened.ShouldBe(
            ["sends requests to hooks.slack.com", "is given the secret token", "sees body of the input", "sees the whole output", "may take 500 ms a call instead of 200 ms"]);
    }

    private static readonly string[] Names = ["a", "b", "c", "d", "e"];
    private static readonly string[] Ranges = ["^1", "^2", ">=1", "~1.1", "*", "<2", "^1.1 || ^2.1"];

    private static PinnedPlugin Pin(string text, PluginCapabilities capabilities) => new(text.Split(' ')[0], SemanticVersion.Parse(text.Split(' ')[1]), capabilities);

    private static Dictionary<string, IReadOnlyList<PluginCandidate>> Random(Random random) => Registry(
    [
        .. from name in Names from version in new[] { "1.0.0", "1.1.0", "1.2.0", "2.0.0", "2.1.0" } where random.Next(3) > 0
        select $"{name} {version}{(random.Next(8) == 0 ? "!" : "")}{string.Concat(Names.Where(n => n != name && random.Next(6) == 0).Select(n => $" {n}:{Ranges[random.Next(4)]}"))}",
    ]);

    /// <summary>Lines such as <c>a 1.0.0! b:^1</c>: the mark says that it is yanked.</summary>
    private static Dictionary<string, IReadOnlyList<PluginCandidate>> Registry(params string[] lines) => lines.Select(line => line.Split(' '))
        .Select(p => new PluginCandidate(
            p[0], SemanticVersion.Parse(p[1].TrimEnd('!')), Guid.NewGuid(),
            p.Skip(2).Select(d => d.Split(':')).ToDictionary(d => d[0], d => SemanticRange.Parse(d[1]), StringComparer.Ordinal), p[1].EndsWith('!')))
        .GroupBy(c => c.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (IReadOnlyList<PluginCandidate>)[.. g], StringComparer.Ordinal);

    private static Dictionary<string, SemanticVersion> Lock(params string[] lines) =>
        lines.Select(l => l.Split(' ')).ToDictionary(p => p[0], p => SemanticVersion.Parse(p[1]), StringComparer.Ordinal);

    private static IEnumerable<(WantedPlugin Want, string By)> Wants(IEnumerable<string> wanted) =>
        wanted.Select(w => w.Split(' ', 2)).Select(p => (new WantedPlugin(p[0], SemanticRange.Parse(p[1]), "you"), "you"));

    private static Resolution Resolve(IReadOnlyDictionary<string, IReadOnlyList<PluginCandidate>> there, IReadOnlyDictionary<string, SemanticVersion> locked, params string[] wanted) =>
        PluginResolver.Resolve([.. Wants(wanted).Select(w => w.Want)], key => there.TryGetValue(key, out var candidates) ? candidates : [], locked);

    private static string Chosen(Resolution resolution) => string.Join(", ", resolution.Chosen.Values);
}
