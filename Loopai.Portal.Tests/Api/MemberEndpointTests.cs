using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Loopai.Portal.Tests.Access;

namespace Loopai.Portal.Tests.Api;

/// <summary>People over the API, from an invitation to a removal.</summary>
[Collection(PortalCollection.Name)]
public sealed class MemberEndpointTests(PortalFixture portal)
{
    [Fact]
    public async Task Invitation_AcceptedByAnotherOrganizationsOwner_MakesAMemberOfBoth()
    {
        var (host, guest) = (await portal.AddOrganizationAsync("host"), await portal.AddOrganizationAsync("guest"));
        using var inviter = portal.Client(host);
        using var invited = portal.Client(guest);
        var sent = await ReadAsync(await inviter.PostAsJsonAsync("invitations", new { email = guest.OwnerEmail, grants = new[] { new { role = "developer" } } }));
        var token = sent.GetProperty("link").GetString()!.Split('/')[^1];

        (await ReadAsync(await invited.PostAsJsonAsync("invitations/accept", new { token }))).GetProperty("slug").GetString().ShouldBe(host.Slug);

        var own = await invited.GetFromJsonAsync<JsonElement>("organizations");
        own.GetProperty("items").EnumerateArray().Select(o => o.GetProperty("slug").GetString()).ShouldBe([guest.Slug, host.Slug], ignoreOrder: true);
        var members = (await inviter.GetFromJsonAsync<JsonElement>("members?role=developer")).GetProperty("items");
        members.EnumerateArray().Single().GetProperty("email").GetString().ShouldBe(guest.OwnerEmail);
        await (await invited.PostAsJsonAsync("invitations/accept", new { token })).ShouldBeProblemAsync(HttpStatusCode.NotFound, "invitation.unknown");
        (await inviter.GetFromJsonAsync<JsonElement>("invitations")).GetProperty("items")[0].TryGetProperty("link", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Key_ThatMayLess_SpeaksForItsOrganizationOnly()
    {
        var (host, guest) = (await portal.AddOrganizationAsync("host"), await portal.AddOrganizationAsync("guest"));
        using var inviter = portal.Client(host);
        using var invited = portal.Client(guest);
        var sent = await ReadAsync(await inviter.PostAsJsonAsync("invitations", new { email = guest.OwnerEmail }));
        await ReadAsync(await invited.PostAsJsonAsync("invitations/accept", new { token = sent.GetProperty("link").GetString()!.Split('/')[^1] }));
        using var lesser = portal.Client(await portal.AddKeyAsync(guest.Owner, ["organization:read", "organization:manage"]));

        var listed = await lesser.GetFromJsonAsync<JsonElement>("organizations");
        listed.GetProperty("items").EnumerateArray().Select(o => o.GetProperty("slug").GetString()).ShouldBe([guest.Slug]);
        await (await lesser.PostAsJsonAsync("organizations", new { name = "Mine", slug = "mine-all-mine" })).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "access.forbidden");
        await (await lesser.PostAsync("members/leave", null)).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "access.forbidden");
        await (await lesser.GetAsync("organizations/deleted")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "access.forbidden");
    }

    [Fact]
    public async Task Organization_DeletedAndRestored_StopsItsKeysAndStartsThemAgain()
    {
        var (first, other) = (await portal.AddOrganizationAsync("first"), await portal.AddOrganizationAsync("other"));
        using var client = portal.Client(first);
        using var outside = portal.Client(other);
        var second = await ReadAsync(await client.PostAsJsonAsync("organizations", new { name = "Second", slug = $"second-{Guid.NewGuid():n}"[..30] }));
        second.GetProperty("environments").GetArrayLength().ShouldBe(3);

        (await client.DeleteAsync($"organizations/{first.Id}")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await UntilAsync(async () => (await client.GetAsync("organization")).StatusCode == HttpStatusCode.Unauthorized);
        await (await outside.PostAsync($"organizations/{first.Id}/restore", null)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "organization.not_found");
        await portal.RestoreAsync(first);
        await UntilAsync(async () => (await client.GetAsync("organization")).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Members_GrantsTeamsAndRemoval_OverHttp()
    {
        var organization = await portal.AddOrganizationAsync("people");
        using var client = portal.Client(organization);
        var user = await GivenOrganization.UserAsync(portal.Database.Data);
        await portal.ProvisionAsync(organization, user);
        var team = (await ReadAsync(await client.PostAsJsonAsync("teams", new { name = "Support" }))).GetProperty("id").GetGuid();

        (await client.PutAsync($"teams/{team}/members/{user}", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var member = await ReadAsync(await client.PutAsJsonAsync($"members/{user}/grants", new { grants = new[] { new { role = "viewer" } } }));

        member.GetProperty("grants").EnumerateArray().Single().GetProperty("role").GetString().ShouldBe("viewer");
        member.GetProperty("teams").EnumerateArray().Single().GetProperty("name").GetString().ShouldBe("Support");
        var why = await client.GetFromJsonAsync<JsonElement>($"access/explain?subject={user}&permission=tasks:read");
        (why.GetProperty("allowed").GetBoolean(), why.GetProperty("grants")[0].GetProperty("roleName").GetString()).ShouldBe((true, "Viewer"));
        (await client.PostAsync($"members/{user}/deactivate", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.GetFromJsonAsync<JsonElement>("members?status=deactivated")).GetProperty("items")[0].GetProperty("userId").GetGuid().ShouldBe(user);
        (await client.DeleteAsync($"members/{user}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await client.GetAsync($"members/{user}")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "member.not_found");
        await (await client.DeleteAsync($"members/{organization.Owner.Id}")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "access.last_owner");
    }

    [Fact]
    public async Task Roles_MadePreviewedAndChanged_OverHttp()
    {
        var organization = await portal.AddOrganizationAsync("roles");
        using var client = portal.Client(organization);
        var made = await client.PostAsJsonAsync("roles", new { name = "Prompt engineer", permissions = new[] { "tasks:read", "programs:write" } });
        var role = (await ReadAsync(made)).GetProperty("id").GetString();
        var user = await GivenOrganization.UserAsync(portal.Database.Data);
        await portal.ProvisionAsync(organization, user);
        await ReadAsync(await client.PostAsJsonAsync("grants", new { userId = user, role }));

        var preview = await ReadAsync(await client.PostAsJsonAsync($"roles/{role}/preview", new { permissions = new[] { "tasks:read" } }));
        preview.GetProperty("items")[0].GetProperty("loses")[0].GetProperty("permission").GetString().ShouldBe("programs:write");
        using var stale = new HttpRequestMessage(HttpMethod.Patch, $"roles/{role}") { Content = JsonContent.Create(new { permissions = new[] { "tasks:read" } }) };
        stale.Headers.TryAddWithoutValidation("If-Match", "\"7\"");
        await (await client.SendAsync(stale)).ShouldBeProblemAsync(HttpStatusCode.PreconditionFailed, "role.changed_meanwhile");
        (await ReadAsync(await client.PatchAsJsonAsync($"roles/{role}", new { permissions = new[] { "tasks:read" } }))).GetProperty("revision").GetInt32().ShouldBe(2);
        await (await client.PatchAsJsonAsync("roles/admin", new { name = "Mine" })).ShouldBeProblemAsync(HttpStatusCode.Conflict, "role.built_in");
        (await client.GetFromJsonAsync<JsonElement>("permissions")).GetProperty("items").GetArrayLength().ShouldBeGreaterThan(15);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var since = Stopwatch.StartNew(); !await condition(); await Task.Delay(20))
        {
            since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        }
    }
}
