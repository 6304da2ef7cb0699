using Loopai.Core.Text;

namespace Loopai.Portal.Tests.Text;

public sealed class NearMissTests
{
    [Theory]
    [InlineData("same", "same", 0)]
    [InlineData("form", "from", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ca", "abc", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("Abc", "abc", 1)]
    public void EditDistance_OfWords_CountsWhatDiffers(string a, string b, int distance) => (EditDistance.Of(a, b), EditDistance.Of(b, a)).ShouldBe((distance, distance));

    [Theory]
    [InlineData("Urll", "Url")]
    [InlineData("Xyz", null)]
    [InlineData("METRISC", "metrics")]
    [InlineData("Apache 2", "Apache-2.0")]
    [InlineData("metrix", "metrics")]
    [InlineData("tricks", null)]
    public void Of_AWordThatNobodyKnows_IsTheNearestUnlessAllAreFar(string word, string? meant) => NearMiss.Of(word, ["Url", "metrics", "Apache-2.0"]).ShouldBe(meant);

    [Fact]
    public void Hint_NothingKnown_IsEmpty() => NearMiss.Hint("word", []).ShouldBeEmpty();
}
