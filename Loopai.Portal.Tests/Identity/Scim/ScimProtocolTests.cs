using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Scim;
using Loopai.Portal.Scim;
using Loopai.Portal.Tests.Api;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity.Scim;

/// <summary>The protocol around resources: tokens, discovery, errors; and two directories as they really ask.</summary>
[Collection(PortalCollection.Name)]
public sealed class ScimProtocolTests(PortalFixture portal)
{
    [Fact]
    public async Task Discovery_TellsWhatTheServerDoes()
    {
        using var directory = await ScimClient.StartAsync(portal);

        var provider = await directory.GetAsync("ServiceProviderConfig");
        foreach (var (feature, supported) in new[] { ("patch", true), ("filter", true), ("sort", true), ("etag", true), ("bulk", false), ("changePassword", false) })
        {
            ((bool)provider[feature]!["supported"]!).ShouldBe(supported, feature);
        }

        var types = (await directory.GetAsync("ResourceTypes"))["Resources"]!.AsArray();
        types.Select(t => (string)t!["endpoint"]!).ShouldBe(["/Users", "/Groups"]);
        foreach (var schema in types.Select(t => (string)t!["schema"]!).Append((string)types[0]!["schemaExtensions"]![0]!["schema"]!))
        {
            ((string)(await directory.GetAsync($"Schemas/{schema}"))["id"]!).ShouldBe(schema);
        }

        ((string)(await directory.GetAsync("ResourceTypes/User"))["meta"]!["location"]!).ShouldBe($"{portal.Address}scim/v2/ResourceTypes/User");
        await directory.GetAsync("Schemas/urn:nothing", HttpStatusCode.NotFound);
        await directory.GetAsync("Me", HttpStatusCode.NotFound);
        await directory.SendAsync("POST", "Bulk", "{}", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("{", "application/scim+json", HttpStatusCode.BadRequest, "invalidSyntax")]
    [InlineData("[]", "application/scim+json", HttpStatusCode.BadRequest, "invalidSyntax")]
    [InlineData("{}", "application/json", HttpStatusCode.BadRequest, "invalidValue")]
    [InlineData("""{"userName":"not an address"}""", "application/scim+json", HttpStatusCode.BadRequest, "invalidValue")]
    [InlineData("""{"userName":{"x":1}}""", "application/scim+json", HttpStatusCode.BadRequest, "invalidValue")]
    [InlineData("""{"userName":"a@b.example","emails":"{0}"}""", "text/plain", HttpStatusCode.UnsupportedMediaType, null)]
    public async Task Post_WrongBody_IsAnErrorOfScim(string body, string type, HttpStatusCode status, string? scimType)
    {
        using var directory = await ScimClient.StartAsync(portal);
        using var http = new HttpClient { BaseAddress = new Uri(portal.Address, "/scim/v2/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", directory.Token.Text);

        var answer = await http.PostAsync("Users", new StringContent(body, Encoding.UTF8, type));

        var error = (JsonObject)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        (answer.StatusCode, (string?)error["scimType"], (string)error["status"]!).ShouldBe((status, scimType, $"{(int)status}"));
    }

    [Fact]
    public async Task Post_TooLarge_Is413()
    {
        using var directory = await ScimClient.StartAsync(portal);

        var refused = await directory.SendAsync("POST", "Users", $$"""{"userName":"a@b.example","title":"{{new string('x', ScimPipeline.MaxBodyBytes)}}"}""", HttpStatusCode.RequestEntityTooLarge);

        ((string)refused["status"]!).ShouldBe("413");
    }

    [Fact]
    public async Task Token_UnknownExpiredRevokedOrAKey_Is401_AndKnownOnesAreRecorded()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var tokens = portal.Services.GetRequiredService<ScimTokenService>();
        using var http = new HttpClient { BaseAddress = new Uri(portal.Address, "/scim/v2/") };
        foreach (var text in new[] { "", "scim_x", directory.Organization.Key, directory.Token.Text[..^1] + "!", directory.Token.Text })
        {
            if (text == directory.Token.Text)
            {
                await tokens.RevokeAsync(directory.Organization.Owner, directory.Token.Token.Id, default);
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, "Users");
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + text);
            var answer = await http.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, text);
            answer.Headers.WwwAuthenticate.ToString().ShouldStartWith("Bearer");
        }

        await portal.Services.GetRequiredService<RefusalLog>().FlushAsync(all: false, default);
        await using var db = await portal.Database.Data.OpenAsync(directory.Organization.Owner, default);
        (await db.AuditEvents.SingleAsync(e => e.Action == "scim_token.refused")).Reason.ShouldBe("The token is revoked.");
    }

    [Fact]
    public async Task Tokens_OverTheApi_TwoAtATime_SecretsOnce()
    {
        var organization = await portal.AddOrganizationAsync("tokens");
        using var client = portal.Client(organization);
        for (var i = 0; i < ScimToken.MaxValid; i++)
        {
            var made = await client.PostAsJsonAsync("provisioning/tokens", new { name = $"T{i}", expiresInDays = 10 });
            made.StatusCode.ShouldBe(HttpStatusCode.Created);
            (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!.ShouldStartWith("scim_");
        }

        await (await client.PostAsJsonAsync("provisioning/tokens", new { name = "Third" })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "scim.too_many_tokens");
        await (await client.PostAsJsonAsync("provisioning/tokens", new { name = "", expiresInDays = 0 })).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "scim.token_invalid");
        var listed = await client.GetStringAsync("provisioning/tokens");
        listed.ShouldNotContain("scim_");
        var first = JsonElement.Parse(listed).GetProperty("items")[0].GetProperty("id").GetGuid();
        (await client.DeleteAsync($"provisioning/tokens/{first}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.PostAsJsonAsync("provisioning/tokens", new { name = "Third" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        await Should.ThrowAsync<ForbiddenException>(portal.Services.GetRequiredService<ScimTokenService>().CreateAsync(
            Caller.ForUser(Guid.NewGuid(), "x", organization.Id, organization.Owner.EnvironmentId, [Permissions.SignOnManage]), "x", 1, default));
    }

    /// <summary>The requests of "Understand the SCIM implementation in Microsoft Entra ID", in their order.</summary>
    [Fact]
    public async Task Entra_ItsSequence_Works()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var probe = Guid.NewGuid();
        ((int)(await directory.GetAsync($"Users?filter=userName eq \"{probe}\""))["totalResults"]!).ShouldBe(0);
        var user = await directory.SendAsync("POST", "Users", $$"""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
             "externalId":"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef","userName":"Test_User@{{directory.Domain}}","active":true,
             "emails":[{"primary":true,"type":"work","value":"Test_User@{{directory.Domain}}"}],"meta":{"resourceType":"User"},
             "name":{"formatted":"given family","familyName":"family","givenName":"given"},"roles":[]}
            """, HttpStatusCode.Created);
        var id = (string)user["id"]!;
        ((int)(await directory.GetAsync($"Users?filter=userName eq \"Test_User@{directory.Domain}\""))["totalResults"]!).ShouldBe(1);

        var patched = await directory.PatchAsync($"Users/{id}", $$"""
            {"op":"Replace","path":"emails[type eq \"work\"].value","value":"updated@{{directory.Domain}}"},
            {"op":"Replace","path":"name.familyName","value":"updatedFamilyName"},
            {"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"+1 555"},
            {"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber","value":4711}
            """);
        ((string)patched["emails"]![0]!["value"]!, (string)patched["name"]!["familyName"]!, (string)patched["phoneNumbers"]![0]!["value"]!)
            .ShouldBe(($"updated@{directory.Domain}", "updatedFamilyName", "+1 555"));
        ((string)patched["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]!["employeeNumber"]!).ShouldBe("4711");
        ((bool)(await directory.PatchAsync($"Users/{id}", """{"op":"Replace","path":"active","value":"False"}"""))["active"]!).ShouldBeFalse();

        var group = (string)(await directory.SendAsync("POST", "Groups", """
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
             "externalId":"8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159","displayName":"displayName","meta":{"resourceType":"Group"}}
            """, HttpStatusCode.Created))["id"]!;
        ((int)(await directory.GetAsync("Groups?excludedAttributes=members&filter=displayName eq \"displayName\""))["totalResults"]!).ShouldBe(1);
        await directory.PatchAsync($"Groups/{group}", """{"op":"Replace","path":"displayName","value":"1879db59-3bdf-4490-ad68-ab880a269474updatedDisplayName"}""");
        (await directory.PatchAsync($"Groups/{group}", $$"""{"op":"Add","path":"members","value":[{"$ref":null,"value":"{{id}}"}]}"""))["members"]!.AsArray().Count.ShouldBe(1);
        (await directory.PatchAsync($"Groups/{group}", $$"""{"op":"Remove","path":"members","value":[{"$ref":null,"value":"{{id}}"}]}""")).ContainsKey("members").ShouldBeFalse();
        await directory.SendAsync("DELETE", $"Groups/{group}", null, HttpStatusCode.NoContent);
        await directory.SendAsync("DELETE", $"Users/{id}", null, HttpStatusCode.NoContent);
    }

    /// <summary>The requests of Okta's "SCIM 2.0 protocol reference", in their order.</summary>
    [Fact]
    public async Task Okta_ItsSequence_Works()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var name = $"test.user@{directory.Domain}";
        (await directory.GetAsync($"Users?filter=userName%20eq%20%22{name}%22&startIndex=1&count=100"))["Resources"]!.AsArray().ShouldBeEmpty();
        var id = (string)(await directory.SendAsync("POST", "Users", $$"""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{name}}","name":{"givenName":"Test","familyName":"User"},
             "emails":[{"primary":true,"value":"{{name}}","type":"work"}],"displayName":"Test User","locale":"en-US","externalId":"00ujl29u0le5T6Aj10h7",
             "groups":[],"password":"1mz050nq","active":true}
            """, HttpStatusCode.Created))["id"]!;
        var full = await directory.GetAsync($"Users/{id}");
        full["name"]!["middleName"] = "Middle";
        ((string)(await directory.SendAsync("PUT", $"Users/{id}", full.ToJsonString(), HttpStatusCode.OK))["name"]!["middleName"]!).ShouldBe("Middle");
        var group = (string)(await directory.SendAsync("POST", "Groups", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Test SCIMv2","members":[]}""", HttpStatusCode.Created))["id"]!;
        await directory.PatchAsync($"Groups/{group}", $$"""{"op":"replace","value":{"id":"{{group}}","displayName":"Test SCIMv2"} }""");
        await directory.PatchAsync($"Groups/{group}", $$"""{"op":"remove","path":"members[value eq \"{{id}}\"]"},{"op":"add","path":"members","value":[{"value":"{{id}}","display":"{{name}}"}]}""", HttpStatusCode.BadRequest);
        await directory.PatchAsync($"Groups/{group}", $$"""{"op":"add","path":"members","value":[{"value":"{{id}}","display":"{{name}}"}]}""");
        var put = await directory.SendAsync("PUT", $"Groups/{group}", $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"{{group}}","displayName":"Test SCIMv2","members":[{"value":"{{id}}","display":"{{name}}"}]}""", HttpStatusCode.OK);
        put["members"]!.AsArray().Count.ShouldBe(1);
        ((bool)(await directory.PatchAsync($"Users/{id}", """{"op":"replace","value":{"active":false}}"""))["active"]!).ShouldBeFalse();
        await directory.SendAsync("DELETE", $"Groups/{group}", null, HttpStatusCode.NoContent);
    }
}
