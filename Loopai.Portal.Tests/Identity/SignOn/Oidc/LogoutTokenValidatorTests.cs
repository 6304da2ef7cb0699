using System.Text.Json.Nodes;
using Loopai.Core.Identity.SignOn.Oidc;

namespace Loopai.Portal.Tests.Identity.SignOn.Oidc;

/// <summary>Each way in which a well signed token can be no logout token for this connection.</summary>
public sealed class LogoutTokenValidatorTests : IDisposable
{
    private readonly GivenToken _token = new();

    public LogoutTokenValidatorTests()
    {
        _token.Header["typ"] = "logout+jwt";
        _token.Payload.Remove("nonce");
        _token.Payload["jti"] = "name-1";
        _token.Payload["events"] = JsonNode.Parse("""{"http://schemas.openid.net/event/backchannel-logout": {}}""");
    }

    public void Dispose() => _token.Dispose();

    [Fact]
    public void Check_GoodToken_PassesAll() => Failed().ShouldBeEmpty();

    [Theory]
    [InlineData("iss", "\"https://login.evil.example\"", "Issuer (iss)")]
    [InlineData("aud", "\"other-client\"", "Audience (aud)")]
    [InlineData("aud", null, "Audience (aud)")]
    [InlineData("iat", null, "Issued at (iat)")]
    [InlineData("jti", null, "Identifier (jti)")]
    [InlineData("jti", "\"\"", "Identifier (jti)")]
    [InlineData("jti", "7", "Identifier (jti)")]
    [InlineData("events", null, "Events")]
    [InlineData("events", "[]", "Events")]
    [InlineData("events", "{\"http://schemas.openid.net/event/other\": {}}", "Events")]
    [InlineData("events", "{\"http://schemas.openid.net/event/backchannel-logout\": true}", "Events")]
    [InlineData("nonce", "\"nonce-1\"", "Nonce")]
    [InlineData("nonce", "null", "Nonce")]
    [InlineData("sub", null, "Whom")]
    [InlineData("exp", "\"soon\"", "Expiry (exp)")]
    public void Check_WrongClaim_FailsThatOne(string claim, string? value, string check)
    {
        _token.Payload.Remove(claim);
        if (value is not null)
        {
            _token.Payload[claim] = JsonNode.Parse(value);
        }

        Failed().ShouldBe([check]);
    }

    [Fact]
    public void Check_SessionInsteadOfSubject_Passes()
    {
        _token.Payload.Remove("sub");
        _token.Payload["sid"] = "session-1";

        Failed().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(-8, "Issued at (iat)")]
    [InlineData(3, "Issued at (iat)")]
    public void Check_OtherTime_Fails(int minutes, string check)
    {
        _token.Payload["iat"] = GivenToken.Now.AddMinutes(minutes).ToUnixTimeSeconds();

        Failed().ShouldBe([check]);
    }

    [Fact]
    public void Check_Expired_Fails()
    {
        _token.Payload["exp"] = GivenToken.Now.AddMinutes(-3).ToUnixTimeSeconds();

        Failed().ShouldBe(["Expiry (exp)"]);
    }

    [Fact]
    public void Check_TypeOfAnotherToken_Fails()
    {
        _token.Header["typ"] = "at+jwt";

        Failed().ShouldBe(["Type"]);
    }

    private IEnumerable<string> Failed() => LogoutTokenValidator
        .Check(JsonWebToken.TryParse(_token.Sign())!, GivenToken.Issuer, GivenToken.ClientId, GivenToken.Now)
        .Where(check => !check.Passed).Select(check => check.Name);
}
