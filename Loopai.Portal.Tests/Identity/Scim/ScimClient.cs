using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Access;
using Loopai.Core.Identity.Scim;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity.Scim;

/// <summary>A directory of an organization, with a verified domain of its own and a token.</summary>
public sealed class ScimClient : IDisposable
{
    private readonly HttpClient _http;

    private ScimClient(PortalFixture portal, PortalOrganization organization, string domain, CreatedScimToken token)
    {
        (Portal, Organization, Domain, Token) = (portal, organization, domain, token);
        _http = new HttpClient { BaseAddress = new Uri(portal.Address, "/scim/v2/") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Text);
    }

    public PortalFixture Portal { get; }

    public PortalOrganization Organization { get; }

    public string Domain { get; }

    public CreatedScimToken Token { get; }

    public static async Task<ScimClient> StartAsync(PortalFixture portal, Caller? maker = null, PortalOrganization? of = null)
    {
        var organization = of ?? await portal.AddOrganizationAsync("scim");
        var domain = $"d{Guid.NewGuid():n}.example";
        await using (var db = await portal.Database.Data.OpenAsync(organization.Owner, default))
        {
            var now = DateTimeOffset.UtcNow;
            db.VerifiedDomains.Add(new VerifiedDomain { Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Domain = domain, Token = "t", CreatedAt = now, VerifiedAt = now });
            await db.SaveChangesAsync();
        }

        var token = await portal.Services.GetRequiredService<ScimTokenService>().CreateAsync(maker ?? organization.Owner, "Directory", 30, default);
        return new ScimClient(portal, organization, domain, token);
    }

    public string User(string name, string more = "") =>
        $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{name}}@{{Domain}}","externalId":"ext-{{name}}","name":{"givenName":"{{name}}","familyName":"Doe"},"emails":[{"value":"{{name}}@{{Domain}}","type":"work","primary":true}],"active":true{{(more.Length > 0 ? "," + more : "")}}}""";

    public async Task<string> AddUserAsync(string name, string more = "") => (string)(await SendAsync("POST", "Users", User(name, more), HttpStatusCode.Created))["id"]!;

    public Task<JsonObject> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK) => SendAsync("GET", path, null, expected);

    public Task<JsonObject> PatchAsync(string path, string operations, HttpStatusCode expected = HttpStatusCode.OK, string? ifMatch = null) => SendAsync(
        "PATCH", path, $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operations}}]}""", expected, ifMatch);

    public async Task<JsonObject> SendAsync(string method, string path, string? body, HttpStatusCode expected, string? ifMatch = null)
    {
        using var answer = await RawAsync(method, path, body, ifMatch);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, $"{method} {path}: {text}");
        if (text.Length == 0)
        {
            return [];
        }

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/scim+json");
        return (JsonObject)JsonNode.Parse(text)!;
    }

    public async Task<HttpResponseMessage> RawAsync(string method, string path, string? body = null, string? ifMatch = null, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/scim+json");
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        return await _http.SendAsync(request);
    }

    /// <summary>The user names that a filter finds, in the order of the answer.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(string filter, string more = "") =>
    [
        .. (await GetAsync($"Users?filter={Uri.EscapeDataString(filter)}{more}"))["Resources"]!.AsArray().Select(user => ((string)user!["userName"]!).Split('@')[0]),
    ];

    public void Dispose() => _http.Dispose();
}
