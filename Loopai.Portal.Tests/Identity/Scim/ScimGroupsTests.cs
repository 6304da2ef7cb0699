using System.Net;
using System.Text.Json.Nodes;
using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity.Scim;

[Collection(PortalCollection.Name)]
public sealed class ScimGroupsTests(PortalFixture portal)
{
    [Fact]
    public async Task Groups_AreTeams_AndGrantsOfTheTeamReachItsPeople()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var ann = await directory.AddUserAsync("ann");
        var group = await directory.SendAsync("POST", "Groups", $$"""{"displayName":"Builders","externalId":"g1","members":[{"value":"{{ann}}","display":"whatever"}]}""", HttpStatusCode.Created);
        var id = (string)group["id"]!;
        ((string)group["members"]![0]!["display"]!, (string)group["members"]![0]!["$ref"]!).ShouldBe(($"ann@{directory.Domain}", $"{portal.Address}scim/v2/Users/{ann}"));
        var grants = portal.Services.GetRequiredService<GrantService>();
        await grants.CreateAsync(directory.Organization.Owner, Holder.Team(Guid.Parse(id)), new WantedGrant(BuiltInRoles.Developer.Id), default);
        (await CallerAsync(directory, ann)).May(Permissions.TasksWrite).ShouldBeTrue();
        ((string)(await directory.GetAsync($"Users/{ann}"))["groups"]![0]!["display"]!).ShouldBe("Builders");

        var emptied = await directory.PatchAsync($"Groups/{id}", $$"""{"op":"Remove","path":"members","value":[{"value":"{{ann}}"}]}""");

        emptied.ContainsKey("members").ShouldBeFalse();
        await UntilAsync(async () => !(await CallerAsync(directory, ann)).May(Permissions.TasksWrite));
    }

    [Fact]
    public async Task Group_ThatIsRefilled_HasAnotherVersion_AndNothingNewHasTheSame()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var (ann, bob) = (await directory.AddUserAsync("ann"), await directory.AddUserAsync("bob"));
        var id = (string)(await directory.SendAsync("POST", "Groups", """{"displayName":"Staff"}""", HttpStatusCode.Created))["id"]!;
        var add = $$"""{"op":"Add","path":"members","value":[{"value":"{{ann}}"},{"value":"{{bob}}"}]}""";
        using var before = await directory.RawAsync("GET", $"Groups/{id}");

        var filled = await directory.PatchAsync($"Groups/{id}", add, ifMatch: before.Headers.ETag!.ToString());
        var again = await directory.PatchAsync($"Groups/{id}", add);

        ((string)filled["meta"]!["version"]!).ShouldNotBe(before.Headers.ETag.ToString());
        ((string)again["meta"]!["version"]!).ShouldBe((string)filled["meta"]!["version"]!);
        await directory.PatchAsync($"Groups/{id}", add, HttpStatusCode.PreconditionFailed, ifMatch: before.Headers.ETag.ToString());
        (await NamesAsync(directory, $"members eq \"{bob}\"")).ShouldBe(["Staff"]);
        (await NamesAsync(directory, $"members[value eq \"{bob}\"] and displayName eq \"staff\"")).ShouldBe(["Staff"]);
        (await NamesAsync(directory, $"members.value eq \"{Guid.NewGuid()}\"")).ShouldBeEmpty();
        (await directory.GetAsync($"Groups/{id}?excludedAttributes=members")).ContainsKey("members").ShouldBeFalse();
    }

    [Fact]
    public async Task Put_Membership_LeavesExactlyThese()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var (ann, bob) = (await directory.AddUserAsync("ann"), await directory.AddUserAsync("bob"));
        var id = (string)(await directory.SendAsync("POST", "Groups", $$"""{"displayName":"Staff","members":[{"value":"{{ann}}"}]}""", HttpStatusCode.Created))["id"]!;

        var after = await directory.SendAsync("PUT", $"Groups/{id}", $$"""{"displayName":"Crew","members":[{"value":"{{bob}}"}]}""", HttpStatusCode.OK);

        ((string)after["displayName"]!, after["members"]!.AsArray().Count, (string)after["members"]![0]!["value"]!).ShouldBe(("Crew", 1, bob));
        await directory.SendAsync("DELETE", $"Groups/{id}", null, HttpStatusCode.NoContent);
        await directory.GetAsync($"Groups/{id}", HttpStatusCode.NotFound);
        await Should.ThrowAsync<NotFoundException>(portal.Services.GetRequiredService<TeamService>().GetAsync(directory.Organization.Owner, Guid.Parse(id), default));
    }

    [Fact]
    public async Task Names_OfTeamsByHandAndOfOthers_AreTaken_AndTheDirectoryAloneRenames()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var teams = portal.Services.GetRequiredService<TeamService>();
        await teams.CreateAsync(directory.Organization.Owner, "By hand", null, default);
        var id = (string)(await directory.SendAsync("POST", "Groups", """{"displayName":"Staff"}""", HttpStatusCode.Created))["id"]!;

        foreach (var name in new[] { "By hand", "staff" })
        {
            ((string)(await directory.SendAsync("POST", "Groups", $$"""{"displayName":"{{name}}"}""", HttpStatusCode.Conflict))["scimType"]!).ShouldBe("uniqueness");
        }

        (await Should.ThrowAsync<ConflictException>(teams.UpdateAsync(directory.Organization.Owner, Guid.Parse(id), "Mine", null, default))).Message.ShouldContain("kept by the directory");
        ((string)(await directory.PatchAsync($"Groups/{id}", $$"""{"op":"replace","value":{"id":"{{id}}","displayName":"Crew"} }"""))["displayName"]!).ShouldBe("Crew");
    }

    [Fact]
    public async Task Member_WhoIsRemovedByHand_IsGoneFromTheDirectorysViewToo()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var ann = await directory.AddUserAsync("ann");
        var id = (string)(await directory.SendAsync("POST", "Groups", $$"""{"displayName":"Staff","members":[{"value":"{{ann}}"}]}""", HttpStatusCode.Created))["id"]!;

        await portal.Services.GetRequiredService<MemberService>().RemoveAsync(directory.Organization.Owner, Guid.Parse(ann), default);

        await directory.GetAsync($"Users/{ann}", HttpStatusCode.NotFound);
        (await directory.GetAsync($"Groups/{id}")).ContainsKey("members").ShouldBeFalse();
        (await directory.AddUserAsync("ann")).ShouldBe(ann);
    }

    private async Task<Caller> CallerAsync(ScimClient directory, string userId) =>
        (await portal.Services.GetRequiredService<AccessService>().CallerAsync(Guid.Parse(userId), "x", directory.Organization.Slug, null, default))!;

    private static async Task<IReadOnlyList<string>> NamesAsync(ScimClient directory, string filter) =>
        [.. (await directory.GetAsync($"Groups?filter={Uri.EscapeDataString(filter)}"))["Resources"]!.AsArray().Select(g => (string)g!["displayName"]!)];

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await holds())
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
