using System.Text.Json.Nodes;
using Loopai.Core.ApiKeys;
using Loopai.Core.Audit;

namespace Loopai.Portal.Tests.Audit;

public sealed class AuditMaskTests
{
    [Theory]
    [InlineData("password")]
    [InlineData("newPassword")]
    [InlineData("client_secret")]
    [InlineData("clientSecret")]
    [InlineData("API_KEY")]
    [InlineData("apiKey")]
    [InlineData("privateKey")]
    [InlineData("recoveryCodes")]
    [InlineData("accessToken")]
    [InlineData("Authorization")]
    public void IsSecret_WhatOpensSomething_Is(string name) => AuditMask.IsSecret(name).ShouldBeTrue();

    [Theory]
    [InlineData("key")]
    [InlineData("environmentKey")]
    [InlineData("tokenEndpoint")]
    [InlineData("secretExpiresAt")]
    [InlineData("passwordChanged")]
    [InlineData("tokenCount")]
    [InlineData("apiKeyId")]
    [InlineData("name")]
    [InlineData("pinned")]
    [InlineData("")]
    public void IsSecret_WhatSpeaksOfIt_IsNot(string name) => AuditMask.IsSecret(name).ShouldBeFalse();

    [Fact]
    public void Apply_SecretsAnywhereInTheTree_AreReplacedAndTheRestStays()
    {
        var masked = AuditMask.Apply(JsonNode.Parse(
            """{"name":"Okta","client":{"id":"abc","secret":"s3cr3t"},"tokens":["one","two"],"credentials":{"user":"ada","pass":"x"},"requirePassword":true,"password":""}"""));

        masked!.ToJsonString().Replace("\\u2022", "•", StringComparison.Ordinal).ShouldBe(
            """{"name":"Okta","client":{"id":"abc","secret":"•••"},"tokens":["•••","•••"],"credentials":{"user":"•••","pass":"•••"},"requirePassword":true,"password":""}""");
    }

    [Fact]
    public void Apply_SecretsInsideTexts_AreFoundByTheirShape()
    {
        var (key, selector) = ApiKeyFormat.Create("production");
        AuditMask.Apply($"curl -H 'X-API-Key: {key}'").ShouldBe($"curl -H 'X-API-Key: lpk_production_{selector}_•••'");
        AuditMask.Apply("Authorization: Bearer abcdefghijklmnop").ShouldBe("Authorization: Bearer •••");
        AuditMask.Apply("postgres://ada:hunter2@db.example/x").ShouldBe("postgres://ada:•••@db.example/x");
        AuditMask.Apply("t=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end").ShouldBe("t=••• end");
        AuditMask.Apply("-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\nafter").ShouldBe("•••\nafter");
        AuditMask.Apply("https://example.com/a:b and the bearer of news").ShouldBe("https://example.com/a:b and the bearer of news");
    }

    [Fact]
    public void Apply_LongText_IsCutWithItsHash()
    {
        var text = new string('x', 5_000);

        var cut = AuditMask.Apply(text);

        cut.Length.ShouldBeLessThan(1_200);
        cut.ShouldStartWith("xxx");
        cut.ShouldContain("5000 characters, SHA-256 ");
        AuditMask.Apply(new string('y', 5_000)).ShouldNotBe(cut);
        AuditMask.Apply(cut).ShouldBe(cut);
    }
}
