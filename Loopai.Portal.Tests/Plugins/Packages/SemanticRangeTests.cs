using FsCheck;
using FsCheck.Fluent;
using Loopai.Core.Plugins.Packages;
using NuGet.Versioning;

namespace Loopai.Portal.Tests.Plugins.Packages;

public sealed class SemanticRangeTests
{
    /// <summary>Of these versions, the table says which ones node-semver 7.8.5 takes, range by range; an exclamation mark is for what it refuses to read.</summary>
    private static readonly SemanticVersion[] Versions = [.. """
        0.0.0 0.0.2 0.0.3 0.0.4 0.1.0 0.2.3 0.2.9 0.3.0 0.9.9 1.0.0-alpha 1.0.0-0 1.0.0 1.0.1 1.1.9 1.2.0 1.2.2 1.2.3-alpha.2 1.2.3-alpha.4 1.2.3-beta 1.2.3-beta.2 1.2.3-beta.10
        1.2.3-rc.1 1.2.3 1.2.4-beta.3 1.2.4 1.3.0-beta 1.3.0 1.4.0 1.9.9 2.0.0-0 2.0.0-alpha 2.0.0 2.0.9 2.1.0 2.3.4 2.3.5 2.4.0 3.0.0 10.0.0
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(SemanticVersion.Parse)];

    public static TheoryData<string, string> Table()
    {
        var data = new TheoryData<string, string>();
        foreach (var (text, taken) in Rows())
        {
            data.Add(text, taken);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Satisfies_RangeOfNpm_TakesWhatNpmTakes(string text, string expected)
    {
        var read = SemanticRange.TryParse(text, out var range);

        var taken = read ? string.Join(' ', Versions.Where(range!.Satisfies)) : "!";
        taken.ShouldBe(expected);
    }

    [Fact]
    public void ToString_AnyRangeOfTheTable_ReadsAsTheSame()
    {
        foreach (var (text, _) in Rows().Where(row => row.Taken != "!"))
        {
            var range = SemanticRange.Parse(text);
            var again = SemanticRange.Parse(range.ToString());
            again.ShouldBe(range);
            Versions.Where(again.Satisfies).ShouldBe(Versions.Where(range.Satisfies));
        }
    }

    [Fact]
    public void Satisfies_CaretAndTildeOfAVersion_TakeItAndNothingOlder() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<(byte Major, byte Minor, byte Patch, byte Other)>(),
            v =>
            {
                var version = new SemanticVersion(v.Major, v.Minor, v.Patch);
                var other = new SemanticVersion(v.Major, v.Minor, v.Other);
                var (caret, tilde) = (SemanticRange.Parse($"^{version}"), SemanticRange.Parse($"~{version}"));
                return caret.Satisfies(version) && tilde.Satisfies(version) && tilde.Satisfies(other) == (v.Other >= v.Patch) && (!caret.Satisfies(other) || v.Other >= v.Patch)
                    && !caret.Satisfies(new SemanticVersion(v.Major + 1, 0, 0));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryParse_FiguresTooBig_Refuses() => SemanticRange.TryParse("^99999999999.0.0", out _).ShouldBeFalse();

    private static IEnumerable<(string Text, string Taken)> Rows()
    {
        using var table = new StreamReader(typeof(SemanticRangeTests).Assembly.GetManifestResourceStream("Loopai.Portal.Tests.ranges.tsv")!);
        return [.. table.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(row => (row[0], row[1]))];
    }
}
