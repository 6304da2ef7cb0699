using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Loopai.Core.Data;

namespace Loopai.Portal.Tests.Data;

public class CanonicalJsonTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("1.0", "1")]
    [InlineData("10e-1", "1")]
    [InlineData("1E+2", "100")]
    [InlineData("-0", "0")]
    [InlineData("-0.0e7", "0")]
    [InlineData("0.10", "0.1")]
    [InlineData("1e-2", "0.01")]
    [InlineData("-12.50", "-12.5")]
    [InlineData("9007199254740993", "9007199254740993")]
    [InlineData("1e400", "1e400")]
    [InlineData("10e399", "1e400")]
    [InlineData("1.5e-300", "15e-301")]
    [InlineData("1e00000000000000000000000002", "100")]
    [InlineData("1e99999999999999999999", "1e99999999999999999999")]
    public void Text_Number_IsWrittenByValue(string json, string expected) => Canonical(json).ShouldBe(expected);

    [Theory]
    [InlineData("""{ "b": 1, "a": [ 2.0, null, true ] }""", """{"a":[2,null,true],"b":1}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2}""")]
    [InlineData("\"\\u0041\\/\\u00e9\"", "\"A/é\"")]
    [InlineData("\"\\ud800\"", "\"\\ud800\"")]
    [InlineData("{\"\\ud800\":1}", "{\"\\ud800\":1}")]
    [InlineData("{}", "{}")]
    [InlineData("[]", "[]")]
    public void Text_Value_IsWrittenOneWay(string json, string expected) => Canonical(json).ShouldBe(expected);

    [Fact]
    public void Hash_SameValueWrittenTwice_IsTheSame() =>
        CanonicalJson.Hash("""{"x":1.50,"y":"é"}""").ShouldBe(CanonicalJson.Hash("""{ "y": "\u00e9", "x": 15e-1 }"""));

    [Fact]
    public void Hash_OtherValue_IsAnother() => CanonicalJson.Hash("\"1\"").ShouldNotBe(CanonicalJson.Hash("1"));

    [Fact]
    public void Text_AnyDouble_KeepsItsValue() =>
        Prop.ForAll<NormalFloat>(number => JsonSerializer.Deserialize<double>(Canonical(JsonSerializer.Serialize(number.Get))).Equals(number.Get))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Text_AnyText_KeepsIt() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var json = JsonSerializer.Serialize(text.Get);
            return string.Equals(JsonSerializer.Deserialize<string>(Canonical(json)), JsonSerializer.Deserialize<string>(json), StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json);
        return CanonicalJson.Text(document.RootElement);
    }
}
