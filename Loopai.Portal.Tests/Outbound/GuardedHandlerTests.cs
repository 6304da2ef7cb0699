using System.Net;
using Loopai.Infrastructure.Outbound;

namespace Loopai.Portal.Tests.Outbound;

public class GuardedHandlerTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fd00::1")]
    [InlineData("fe80::1")]
    public void IsPublic_OfAnInnerAddress_IsFalse(string address) => GuardedHandler.IsPublic(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("64:ff9b::808:808")]
    public void IsPublic_OfAnOuterAddress_IsTrue(string address) => GuardedHandler.IsPublic(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://localhost:1/")]
    [InlineData("http://[::1]:1/")]
    public async Task Get_OfAnInnerAddress_IsRefusedBeforeConnecting(string address)
    {
        var failure = await Should.ThrowAsync<HttpRequestException>(() => GuardedHandler.Create(allowPrivateNetworks: false).Client.GetAsync(new Uri(address)));

        failure.Message.ShouldContain("not a public address");
    }

    [Fact]
    public void Accept_OfPlainHttp_IsForDevelopmentOnly()
    {
        GuardedHandler.Create(allowPrivateNetworks: false).Accept("http://idp.example/").ShouldBeNull();
        GuardedHandler.Create(allowPrivateNetworks: true).Accept("http://idp.example/").ShouldNotBeNull();
        GuardedHandler.Create(allowPrivateNetworks: false).Accept("https://user:secret@idp.example/").ShouldBeNull();
        GuardedHandler.Create(allowPrivateNetworks: false).Accept("file:///etc/passwd").ShouldBeNull();
    }
}
