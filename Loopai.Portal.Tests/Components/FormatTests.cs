using System.Globalization;
using Loopai.Portal.Components.Text;

namespace Loopai.Portal.Tests.Components;

public sealed class FormatTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(9412, "9,412")]
    [InlineData(184231, "184.2k")]
    [InlineData(999_950, "1M")]
    [InlineData(-0.4, "−0.4")]
    [InlineData(1.5e9, "1.5B")]
    [InlineData(double.NaN, "–")]
    public void Short_Number_ReadsAtAGlance(double value, string expected) => Format.Short(value).ShouldBe(expected);

    [Theory]
    [InlineData(0.8, "800 µs")]
    [InlineData(0.062, "62 µs")]
    [InlineData(2.4, "2.4 ms")]
    [InlineData(0.9999, "1 ms")]
    [InlineData(1250, "1.3 s")]
    [InlineData(120_000, "2 min")]
    public void Duration_Milliseconds_TakesTheUnitPeopleRead(double milliseconds, string expected) => Format.Duration(milliseconds).ShouldBe(expected);

    [Fact]
    public void Percent_KeepsItsDecimals_SoThatColumnsAlign()
    {
        Format.Percent(0.98).ShouldBe("98.0 %");
        Format.PercentInterval(0.976, 0.989).ShouldBe("97.6 – 98.9 %");
        Format.PercentChange(-0.27, 0).ShouldBe("−27 %");
    }

    [Theory]
    [InlineData(-5, "now")]
    [InlineData(-125, "2 min ago")]
    [InlineData(-7300, "2 h ago")]
    [InlineData(3700, "in 1 h")]
    [InlineData(-3_456_000, "12 Oct")]
    public void Ago_Seconds_SaysHowLong(int seconds, string expected)
    {
        var now = new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
        Format.Ago(now.AddSeconds(seconds), now).ShouldBe(expected);
    }

    [Theory]
    [InlineData("0", "$0")]
    [InlineData("0.00042", "$0.00042")]
    [InlineData("0.00000000083333333333", "$0.000000000833")]
    [InlineData("0.0000000000000000001", "< $0.000000000000001")]
    [InlineData("0.125", "$0.125")]
    [InlineData("0.5", "$0.50")]
    [InlineData("0.99999", "$1.00")]
    [InlineData("12.3456", "$12.35")]
    [InlineData("-1912.4", "−$1,912")]
    public void Money_AnyAmount_IsNeverNothingWhereThereIsSome(string amount, string expected) =>
        Format.Money(decimal.Parse(amount, CultureInfo.InvariantCulture), "USD").ShouldBe(expected);
}
