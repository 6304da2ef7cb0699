using Loopai.Core.Data;

namespace Loopai.Portal.Tests.Data;

public sealed class StorableTextTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("a\0b", "a\uFFFDb")]
    [InlineData("12345678", "12345")]
    [InlineData("1234😀", "1234")]
    [InlineData("123😀6", "123😀")]
    public void Of_WhatNoDatabaseKeeps_IsReplacedOrCut(string? text, string? kept) => StorableText.Of(text, 5).ShouldBe(kept);

    [Fact]
    public void Of_HalvesOfCharacters_AreReplaced()
    {
        StorableText.Of("a" + (char)0xD83D + "b" + (char)0xDE00, 5).ShouldBe("a\uFFFDb\uFFFD");
        StorableText.Of("" + (char)0xDE00 + (char)0xD83D, 5).ShouldBe("\uFFFD\uFFFD");
    }
}
