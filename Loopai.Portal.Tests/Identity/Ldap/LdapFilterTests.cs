using System.Formats.Asn1;
using System.Text;
using Loopai.Core.Identity.Ldap;

namespace Loopai.Portal.Tests.Identity.Ldap;

public sealed class LdapFilterTests
{
    [Theory]
    [InlineData("", "Give a filter")]
    [InlineData("uid={login}", "expected '('")]
    [InlineData("(uid={login}", "expected ')'")]
    [InlineData("(uid={login}))", "expected the end")]
    [InlineData("(&)", "expected '('")]
    [InlineData("(={login})", "expected an attribute")]
    [InlineData("(uid=\\zz{login})", "two hexadecimal digits")]
    [InlineData("(objectClass=person)", "needs {login}")]
    public void Parse_NoFilter_SaysWhere(string text, string fault)
    {
        var (filter, said) = LdapFilterParser.Parse(text, "{login}");

        filter.ShouldBeNull();
        said!.ShouldContain(fault);
    }

    [Fact]
    public void Parse_TooDeep_IsRefused() =>
        LdapFilterParser.Parse(string.Concat(Enumerable.Repeat("(!", 30)) + "(uid={login})" + new string(')', 30), "{login}").Fault!.ShouldContain("at most");

    [Theory]
    [InlineData("(uid={login})", "ann", "A3 0A 04 03 75 69 64 04 03 61 6E 6E")]
    [InlineData("(uid={login})", "*)(uid=*", "A3 0F 04 03 75 69 64 04 08 2A 29 28 75 69 64 3D 2A")]
    [InlineData("(&(a=1)(!(b={login})))", "x", "A0 12 A3 06 04 01 61 04 01 31 A2 08 A3 06 04 01 62 04 01 78")]
    [InlineData("(|(a=*)(a={login}*z))", "y", "A1 10 87 01 61 A4 0B 04 01 61 30 06 80 01 79 82 01 7A")]
    [InlineData("(a=\\2a{login}\\00)", "é", "A3 09 04 01 61 04 04 2A C3 A9 00")]
    [InlineData("(member:1.2.840.113556.1.4.1941:={login})", "d", "A9 24 81 17 31 2E 32 2E 38 34 30 2E 31 31 33 35 35 36 2E 31 2E 34 2E 31 39 34 31 82 06 6D 65 6D 62 65 72 83 01 64")]
    [InlineData("(a>={login})", "1", "A5 06 04 01 61 04 01 31")]
    public void Write_Filters_AreTheBytesOfTheProtocol(string text, string value, string hex)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);

        LdapFilterParser.Parse(text, "{login}").Filter!.Write(writer, value);

        Convert.ToHexString(writer.Encode()).ShouldBe(hex.Replace(" ", "", StringComparison.Ordinal), Encoding.UTF8.GetString(writer.Encode()));
    }

    [Theory]
    [InlineData("dc1.acme.example:636", "dc1.acme.example", 636)]
    [InlineData("[2001:db8::1]:389", "2001:db8::1", 389)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    public void Server_HostAndPort_IsRead(string text, string host, int port) => LdapServer.Parse(text).ShouldBe((host, port));

    [Theory]
    [InlineData("")]
    [InlineData("dc1")]
    [InlineData("dc1:0")]
    [InlineData("dc1:65536")]
    [InlineData("ldaps://dc1:636")]
    [InlineData("a b:636")]
    public void Server_AnythingElse_IsNone(string text) => LdapServer.Parse(text).ShouldBeNull();
}
