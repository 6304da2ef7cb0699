using System.Net;
using System.Text.Json.Nodes;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Api;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity.Scim;

[Collection(PortalCollection.Name)]
public sealed class ScimUsersTests(PortalFixture portal)
{
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    [Fact]
    public async Task Create_NewPerson_MakesAMemberAndAnswersWhatIsKept()
    {
        using var directory = await ScimClient.StartAsync(portal);

        var made = await directory.SendAsync(
            "POST", "Users", directory.User("ann", $$"""
                "password":"Secret1!","displayName":"Ann Doe","groups":[],"{{Enterprise}}":{"department":"R&D"}
                """), HttpStatusCode.Created);

        made["schemas"]!.AsArray().Select(s => (string)s!).ShouldBe(["urn:ietf:params:scim:schemas:core:2.0:User", Enterprise]);
        ((string)made["userName"]!, (bool)made["active"]!, (string)made["externalId"]!, (string)made[Enterprise]!["department"]!).ShouldBe(($"ann@{directory.Domain}", true, "ext-ann", "R&D"));
        made.ContainsKey("password").ShouldBeFalse();
        ((string)made["meta"]!["location"]!).ShouldBe($"{portal.Address}scim/v2/Users/{made["id"]}");
        ((string)made["meta"]!["resourceType"]!).ShouldBe("User");
        var id = Guid.Parse((string)made["id"]!);
        await using var db = await portal.Database.Data.OpenAsync(Caller.Installation, default);
        var user = await db.Users.SingleAsync(u => u.Id == id);
        (user.Email, user.DisplayName, user.PasswordHash).ShouldBe(($"ann@{directory.Domain}", "Ann Doe", null));
        (await db.Memberships.SingleAsync(m => m.UserId == id)).OrganizationId.ShouldBe(directory.Organization.Id);
        var audited = await db.AuditEvents.SingleAsync(e => e.OrganizationId == directory.Organization.Id && e.Action == "member.provisioned");
        (audited.ActorKind, audited.ActorName, audited.ActorId, audited.Address).ShouldBe(("Directory", "Directory", directory.Token.Token.Id, "127.0.0.1"));
        audited.After!.ShouldNotContain("Secret1!");
    }

    [Fact]
    public async Task Create_UserNameTaken_IsUniqueness()
    {
        using var directory = await ScimClient.StartAsync(portal);
        await directory.AddUserAsync("ann");

        var refused = await directory.SendAsync("POST", "Users", directory.User("ANN"), HttpStatusCode.Conflict);

        ((string)refused["scimType"]!, (string)refused["status"]!).ShouldBe(("uniqueness", "409"));
        refused["schemas"]!.AsArray().Select(s => (string)s!).ShouldBe(["urn:ietf:params:scim:api:messages:2.0:Error"]);
    }

    [Fact]
    public async Task Create_DomainNotVerified_IsRefusedWhetherTheAccountExistsOrNot()
    {
        using var directory = await ScimClient.StartAsync(portal);
        foreach (var email in new[] { portal.Globex.OwnerEmail, "nobody@globex.example" })
        {
            var refused = await directory.SendAsync("POST", "Users", $$"""{"userName":"{{email}}"}""", HttpStatusCode.Conflict);
            ((string)refused["detail"]!).ShouldContain("globex.example is not a verified domain");
        }
    }

    [Fact]
    public async Task Create_WhoIsAMemberAlready_IsClaimed_AndTheirAccountStaysTheirs()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var owner = directory.Organization.OwnerEmail;

        var claimed = await directory.SendAsync("POST", "Users", $$"""{"userName":"{{owner}}","displayName":"Somebody Else"}""", HttpStatusCode.Created);

        await using var db = await portal.Database.Data.OpenAsync(Caller.Installation, default);
        (await db.Users.SingleAsync(u => u.Email == owner)).DisplayName.ShouldBe("Owner of scim", "the organization has not verified the domain");
        ((string)claimed["displayName"]!).ShouldBe("Somebody Else");
        var refused = await directory.PatchAsync($"Users/{claimed["id"]}", """{"op":"replace","path":"userName","value":"other@elsewhere.example"}""", HttpStatusCode.Conflict);
        ((string)refused["detail"]!).ShouldContain("is not a verified domain");
    }

    [Fact]
    public async Task Deactivate_EndsSessionsAndKeys_AndReactivationGivesAllBack()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var id = await directory.AddUserAsync("ann");
        var userId = Guid.Parse(id);
        await portal.Services.GetRequiredService<GrantService>().CreateAsync(directory.Organization.Owner, Holder.User(userId), new WantedGrant(BuiltInRoles.Admin.Id), default);
        var ann = (await portal.Services.GetRequiredService<AccessService>().CallerAsync(userId, "ann", directory.Organization.Slug, null, default))!;
        using var program = portal.Client(await portal.AddKeyAsync(ann, ["tasks:read"]));
        (await program.GetAsync("tasks")).EnsureSuccessStatusCode();
        await portal.Services.GetRequiredService<SessionService>().StartAsync(new NewSession(userId, SignInMethod.Password, false, new("1.2.3.4", "test")), default);

        ((bool)(await directory.PatchAsync($"Users/{id}", """{"op":"Replace","path":"active","value":"False"}"""))["active"]!).ShouldBeFalse();

        await using var db = await portal.Database.Data.OpenAsync(Caller.Installation, default);
        (await db.UserSessions.SingleAsync(s => s.UserId == userId)).EndReason.ShouldBe(SessionEnd.ByDirectory);
        await UntilAsync(async () => (await program.GetAsync("tasks")).StatusCode == HttpStatusCode.Unauthorized);
        (await directory.FindAsync("active eq false")).ShouldBe(["ann"]);

        ((bool)(await directory.PatchAsync($"Users/{id}", """{"op":"replace","value":{"active":true}}"""))["active"]!).ShouldBeTrue();
        await UntilAsync(async () => (await program.GetAsync("tasks")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Delete_ShutsOut_AndTheSamePersonMayComeBack()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var id = await directory.AddUserAsync("ann");

        await directory.SendAsync("DELETE", $"Users/{id}", null, HttpStatusCode.NoContent);

        await directory.GetAsync($"Users/{id}", HttpStatusCode.NotFound);
        await using (var db = await portal.Database.Data.OpenAsync(directory.Organization.Owner, default))
        {
            (await db.Memberships.SingleAsync(m => m.UserId == Guid.Parse(id))).Status.ShouldBe(MembershipStatus.Deactivated);
        }

        (await directory.AddUserAsync("ann")).ShouldBe(id);
        await using var again = await portal.Database.Data.OpenAsync(directory.Organization.Owner, default);
        (await again.Memberships.SingleAsync(m => m.UserId == Guid.Parse(id))).Status.ShouldBe(MembershipStatus.Active);
    }

    [Fact]
    public async Task Deactivate_TheLastOwner_IsRefusedWithWords()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var claimed = await directory.SendAsync("POST", "Users", $$"""{"userName":"{{directory.Organization.OwnerEmail}}"}""", HttpStatusCode.Created);

        var refused = await directory.PatchAsync($"Users/{claimed["id"]}", """{"op":"replace","path":"active","value":false}""", HttpStatusCode.Conflict);

        ((string)refused["detail"]!).ShouldContain("without an owner");
        (await directory.SendAsync("DELETE", $"Users/{claimed["id"]}", null, HttpStatusCode.Conflict))["detail"]!.ToString().ShouldContain("without an owner");
        ((bool)(await directory.GetAsync($"Users/{claimed["id"]}"))["active"]!).ShouldBeTrue();
    }

    [Fact]
    public async Task Token_OfAnAdmin_CannotTouchAnOwner()
    {
        using var owners = await ScimClient.StartAsync(portal);
        var organization = owners.Organization;
        var admin = Caller.ForUser(Guid.NewGuid(), "admin", organization.Id, organization.Owner.EnvironmentId, BuiltInRoles.Admin.Permissions);
        using var admins = await ScimClient.StartAsync(portal, admin, organization);
        var claim = $$"""{"userName":"{{organization.OwnerEmail}}"}""";
        ((string)(await admins.SendAsync("POST", "Users", claim, HttpStatusCode.Forbidden))["detail"]!).ShouldContain("Only an owner");
        var claimed = (await owners.SendAsync("POST", "Users", claim, HttpStatusCode.Created))["id"];

        await admins.PatchAsync($"Users/{claimed}", """{"op":"replace","path":"active","value":false}""", HttpStatusCode.Forbidden);
        await admins.PatchAsync($"Users/{claimed}", $$"""{"op":"replace","path":"userName","value":"mine@{{admins.Domain}}"}""", HttpStatusCode.Forbidden);
        await admins.SendAsync("DELETE", $"Users/{claimed}", null, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Patch_OneBadOperation_ChangesNothing()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var id = await directory.AddUserAsync("ann");
        var before = (await directory.GetAsync($"Users/{id}")).ToJsonString();

        await directory.PatchAsync($"Users/{id}", """{"op":"replace","path":"title","value":"Boss"},{"op":"replace","path":"active","value":false},{"op":"explode","path":"title"}""", HttpStatusCode.BadRequest);

        (await directory.GetAsync($"Users/{id}")).ToJsonString().ShouldBe(before);
    }

    [Fact]
    public async Task Put_Replaces_WhatIsNotNamedGoes_AndActiveStays()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var id = await directory.AddUserAsync("ann", "\"title\":\"Engineer\"");
        await directory.PatchAsync($"Users/{id}", """{"op":"replace","path":"active","value":false}""");

        var after = await directory.SendAsync("PUT", $"Users/{id}", $$"""{"userName":"anna@{{directory.Domain}}","displayName":"Anna"}""", HttpStatusCode.OK);

        after.ContainsKey("title").ShouldBeFalse();
        after.ContainsKey("externalId").ShouldBeFalse();
        ((string)after["userName"]!, (bool)after["active"]!).ShouldBe(($"anna@{directory.Domain}", false));
        await using var db = await portal.Database.Data.OpenAsync(Caller.Installation, default);
        var user = await db.Users.SingleAsync(u => u.Id == Guid.Parse(id));
        (user.Email, user.DisplayName).ShouldBe(($"anna@{directory.Domain}", "Anna"));
        (await directory.FindAsync("title pr")).ShouldBeEmpty();
    }

    [Fact]
    public async Task ETag_OldVersion_Is412_AndOfManyRacersOneWins()
    {
        using var directory = await ScimClient.StartAsync(portal);
        var id = await directory.AddUserAsync("ann");
        using var first = await directory.RawAsync("GET", $"Users/{id}");
        var tag = first.Headers.ETag!.ToString();
        (await directory.RawAsync("GET", $"Users/{id}", ifNoneMatch: tag)).StatusCode.ShouldBe(HttpStatusCode.NotModified);

        var races = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => directory.RawAsync(
            "PATCH", $"Users/{id}", $$"""{"Operations":[{"op":"replace","path":"title","value":"T{{i}}"}]}""", ifMatch: tag)));

        races.Count(r => r.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        races.Count(r => r.StatusCode == HttpStatusCode.PreconditionFailed).ShouldBe(7);
        await directory.SendAsync("DELETE", $"Users/{id}", null, HttpStatusCode.PreconditionFailed, ifMatch: tag);
        await directory.PatchAsync($"Users/{id}", """{"op":"replace","path":"title","value":"Last"}""", ifMatch: "*");
    }

    [Fact]
    public async Task TwoOrganizations_SeeNothingOfEachOther()
    {
        using var acme = await ScimClient.StartAsync(portal);
        using var globex = await ScimClient.StartAsync(portal);
        var id = await acme.AddUserAsync("ann");

        await globex.GetAsync($"Users/{id}", HttpStatusCode.NotFound);
        await globex.PatchAsync($"Users/{id}", """{"op":"replace","path":"active","value":false}""", HttpStatusCode.NotFound);
        await globex.SendAsync("PUT", $"Users/{id}", globex.User("ann"), HttpStatusCode.NotFound);
        await globex.SendAsync("DELETE", $"Users/{id}", null, HttpStatusCode.NotFound);
        ((int)(await globex.GetAsync("Users"))["totalResults"]!).ShouldBe(0);
        (await globex.FindAsync($"userName eq \"ann@{acme.Domain}\"")).ShouldBeEmpty();
        var refused = await globex.SendAsync("POST", "Groups", $$"""{"displayName":"Staff","members":[{"value":"{{id}}"}]}""", HttpStatusCode.BadRequest);
        ((string)refused["scimType"]!).ShouldBe("invalidValue");
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await holds())
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
