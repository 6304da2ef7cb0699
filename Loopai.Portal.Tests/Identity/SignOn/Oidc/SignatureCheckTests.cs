using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Identity.SignOn.Oidc;

namespace Loopai.Portal.Tests.Identity.SignOn.Oidc;

/// <summary>Each way in which a token can be signed wrongly.</summary>
public sealed class SignatureCheckTests : IDisposable
{
    private readonly GivenToken _token = new();

    public void Dispose() => _token.Dispose();

    [Theory]
    [InlineData("RS256", "rsa")]
    [InlineData("RS384", "rsa")]
    [InlineData("RS512", "rsa")]
    [InlineData("PS256", "rsa")]
    [InlineData("PS512", "rsa")]
    [InlineData("ES256", "ec256")]
    [InlineData("ES384", "ec384")]
    public void Check_ByTheProvider_IsGood(string algorithm, string key)
    {
        (_token.Header["alg"], _token.Header["kid"]) = (algorithm, key);

        Check(_token.Sign()).ShouldBe(SignatureVerdict.Good);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("")]
    public void Check_NoSignature_IsBad(string algorithm)
    {
        _token.Header["alg"] = algorithm;

        Check($"{GivenToken.Encode(_token.Header)}.{GivenToken.Encode(_token.Payload)}.").ShouldBe(SignatureVerdict.Bad);
    }

    [Fact]
    public void Check_HmacWithThePublicKey_IsBad()
    {
        _token.Header["alg"] = "HS256";
        var signed = $"{GivenToken.Encode(_token.Header)}.{GivenToken.Encode(_token.Payload)}";
        foreach (var secret in new[] { _token.Rsa.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(_token.Rsa.ExportSubjectPublicKeyInfoPem()), _token.Rsa.ExportParameters(false).Modulus! })
        {
            Check($"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}").ShouldBe(SignatureVerdict.Bad);
        }
    }

    [Fact]
    public void Check_SymmetricKeyInTheSet_IsNoKey() => JsonWebKey.ParseSet(JsonElement.Parse("""{"keys": [{"kty": "oct", "kid": "rsa", "k": "c2VjcmV0"}]}""")).ShouldBeEmpty();

    [Fact]
    public void Check_ChangedPayload_IsBad()
    {
        var parts = _token.Sign().Split('.');
        _token.Payload["sub"] = "somebody-else";

        Check($"{parts[0]}.{GivenToken.Encode(_token.Payload)}.{parts[2]}").ShouldBe(SignatureVerdict.Bad);
    }

    [Fact]
    public void Check_ChangedHeader_IsBad()
    {
        var parts = _token.Sign().Split('.');
        _token.Header["alg"] = "RS512";

        Check($"{GivenToken.Encode(_token.Header)}.{parts[1]}.{parts[2]}").ShouldBe(SignatureVerdict.Bad);
    }

    [Fact]
    public void Check_AnotherKeyUnderTheSameName_IsBad()
    {
        using var other = new GivenToken();

        Check(other.Sign()).ShouldBe(SignatureVerdict.Bad);
    }

    [Fact]
    public void Check_UnknownKey_IsWorthAskingFor()
    {
        _token.Header["kid"] = "rotated";

        Check(_token.Sign()).ShouldBe(SignatureVerdict.UnknownKey);
    }

    [Fact]
    public void Check_AlgorithmThatTheNamedKeyIsNotFor_IsNotGood()
    {
        (_token.Header["alg"], _token.Header["kid"]) = ("ES384", "ec256");

        Check(_token.Sign()).ShouldNotBe(SignatureVerdict.Good);
    }

    [Fact]
    public void Check_NoKeyNamed_TakesTheOnlyOneThatFits()
    {
        _token.Header.Remove("kid");
        Check(_token.Sign()).ShouldBe(SignatureVerdict.Good);

        using var second = RSA.Create(2048);
        var set = new JsonObject { ["keys"] = new JsonArray(GivenToken.Jwk("one", _token.Rsa), GivenToken.Jwk("two", second)) };
        SignatureCheck.Check(JsonWebToken.TryParse(_token.Sign())!, JsonWebKey.ParseSet(JsonSerializer.SerializeToElement(set)), out _).ShouldBe(SignatureVerdict.Bad);
    }

    [Fact]
    public void Check_HeaderThatDemandsAnExtension_IsBad()
    {
        _token.Header["crit"] = new JsonArray("b64");
        _token.Header["b64"] = false;

        Check(_token.Sign()).ShouldBe(SignatureVerdict.Bad);
    }

    [Fact]
    public void Check_KeyInTheTokensOwnHeader_IsNotUsed()
    {
        using var attacker = new GivenToken();
        attacker.Header["kid"] = "mine";
        attacker.Header["jwk"] = GivenToken.Jwk("mine", attacker.Rsa);
        attacker.Header["jku"] = "https://evil.example/keys";

        Check(attacker.Sign()).ShouldBe(SignatureVerdict.UnknownKey);
    }

    [Theory]
    [InlineData("""{"kty": "RSA", "kid": "k", "use": "enc", "n": "{n}", "e": "AQAB"}""")]
    [InlineData("""{"kty": "RSA", "kid": "k", "key_ops": ["encrypt"], "n": "{n}", "e": "AQAB"}""")]
    [InlineData("""{"kty": "RSA", "kid": "k", "n": "{n}", "e": "AQ"}""")]
    [InlineData("""{"kty": "RSA", "kid": "k", "n": "{short}", "e": "AQAB"}""")]
    [InlineData("""{"kty": "EC", "kid": "k", "crv": "P-256", "x": "AAAA", "y": "AAAA"}""")]
    [InlineData("""{"kty": "EC", "kid": "k", "crv": "secp256k1", "x": "AAAA", "y": "AAAA"}""")]
    public void ParseSet_KeyThatMayNotCheck_IsLeftOut(string key)
    {
        using var weak = RSA.Create(1024);
        var json = key.Replace("{n}", Base64Url.EncodeToString(_token.Rsa.ExportParameters(false).Modulus), StringComparison.Ordinal)
            .Replace("{short}", Base64Url.EncodeToString(weak.ExportParameters(false).Modulus), StringComparison.Ordinal);

        JsonWebKey.ParseSet(JsonElement.Parse($$"""{"keys": [{{json}}]}""")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("!!.!!.!!")]
    [InlineData("W10.W10.W10")]
    public void TryParse_NoSignedToken_IsNull(string? text) => JsonWebToken.TryParse(text).ShouldBeNull();

    [Fact]
    public void TryParse_NameTwice_IsNull()
    {
        var payload = Base64Url.EncodeToString("{\"sub\":\"ada\",\"sub\":\"grace\"}"u8);

        JsonWebToken.TryParse($"{GivenToken.Encode(_token.Header)}.{payload}.AAAA").ShouldBeNull();
    }

    [Fact]
    public void TryParse_TooLong_IsNull()
    {
        _token.Payload["groups"] = new string('g', 70_000);

        JsonWebToken.TryParse(_token.Sign()).ShouldBeNull();
    }

    private SignatureVerdict Check(string compact) => SignatureCheck.Check(JsonWebToken.TryParse(compact).ShouldNotBeNull(), _token.Keys, out _);
}
