using Loopai.Core.Plugins.Publishing;
using Loopai.Portal.Tests.Plugins.Packages;

namespace Loopai.Portal.Tests.Plugins.Publishing;

public sealed class FileDifferenceTests
{
    [Fact]
    public void Of_ChangedNewAndGone_AreThereInTheReviewersOrder()
    {
        var before = GivenPackage.Validator().File("gone.txt", "old\n").File("same.txt", "same\n").Read();
        var after = GivenPackage.Validator(GivenPackage.Python + "\n# more\n", version: "1.1.0").File("added.txt", "new\n").File("same.txt", "same\n").Read();

        var files = FileDifference.Of(before, after);

        files.Select(f => (f.Path, f.Kind)).ShouldBe([("plugin.json", FileChange.Changed), ("main.py", FileChange.Changed), ("added.txt", FileChange.Added), ("gone.txt", FileChange.Removed)]);
        (files[2].Before, files[2].After, files[3].Before, files[3].After).ShouldBe(("", "new\n", "old\n", ""));
    }

    [Fact]
    public void Of_WhatNobodySees_IsShownAsWhatItIs_AndWhatIsNoTextNotAtAll()
    {
        var before = GivenPackage.Validator().File("words.txt", "plain\n").File("data.bin", [1, 0, 2]).File("long.txt", "a\n").Read();
        var after = GivenPackage.Validator().File("words.txt", "plain\u202etxet\u200b\n").File("data.bin", [1, 0, 3]).File("long.txt", string.Concat(Enumerable.Repeat("a\n", FileDifference.MaxLines))).Read();

        var files = FileDifference.Of(before, after).ToDictionary(f => f.Path, StringComparer.Ordinal);

        files["words.txt"].After.ShouldBe("plain\\u202etxet\\u200b\n");
        (files["data.bin"].IsShown, files["long.txt"].IsShown).ShouldBe((false, false));
    }
}
