using System.Text;
using Loopai.Core.Identity.SecondFactors;

namespace Loopai.Portal.Tests.Identity;

public sealed class TotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 6238, appendix B: the last six digits of its eight.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void CodeOf_TimesOfTheRfc_GivesItsCodes(long time, string code) => Totp.CodeOf(Secret, time / 30).ShouldBe(code);

    [Theory]
    [InlineData(-30, true)]
    [InlineData(30, true)]
    [InlineData(-60, false)]
    [InlineData(60, false)]
    public void Match_ClockIsOff_TakesOneStepEitherWay(int seconds, bool taken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);
        Totp.Match(Secret, Totp.CodeOf(Secret, Totp.StepOf(now.AddSeconds(seconds))), now, after: 0).HasValue.ShouldBe(taken);
    }

    [Fact]
    public void Match_StepWasTaken_TakesLaterOnesOnly()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);
        var step = Totp.StepOf(now);
        Totp.Match(Secret, Totp.CodeOf(Secret, step), now, after: step).ShouldBeNull();
        Totp.Match(Secret, Totp.CodeOf(Secret, step - 1), now, after: step).ShouldBeNull();
        Totp.Match(Secret, Totp.CodeOf(Secret, step + 1), now, after: step).ShouldBe(step + 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("0059241")]
    [InlineData("abcdef")]
    public void Match_NoCode_IsNone(string text) => Totp.Match(Secret, text, DateTimeOffset.FromUnixTimeSeconds(1234567890), after: 0).ShouldBeNull();

    /// <summary>RFC 4648, section 10, without its padding.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_VectorsOfTheRfc_Agree(string text, string expected) => Base32.Encode(Encoding.ASCII.GetBytes(text)).ShouldBe(expected);
}
