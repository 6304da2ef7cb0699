using System.Net;
using Loopai.Core.ApiKeys;

namespace Loopai.Portal.Tests.ApiKeys;

public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.0/24")]
    [InlineData("203.0.113.77/24", "203.0.113.0/24")]
    [InlineData("203.0.113.77", "203.0.113.77/32")]
    [InlineData("2001:db8:1::9/32", "2001:db8::/32")]
    [InlineData("2001:db8::9", "2001:db8::9/128")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    public void TryRead_Network_IsItsCanonicalForm(string text, string canonical)
    {
        AddressRanges.TryRead(text, out var network).ShouldBeTrue();
        network.ToString().ShouldBe(canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData("203.0.113.0/33")]
    [InlineData("203.0.113.0/-1")]
    [InlineData("2001:db8::/129")]
    [InlineData("203.0.113")]
    [InlineData("5")]
    [InlineData("example.com")]
    [InlineData("203.0.113.0/24/8")]
    public void TryRead_NoNetwork_IsRefused(string text) => AddressRanges.TryRead(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("203.0.113.9", true)]
    [InlineData("::ffff:203.0.113.9", true)]
    [InlineData("203.0.114.9", false)]
    [InlineData("2001:db8:7::1", true)]
    [InlineData("2001:db9::1", false)]
    public void Contain_Address_LiesInOneOfThem(string address, bool inside) =>
        AddressRanges.Parse("203.0.113.0/24 2001:db8::/32")!.Contain(IPAddress.Parse(address)).ShouldBe(inside);

    [Fact]
    public void Contain_NoAddress_LiesNowhere() => AddressRanges.Parse("0.0.0.0/0 ::/0")!.Contain(null).ShouldBeFalse();
}
