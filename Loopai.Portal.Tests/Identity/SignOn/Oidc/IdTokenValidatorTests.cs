using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Loopai.Core.Identity.SignOn.Oidc;

namespace Loopai.Portal.Tests.Identity.SignOn.Oidc;

/// <summary>Each way in which a well signed token can be somebody else's, too old, or for something else.</summary>
public sealed class IdTokenValidatorTests : IDisposable
{
    private static readonly IdTokenExpectation Expected = new(GivenToken.Issuer, GivenToken.ClientId, GivenToken.Nonce);
    private readonly GivenToken _token = new();

    public void Dispose() => _token.Dispose();

    [Fact]
    public void Check_GoodToken_PassesAll() => Failed(Expected).ShouldBeEmpty();

    [Theory]
    [InlineData("iss", "\"https://login.evil.example\"", "Issuer (iss)")]
    [InlineData("iss", "\"https://login.corp.example/\"", "Issuer (iss)")]
    [InlineData("iss", null, "Issuer (iss)")]
    [InlineData("aud", "\"other-client\"", "Audience (aud)")]
    [InlineData("aud", "[]", "Audience (aud)")]
    [InlineData("aud", "[1, \"loopai\"]", "Audience (aud)")]
    [InlineData("aud", null, "Audience (aud)")]
    [InlineData("aud", "[\"loopai\", \"other\"]", "Authorized party (azp)")]
    [InlineData("azp", "\"other-client\"", "Authorized party (azp)")]
    [InlineData("azp", "7", "Authorized party (azp)")]
    [InlineData("sub", null, "Subject (sub)")]
    [InlineData("sub", "\"\"", "Subject (sub)")]
    [InlineData("sub", "17", "Subject (sub)")]
    [InlineData("exp", null, "Expiry (exp)")]
    [InlineData("exp", "\"2000000000\"", "Expiry (exp)")]
    [InlineData("nbf", "\"soon\"", "Not before (nbf)")]
    [InlineData("iat", null, "Issued at (iat)")]
    [InlineData("nonce", null, "Nonce")]
    [InlineData("nonce", "\"another\"", "Nonce")]
    [InlineData("nonce", "\"\"", "Nonce")]
    public void Check_WrongClaim_FailsThatOne(string claim, string? value, string check)
    {
        _token.Payload[claim] = value is null ? null : JsonNode.Parse(value);
        if (value is null)
        {
            _token.Payload.Remove(claim);
        }

        Failed(Expected).ShouldBe([check]);
    }

    [Theory]
    [InlineData("exp", -119, true)]
    [InlineData("exp", -121, false)]
    [InlineData("nbf", 119, true)]
    [InlineData("nbf", 121, false)]
    [InlineData("iat", 119, true)]
    [InlineData("iat", 121, false)]
    [InlineData("iat", -16 * 60, true)]
    [InlineData("iat", -18 * 60, false)]
    public void Check_Times_AllowTwoMinutesOfSkew(string claim, int seconds, bool passes)
    {
        _token.Payload[claim] = GivenToken.Now.AddSeconds(seconds).ToUnixTimeSeconds();

        Failed(Expected).Count.ShouldBe(passes ? 0 : 1);
    }

    [Fact]
    public void Check_SeveralAudiences_PassWhenTheyNameUsAsTheParty()
    {
        (_token.Payload["aud"], _token.Payload["azp"]) = (new JsonArray("loopai", "api"), "loopai");

        Failed(Expected).ShouldBeEmpty();
    }

    [Fact]
    public void Check_AccessTokensHash_HasToFitWhereItIsTold()
    {
        var expected = Expected with { AccessToken = "access-1" };
        Failed(expected).ShouldBeEmpty();

        _token.Payload["at_hash"] = Base64Url.EncodeToString(SHA256.HashData("access-1"u8).AsSpan(0, 16));
        Failed(expected).ShouldBeEmpty();

        _token.Payload["at_hash"] = Base64Url.EncodeToString(SHA256.HashData("access-2"u8).AsSpan(0, 16));
        Failed(expected).ShouldBe(["Access token's hash (at_hash)"]);
    }

    /// <summary>OpenID Connect Core, appendix A.3: the access token and at_hash of its example.</summary>
    [Fact]
    public void Check_AccessTokensHash_IsTheSpecificationsExample()
    {
        _token.Payload["at_hash"] = "77QmUPtjPfzWtF2AnpK9RQ";

        Failed(Expected with { AccessToken = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y" }).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("urn:password", false)]
    [InlineData("urn:mfa", true)]
    public void Check_AuthenticationContext_HasToBeOneThatWasAskedFor(string? done, bool passes)
    {
        _token.Payload["acr"] = done;

        Failed(Expected with { AcrValues = ["urn:mfa", "urn:hardware"] }).ShouldBe(passes ? [] : ["Authentication context (acr)"]);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("other.example", false)]
    [InlineData("corp.example", true)]
    public void Check_HostedDomain_HasToBeTheWorkspaces(string? told, bool passes)
    {
        _token.Payload["hd"] = told;

        Failed(Expected with { HostedDomain = "corp.example" }).ShouldBe(passes ? [] : ["Hosted domain (hd)"]);
    }

    [Fact]
    public void Check_LogoutTokenInItsPlace_Fails()
    {
        _token.Header["typ"] = "logout+jwt";

        Failed(Expected).ShouldBe(["Type"]);
    }

    [Theory]
    [InlineData("iss", "\"https://login.evil.example\"")]
    [InlineData("aud", "\"other-client\"")]
    [InlineData("iat", "1")]
    [InlineData("exp", "1")]
    [InlineData("jti", null)]
    [InlineData("events", null)]
    [InlineData("events", "{\"http://schemas.openid.net/event/other\": {}}")]
    [InlineData("events", "[\"http://schemas.openid.net/event/backchannel-logout\"]")]
    [InlineData("nonce", "\"nonce-1\"")]
    [InlineData("sub", null)]
    public void LogoutToken_WrongClaim_Fails(string claim, string? value)
    {
        MakeLogoutToken();
        LogoutFailures().ShouldBeEmpty();

        _token.Payload[claim] = value is null ? null : JsonNode.Parse(value);
        if (value is null)
        {
            _token.Payload.Remove(claim);
        }

        LogoutFailures().Count.ShouldBe(1);
    }

    [Fact]
    public void LogoutToken_OfASessionAlone_Passes()
    {
        MakeLogoutToken();
        _token.Payload.Remove("sub");
        _token.Payload["sid"] = "session-1";

        LogoutFailures().ShouldBeEmpty();
    }

    private void MakeLogoutToken()
    {
        _token.Header["typ"] = "logout+jwt";
        _token.Payload.Remove("nonce");
        _token.Payload["jti"] = "jti-1";
        _token.Payload["events"] = JsonNode.Parse("{\"http://schemas.openid.net/event/backchannel-logout\": {}}");
    }

    private List<string> LogoutFailures() =>
        [.. LogoutTokenValidator.Check(JsonWebToken.TryParse(_token.Sign())!, GivenToken.Issuer, GivenToken.ClientId, GivenToken.Now).Where(c => !c.Passed).Select(c => c.Name)];

    private List<string> Failed(IdTokenExpectation expected) =>
        [.. IdTokenValidator.Check(JsonWebToken.TryParse(_token.Sign())!, expected, GivenToken.Now).Where(check => !check.Passed).Select(check => check.Name)];
}
