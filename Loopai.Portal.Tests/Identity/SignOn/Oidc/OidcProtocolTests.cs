using System.Text.Json;
using Loopai.Core.Errors;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Identity.SignOn.Oidc;
using Loopai.Infrastructure.Outbound;

namespace Loopai.Portal.Tests.Identity.SignOn.Oidc;

public sealed class OidcProtocolTests
{
    private readonly OidcProtocol _protocol = new(GuardedHandler.Create(allowPrivateNetworks: false));

    [Theory]
    [InlineData("entra_id", "5f1c0d9e-3c1b-4b8e-9a51-0e6b0f4d2a77", "https://login.microsoftonline.com/5f1c0d9e-3c1b-4b8e-9a51-0e6b0f4d2a77/v2.0")]
    [InlineData("entra_id", "https://login.microsoftonline.com/5f1c0d9e-3c1b-4b8e-9a51-0e6b0f4d2a77/v2.0", "https://login.microsoftonline.com/5f1c0d9e-3c1b-4b8e-9a51-0e6b0f4d2a77/v2.0")]
    [InlineData("okta", "acme.okta.com", "https://acme.okta.com")]
    [InlineData("okta", "https://acme.okta.com/oauth2/default", "https://acme.okta.com/oauth2/default")]
    [InlineData("auth0", "acme.eu.auth0.com", "https://acme.eu.auth0.com/")]
    [InlineData("keycloak", "https://keycloak.acme.example/realms/staff", "https://keycloak.acme.example/realms/staff")]
    public void Accept_WhatTheProviderShows_BecomesItsIssuer(string preset, string given, string issuer)
    {
        var errors = new FieldErrors();

        var accepted = _protocol.Accept(Settings(preset, given), new Dictionary<string, string>(), errors);

        errors.ToDictionary().ShouldBeEmpty();
        accepted.Authority.ShouldBe(issuer);
        JsonSerializer.Deserialize<OidcSettings>(accepted.Json, SignOnJson.Options)!.Scopes.ShouldStartWith("openid ");
    }

    [Theory]
    [InlineData("entra_id", "common")]
    [InlineData("entra_id", "organizations")]
    [InlineData("entra_id", "https://login.microsoftonline.com/consumers/v2.0")]
    [InlineData("entra_id", "acme.onmicrosoft.com")]
    [InlineData("okta", "acme okta")]
    [InlineData("generic", "")]
    [InlineData("generic", "http://login.acme.example")]
    [InlineData("generic", "https://ada:secret@login.acme.example")]
    [InlineData("generic", "https://login.acme.example?tenant=1")]
    [InlineData("generic", "file:///etc/passwd")]
    public void Accept_NoIssuerToTrust_IsRefused(string preset, string given)
    {
        var errors = new FieldErrors();

        _protocol.Accept(Settings(preset, given), new Dictionary<string, string>(), errors);

        errors.ToDictionary().Keys.ShouldBe(["settings.issuer"]);
    }

    [Fact]
    public void Accept_GoogleWithoutItsDomain_IsRefused()
    {
        var errors = new FieldErrors();

        _protocol.Accept(Settings("google", null), new Dictionary<string, string>(), errors);

        errors.ToDictionary().Keys.ShouldBe(["settings.hostedDomain"]);
    }

    [Fact]
    public void Accept_NothingRight_TellsAllAtOnce()
    {
        var errors = new FieldErrors();

        _protocol.Accept(
            JsonElement.Parse("""{"preset": "okta", "issuer": "", "clientId": "", "emailClaim": "", "groupsClaim": "", "hostedDomain": "acme.com"}"""),
            new Dictionary<string, string>(), errors);

        errors.ToDictionary().Keys.ShouldBe(
            ["settings.issuer", "settings.clientId", "settings.emailClaim", "settings.groupsClaim", "settings.hostedDomain"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("""{"preset": "myspace"}""")]
    [InlineData("""{"clientSecret": "in the wrong place"}""")]
    [InlineData("[]")]
    [InlineData("7")]
    public void Accept_NoSettings_IsRefused(string json)
    {
        var errors = new FieldErrors();

        _protocol.Accept(JsonElement.Parse(json), new Dictionary<string, string>(), errors);

        errors.ToDictionary().Keys.ShouldBe(["settings"]);
    }

    [Fact]
    public void Read_Claims_AreFlattened_AndTheSignedOnesCount()
    {
        var token = JsonElement.Parse("""{"sub": "1", "email": "ada@corp.example", "realm_access": {"roles": ["admin", "staff"]}, "email_verified": "true", "sid": "s"}""");
        var userInfo = JsonElement.Parse("""{"sub": "1", "email": "eve@evil.example", "name": "Ada", "groups": ["a", "b", "a"]}""");

        var identity = OidcClaims.Read(new OidcSettings { GroupsClaim = "realm_access.roles" }, token, userInfo, "jwt");

        (identity.Email, identity.EmailVerified, identity.DisplayName, identity.ProviderSessionId).ShouldBe(("ada@corp.example", true, "Ada", "s"));
        identity.Groups.ShouldBe(["admin", "staff"]);
        identity.Claims.Where(c => c.Name == "groups").Select(c => c.Value).ShouldBe(["a", "b", "a"]);
    }

    [Theory]
    [InlineData("""{"sub": "1"}""", false, false)]
    [InlineData("""{"sub": "1"}""", true, true)]
    [InlineData("""{"sub": "1", "email_verified": false}""", true, false)]
    [InlineData("""{"sub": "1", "xms_edov": false}""", true, false)]
    [InlineData("""{"sub": "1", "xms_edov": 1}""", false, true)]
    [InlineData("""{"sub": "1", "email_verified": "yes"}""", true, false)]
    public void Read_EmailVerified_WhatTheTokenSaysCountsOverTheSetting(string token, bool setting, bool verified) =>
        OidcClaims.Read(new OidcSettings { EmailsAreVerified = setting }, JsonElement.Parse(token), null, "jwt").EmailVerified.ShouldBe(verified);

    private static JsonElement Settings(string preset, string? issuer) =>
        JsonSerializer.SerializeToElement(new { preset, issuer = issuer ?? "", clientId = "loopai" });
}
