using Loopai.Core.Plugins.Publishing;
using Loopai.Portal.Components.Feedback;
using Loopai.Portal.Pages.Plugins;
using Loopai.Portal.Tests.Plugins.Packages;

namespace Loopai.Portal.Tests.Plugins.Publishing;

/// <summary>What is kept of a version's checks as JSON, in words.</summary>
public sealed class PluginChecksTests
{
    [Fact]
    public void Bill_OfAPackage_NamesItsFilesAndWhatItNeeds()
    {
        var package = GivenPackage.Validator().With("dependencies", """{"acme.base": "^1.0.0"}""").Read();

        var parts = BillOfMaterials.Read(SoftwareBill.Of(package))!.Components!;

        parts.Where(p => p.Kind == "file").Select(p => p.Name).ShouldBe(package.Files.Keys.Order(StringComparer.Ordinal));
        parts.Where(p => p.Kind == "file").ShouldAllBe(p => p.Sha256!.Length == 64 && p.Version == null);
        parts.Where(p => p.Kind != "file").Select(p => (p.Name, p.Kind, p.Version)).ShouldBe([("acme.base", "plugin it needs", "^1.0.0")]);
    }

    [Fact]
    public void Provenance_Claimed_IsTheBuildersWord()
    {
        var provenance = VersionProvenance.Read("""{"submittedAt":"2026-03-01T08:00:00+00:00","source":"api","claimed":{"repository":"https://git.example/guard","commit":"4f2a9c1","workflow":null,"runUrl":" "}}""")!;

        (provenance.CameBy, provenance.SubmittedAt).ShouldBe(("the API", new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero)));
        provenance.Claims.ShouldBe([("Repository", "https://git.example/guard"), ("Commit", "4f2a9c1")]);
        VersionProvenance.Read("""{"submittedAt":"2026-03-01T08:00:00+00:00","source":"portal","claimed":null}""")!.Claims.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CannotRun", "could not run", Tone.Bad)]
    [InlineData("passed", "passed", Tone.Good)]
    [InlineData("Overruled", "let through", Tone.Warn)]
    [InlineData("Skipped", "skipped", Tone.Warn)]
    public void Step_Ended_IsSaidAsWhereItRan(string state, string word, Tone tone)
    {
        var result = StepResult.Read($$"""{"state":"{{state}}"}""")!;

        (result.Word, result.Tone).ShouldBe((word, tone));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"other":1}""")]
    public void Read_ToldInAnotherWay_IsNull(string json) => (BillOfMaterials.Read(json), VersionProvenance.Read(json), StepResult.Read(json)).ShouldBe((null, null, null));
}
