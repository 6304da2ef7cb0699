using System.Text;
using Loopai.Core.Plugins.Publishing;
using Loopai.Core.Plugins.Publishing.Scanning;
using Loopai.Portal.Components.Code;
using Loopai.Portal.Pages.Plugins.Publishing;
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

    [Fact]
    public void Of_ManyLongFiles_ShowsNoMoreThanAPageHolds()
    {
        var (before, after) = (GivenPackage.Validator(), GivenPackage.Validator(version: "1.1.0"));
        for (var i = 0; i < 300; i++)
        {
            after.File($"few/{i:000}.txt", "a\n").File($"many/{i % 100:000}.txt", string.Concat(Enumerable.Repeat("some words\n", 1_500)));
        }

        var files = FileDifference.Of(before.Read(), after.Read());

        files.Count.ShouldBe(401);
        var shown = files.Where(f => f.IsShown).ToList();
        shown.Count.ShouldBe(FileDifference.MaxFiles);
        shown[0].Path.ShouldBe("plugin.json");
        Sum(GivenPackage.Validator(version: "1.1.0"), "some words\n", 1_500).Lines.ShouldBeInRange(FileDifference.MaxLinesInAll - 2_000, FileDifference.MaxLinesInAll);
        Sum(GivenPackage.Validator(version: "1.1.0"), new string('x', 1_000) + "\n", 100).Characters.ShouldBeInRange(FileDifference.MaxCharactersInAll - 128_000, FileDifference.MaxCharactersInAll);

        (int Lines, int Characters) Sum(GivenPackage made, string line, int count)
        {
            Enumerable.Range(0, 40).ToList().ForEach(i => made.File($"{i:00}.txt", string.Concat(Enumerable.Repeat(line, count))));
            var texts = FileDifference.Of(before.Read(), made.Read()).Where(f => f.IsShown).SelectMany(f => new[] { f.Before!, f.After! }).Where(t => t.Length > 0).ToList();
            return (texts.Sum(t => t.Split('\n').Length), texts.Sum(t => t.Length));
        }
    }

    [Fact]
    public void Of_LinesThatEndWithNoLineFeed_AreNoLines_AndTooLongWhenEscaped()
    {
        var after = GivenPackage.Validator().File("returns.txt", new string('\r', FileDifference.MaxBytes)).File("few.txt", new string('\r', 3_000)).Read();

        var files = FileDifference.Of(GivenPackage.Validator().Read(), after).ToDictionary(f => f.Path, StringComparer.Ordinal);

        files["returns.txt"].IsShown.ShouldBeFalse();
        LineDiff.Compute("", files["few.txt"].After!).Count.ShouldBe(1);
    }

    [Fact]
    public void ChangedFiles_ManyShortOnes_AreOpenUpToALimitInAll()
    {
        var text = string.Concat(Enumerable.Repeat("a\n", 300));

        var files = ChangedFile.Of([.. Enumerable.Range(0, 20).Select(i => new FileDifference($"{i:00}.txt", FileChange.Added, "", text)), new FileDifference("no.bin", FileChange.Added, null, null)]);

        files.Where(f => f.IsShort).Sum(f => f.Lines!.Count).ShouldBe(1_800);
        (files[0].Came, files[0].Gone, files[^1].Lines, files[^1].IsShort).ShouldBe((300, 0, null, false));
    }

    [Theory]
    [InlineData("# note\u2028if host:", "# note\\u2028if host:")]
    [InlineData("# note\u2029if host:", "# note\\u2029if host:")]
    [InlineData("# note\u0085if host:", "# note\\u0085if host:")]
    [InlineData("# note\fif host:", "# note\\u000cif host:")]
    [InlineData("# note\rif host:", "# note\\u000dif host:")]
    [InlineData("a\U000E0041b", "a\\U000e0041b")]
    [InlineData("# note\r\nif host:\t\U0001F44D", "# note\nif host:\t\U0001F44D")]
    public void Visible_WhatEndsALineForSomeReadersOnly_IsAnEscape(string text, string seen)
    {
        VisibleText.Of(text).ShouldBe(seen);
        LineDiff.Compute("", text).Count.ShouldBe(seen.Split('\n').Length);
    }

    [Theory]
    [InlineData("# note\u2028x = 1\n", 1)]
    [InlineData("x = 1\n# note\u0085x = 1\n", 2)]
    [InlineData("# note\rx = 1\n", 1)]
    [InlineData("x = 1\r", 1)]
    [InlineData("x = 1\n\n# note \fx = 1\n", 3)]
    [InlineData("if x:\n    \fy = 1\n", 2)]
    [InlineData("x = 1\r\n\f\r\ny = 1\r\n", null)]
    [InlineData("\f\nx = 1\n \f \n\fdef f(): pass\n", null)]
    public void Scan_WhatEndsALineForSomeReadersOnly_IsFoundInCode(string code, int? line) =>
        FileScan.Run("lib/x.py", Encoding.UTF8.GetBytes(code)).Where(f => f.Rule == "obfuscation.line-break").Select(f => f.Line).SingleOrDefault().ShouldBe(line);
}
