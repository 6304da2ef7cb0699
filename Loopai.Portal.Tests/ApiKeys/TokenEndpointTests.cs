using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Access;
using Loopai.Core.ApiKeys.Tokens;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

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
        using var owner = portal.Client(portal.Acme);
        await Eventually.BecomesAsync(async () => (await owner.GetFromJsonAsync<JsonElement>($"audit?action=token.issued&object={id}")).GetProperty("items").GetArrayLength(), 1);
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
            ["alg HS256 with the public key"] = Hmac(With(head, "alg", "HS256"), claims, (await portal.Services.GetRequiredService<TokenSigner>().PublishedAsync(default))[0].PublicKey),
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

    [Fact]
    public async Task Token_SignedByUsButWrongInOneClaim_OpensNothing()
    {
        var (key, _) = await KeyAsync(Permissions.TasksRead);
        var token = await TokenAsync(key);
        var (head, claims) = (Json(token.Split('.')[0]), Json(token.Split('.')[1]));
        var wrong = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["expired"] = await OursAsync(head, With(claims, "exp", DateTimeOffset.UtcNow.AddSeconds(-1).ToUnixTimeSeconds())),
            ["another issuer"] = await OursAsync(head, With(claims, "iss", "https://elsewhere.example")),
            ["another audience"] = await OursAsync(head, With(claims, "aud", "https://elsewhere.example")),
            ["another type"] = await OursAsync(With(head, "typ", "JWT"), claims),
            ["an extension that must be understood"] = await OursAsync(With(head, "crit", new JsonArray("exp")), claims),
            ["another key's selector"] = await OursAsync(head, With(claims, "client_id", (await KeyAsync(Permissions.TasksRead)).Text.Split('_')[^2])),
            ["a secret that the key has not"] = await OursAsync(head, With(claims, "key_secret", Guid.CreateVersion7().ToString())),
        };
        foreach (var (name, text) in wrong)
        {
            using var client = portal.Client(text);
            (await client.GetAsync("tasks?limit=1")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, name);
        }

        using var untouched = portal.Client(await OursAsync(head, claims));
        (await untouched.GetAsync("tasks?limit=1")).StatusCode.ShouldBe(HttpStatusCode.OK, "or the test would show nothing");
    }

    [Fact]
    public async Task Token_ScopeBeyondItsKey_GivesNoMoreThanTheKey()
    {
        var (key, _) = await KeyAsync(Permissions.TasksRead);
        var token = await TokenAsync(key);
        using var client = portal.Client(await OursAsync(Json(token.Split('.')[0]), With(Json(token.Split('.')[1]), "scope", "tasks:read audit:read")));
        (await client.GetAsync("audit?limit=1")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Token_SecretItWasAskedForWithIsRevoked_EndsWithIt()
    {
        var (key, id) = await KeyAsync(Permissions.TasksRead);
        using var client = portal.Client(await TokenAsync(key));
        (await client.GetAsync("tasks?limit=1")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var owner = portal.Client(portal.Acme);
        (await owner.PostAsJsonAsync($"keys/{id}/rotate", new { overlapHours = 0 })).EnsureSuccessStatusCode();
        await Eventually.BecomesAsync(async () => (await client.GetAsync("tasks?limit=1")).StatusCode, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Token_BodyThatIsNoForm_IsABadRequest()
    {
        using var http = new HttpClient { BaseAddress = portal.Address };
        using var noBoundary = new ByteArrayContent("x"u8.ToArray());
        noBoundary.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data");
        (await http.PostAsync("oauth/token", noBoundary)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var many = new StringContent(string.Join('&', Enumerable.Repeat("a=", 2000)), new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        (await http.PostAsync("oauth/token", many)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var endless = new StreamContent(new MemoryStream(new byte[64 * 1024]));
        endless.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "oauth/token") { Content = endless, Headers = { TransferEncodingChunked = true } };
        (await http.SendAsync(chunked)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
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

    /// <summary>Signed with the key that the portal signs with now.</summary>
    private async Task<string> OursAsync(JsonObject head, JsonObject claims)
    {
        var (_, sign) = await portal.Services.GetRequiredService<TokenSigner>().SignerAsync(default);
        var content = $"{Encoded(head)}.{Encoded(claims)}";
        return $"{content}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(content)))}";
    }

    private static string Hmac(JsonObject head, JsonObject claims, byte[] key)
    {
        var content = $"{Encoded(head)}.{Encoded(claims)}";
        return $"{content}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(content)))}";
    }
}
