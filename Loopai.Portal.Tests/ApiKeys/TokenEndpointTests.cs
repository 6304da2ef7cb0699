using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Access;
using Loopai.Portal.Tests.Api;

namespace Loopai.Portal.Tests.ApiKeys;

[Collection(PortalCollection.Name)]
public sealed class TokenEndpointTests(PortalFixture portal)
{
    [Fact]
    public async Task Token_OfAKey_OpensWhatItsScopeSays()
    {
        var (key, id) = await KeyAsync(Permissions.TasksRead, Permissions.AuditRead);
        var answer = await AskAsync(new() { ["client_id"] = $"{id}", ["client_secret"] = key, ["scope"] = "tasks:read" });
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        (body.GetProperty("token_type").GetString(), body.GetProperty("scope").GetString()).ShouldBe(("Bearer", "tasks:read"));
        body.GetProperty("expires_in").GetInt32().ShouldBeInRange(3590, 3600);
        using var client = portal.Client(body.GetProperty("access_token").GetString());
        (await client.GetAsync("tasks?limit=1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("audit?limit=1")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Token_IsSignedWithAPublishedKeyAndSaysWhatRfc9068Wants()
    {
        var (key, id) = await KeyAsync(Permissions.TasksRead);
        var parts = (await TokenAsync(key)).Split('.');
        using var http = new HttpClient { BaseAddress = portal.Address };
        var server = await http.GetFromJsonAsync<JsonElement>(".well-known/oauth-authorization-server");
        var keys = (await http.GetFromJsonAsync<JsonElement>("oauth/jwks")).GetProperty("keys");
        var (head, claims) = (Json(parts[0]), Json(parts[1]));
        var jwk = keys.EnumerateArray().Single(k => k.GetProperty("kid").GetString() == (string?)head["kid"]);
        using var verifier = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString()) },
        });
        verifier.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256).ShouldBeTrue();
        ((string?)head["alg"], (string?)head["typ"]).ShouldBe(("ES256", "at+jwt"));
        ((string?)claims["iss"], (string?)claims["sub"]).ShouldBe((server.GetProperty("issuer").GetString(), $"{id}"));
        claims.Select(claim => claim.Key).ShouldBe(["iss", "sub", "aud", "iat", "exp", "jti", "client_id", "scope", "key_secret"]);
    }

    [Fact]
    public async Task Token_ByBasicWithTheSelector_IsIssued()
    {
        var (key, _) = await KeyAsync(Permissions.TasksRead);
        using var http = new HttpClient { BaseAddress = portal.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key.Split('_')[^2]}:{key}")));
        (await http.PostAsync("oauth/token", new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials" }))).StatusCode.ShouldBe(HttpStatusCode.OK);

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", "bm9ib2R5Om5vdGhpbmc=");
        var refused = await http.PostAsync("oauth/token", new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials" }));
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Basic");
    }

    [Theory]
    [InlineData("grant_type", "password", 400, "unsupported_grant_type")]
    [InlineData("client_id", "0199e19e-1234-7567-89ab-cdef01234567", 401, "invalid_client")]
    [InlineData("client_secret", "lpk_production_nothing", 401, "invalid_client")]
    [InlineData("scope", "tasks:read roles:manage", 400, "invalid_scope")]
    public async Task Token_AskedForWrongly_IsRefusedAsRfc6749Says(string field, string value, int status, string error)
    {
        var (key, id) = await KeyAsync(Permissions.TasksRead);
        var answer = await AskAsync(new() { ["client_id"] = $"{id}", ["client_secret"] = key, [field] = value });
        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString().ShouldBe(error);
    }

    [Fact]
    public async Task Token_KeyIsRevoked_EndsOnAnotherInstanceToo()
    {
        var other = await portal.StartPortalAsync();
        try
        {
            var (key, id) = await KeyAsync(Permissions.TasksRead);
            using var elsewhere = portal.Client(await TokenAsync(key), PortalFixture.AddressOf(other));
            (await elsewhere.GetAsync("tasks?limit=1")).StatusCode.ShouldBe(HttpStatusCode.OK);
            using var owner = portal.Client(portal.Acme);
            await owner.DeleteAsync($"keys/{id}");
            await Eventually.BecomesAsync(async () => (await elsewhere.GetAsync("tasks?limit=1")).StatusCode, HttpStatusCode.Unauthorized);
        }
        finally
        {
            await PortalFixture.StopAsync(other);
        }
    }

    [Fact]
    public async Task Token_Forged_OpensNothing()
    {
        var (key, _) = await KeyAsync(Permissions.TasksRead);
        var token = await TokenAsync(key);
        var (head, claims) = (Json(token.Split('.')[0]), Json(token.Split('.')[1]));
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["alg none"] = Encoded(With(head, "alg", "none")) + "." + Encoded(claims) + ".",
            ["alg HS256 with the public key"] = Hmac(With(head, "alg", "HS256"), claims, stranger.ExportSubjectPublicKeyInfo()),
            ["another key under our name"] = Signed(head, claims, stranger),
            ["unknown key"] = Signed(With(head, "kid", "0123456789abcdef"), claims, stranger),
            ["wider scope under the old signature"] = $"{token.Split('.')[0]}.{Encoded(With(claims, "scope", "tasks:read roles:manage"))}.{token.Split('.')[2]}",
            ["later end under the old signature"] = $"{token.Split('.')[0]}.{Encoded(With(claims, "exp", 4102444800))}.{token.Split('.')[2]}",
            ["no signature"] = token[..(token.LastIndexOf('.') + 1)],
            ["garbage"] = "eyJ.eyJ.x",
        };
        foreach (var (name, text) in forged)
        {
            using var client = portal.Client(text);
            (await client.GetAsync("tasks?limit=1")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, name);
        }
    }

    private async Task<(string Text, Guid Id)> KeyAsync(params string[] permissions)
    {
        using var owner = portal.Client(portal.Acme);
        var made = await (await owner.PostAsJsonAsync("keys", new { name = "for tokens", environment = "production", permissions })).Content.ReadFromJsonAsync<JsonElement>();
        return (made.GetProperty("key").GetString()!, made.GetProperty("id").GetGuid());
    }

    private async Task<string> TokenAsync(string key) =>
        (await (await AskAsync(new() { ["client_id"] = key.Split('_')[^2], ["client_secret"] = key })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;

    private async Task<HttpResponseMessage> AskAsync(Dictionary<string, string> form)
    {
        form.TryAdd("grant_type", "client_credentials");
        using var http = new HttpClient { BaseAddress = portal.Address };
        return await http.PostAsync("oauth/token", new FormUrlEncodedContent(form));
    }

    private static JsonObject Json(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();

    private static JsonObject With(JsonObject json, string name, JsonNode value)
    {
        var changed = json.DeepClone().AsObject();
        changed[name] = value;
        return changed;
    }

    private static string Encoded(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));

    private static string Signed(JsonObject head, JsonObject claims, ECDsa key)
    {
        var content = $"{Encoded(head)}.{Encoded(claims)}";
        return $"{content}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256))}";
    }

    private static string Hmac(JsonObject head, JsonObject claims, byte[] key)
    {
        var content = $"{Encoded(head)}.{Encoded(claims)}";
        return $"{content}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(content)))}";
    }
}
