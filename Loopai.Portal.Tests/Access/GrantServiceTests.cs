using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Access;

public sealed class GrantServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    [Fact]
    public async Task SetAsync_OneSource_LeavesTheOthersAlone()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var ann = await given.MemberAsync("viewer");

        await given.Grants.SetAsync(given.System, Holder.User(ann), [new("developer"), new("billing")], AccessSource.Sso, default);
        (await given.RolesOfAsync(ann)).ShouldBe(["billing", "developer", "viewer"]);
        await given.Grants.SetAsync(given.System, Holder.User(ann), [new("developer")], AccessSource.Sso, default);
        await given.Grants.SetAsync(given.System, Holder.User(ann), [], AccessSource.Manual, default);

        (await given.RolesOfAsync(ann)).ShouldBe(["developer"]);
    }

    [Fact]
    public async Task CreateAsync_MoreThanTheCallerHolds_IsRefused()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var (admin, ann) = (await given.AsAsync(await given.MemberAsync("admin")), await given.MemberAsync());

        (await Should.ThrowAsync<ForbiddenException>(given.Grants.CreateAsync(admin, Holder.User(ann), new("owner"), default)))
            .Message.ShouldBe("Only an owner makes, changes or removes an owner.");
        (await Should.ThrowAsync<ForbiddenException>(given.Grants.CreateAsync(admin, Holder.User(admin.Id!.Value), new("owner"), default))).ShouldNotBeNull();
        await given.Grants.CreateAsync(admin, Holder.User(ann), new("admin"), default);
        (await given.RolesOfAsync(ann)).ShouldBe(["admin"]);
    }

    [Fact]
    public async Task CreateAsync_RightHeldInOneEnvironment_IsNotHandedOnBeyondIt()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var (bob, ann) = (await given.MemberAsync("billing"), await given.MemberAsync());
        var staging = given.Organization.Environments[1];
        await given.Grants.SetAsync(given.System, Holder.User(bob), [new("viewer", staging.Id)], AccessSource.Scim, default);
        var here = Caller.ForUser(bob, "bob", given.Organization.Id, staging.Id, HeldPermissions.Of(
            [(new GrantScope(staging.Id), BuiltInRoles.Viewer), (GrantScope.Organization, new Role("x", "Granter", "", false, [Permissions.RolesManage]))], staging.Id));

        await Should.ThrowAsync<ForbiddenException>(given.Grants.CreateAsync(here, Holder.User(ann), new("viewer"), default));
        await given.Grants.CreateAsync(here, Holder.User(ann), new("viewer", staging.Id), default);

        (await given.AsAsync(ann, "staging")).May(Permissions.ExecutionsRead).ShouldBeTrue();
        (await given.AsAsync(ann, "production")).May(Permissions.ExecutionsRead).ShouldBeFalse();
    }

    [Fact]
    public async Task CreateAsync_Nonsense_TellsEveryFault()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var environment = given.Organization.Environments[0].Id;

        var meters = await new RoleService(fixture.Data, TimeProvider.System).CreateAsync(owner, new RoleDraft { Name = "Meters", Permissions = [Permissions.UsageRead] }, default);

        Task Create(WantedGrant grant) => given.Grants.CreateAsync(owner, Holder.User(given.OwnerId), grant, default);
        (await Should.ThrowAsync<InvalidException>(Create(new("king", Guid.NewGuid())))).Errors.Keys.ShouldBe(["grants[0].role", "grants[0].environmentId"]);
        (await Should.ThrowAsync<InvalidException>(Create(new(meters.Id.ToString(), environment)))).Errors["grants[0].role"][0].ShouldContain("nothing that concerns a single environment");
        (await Should.ThrowAsync<InvalidException>(Create(new("owner", environment)))).Errors.Keys.ShouldBe(["grants[0].role"]);
        await Should.ThrowAsync<NotFoundException>(given.Grants.CreateAsync(owner, Holder.User(Guid.NewGuid()), new("viewer"), default));
        await Should.ThrowAsync<InvalidException>(given.Grants.CreateAsync(owner, default, new("viewer"), default));
    }

    [Fact]
    public async Task DeleteAsync_GrantThatADirectoryKeeps_IsAConflict()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var ann = await given.MemberAsync();
        await given.Grants.SetAsync(given.System, Holder.User(ann), [new("viewer")], AccessSource.Scim, default);
        var grant = (await given.Grants.ListAsync(given.System, Holder.User(ann), new PageRequest(), default)).Items.Single();

        (await Should.ThrowAsync<ConflictException>(given.Grants.DeleteAsync(await given.OwnerAsync(), grant.Id, default))).Code.ShouldBe("grant.kept_by_directory");
    }

    [Fact]
    public async Task LastOwner_HoweverAttacked_Stays()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var grant = (await given.Grants.ListAsync(owner, Holder.User(given.OwnerId), new PageRequest(), default)).Items.Single();
        Func<Task>[] attacks =
        [
            () => given.Grants.DeleteAsync(owner, grant.Id, default),
            () => given.Grants.SetAsync(owner, Holder.User(given.OwnerId), [new("viewer")], AccessSource.Manual, default),
            () => given.Members.LeaveAsync(owner, default),
            () => given.Members.RemoveAsync(owner, given.OwnerId, default),
            () => given.Members.DeactivateAsync(given.System, given.OwnerId, default),
        ];
        foreach (var attack in attacks)
        {
            (await Should.ThrowAsync<ConflictException>(attack)).Code.ShouldBe("access.last_owner");
        }

        (await given.RolesOfAsync(given.OwnerId)).ShouldBe(["owner"]);
    }

    [Fact]
    public async Task LastOwner_OwnsThroughATeam_StaysAgainstTeamEdits()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var team = await given.Teams.CreateAsync(owner, "Founders", null, default);
        await given.Teams.AddMemberAsync(owner, team.Id, given.OwnerId, AccessSource.Manual, default);
        await given.Grants.CreateAsync(owner, Holder.Team(team.Id), new("owner"), default);
        await given.Grants.SetAsync(owner, Holder.User(given.OwnerId), [], AccessSource.Manual, default);

        foreach (var attack in new Func<Task>[]
        {
            () => given.Teams.DeleteAsync(owner, team.Id, default),
            () => given.Teams.RemoveMemberAsync(owner, team.Id, given.OwnerId, AccessSource.Manual, default),
            () => given.Grants.SetAsync(owner, Holder.Team(team.Id), [], AccessSource.Manual, default),
        })
        {
            (await Should.ThrowAsync<ConflictException>(attack)).Code.ShouldBe("access.last_owner");
        }

        (await given.OwnerAsync()).May(Permissions.OrganizationDelete).ShouldBeTrue();
    }

    [Fact]
    public async Task LastOwner_TwoOwnersRemoveEachOtherAtOnce_OneStays()
    {
        for (var round = 0; round < 5; round++)
        {
            var given = await GivenOrganization.Async(fixture.Data);
            var other = await given.MemberAsync("owner");
            var (first, second) = (await given.OwnerAsync(), await given.AsAsync(other));

            var results = await Task.WhenAll(
                TryAsync(() => given.Members.RemoveAsync(first, other, default)), TryAsync(() => given.Members.RemoveAsync(second, given.OwnerId, default)));

            results.Count(succeeded => succeeded).ShouldBe(1);
        }

        static async Task<bool> TryAsync(Func<Task> act)
        {
            try
            {
                await Task.Run(act);
                return true;
            }
            catch (LoopaiException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Members_WhoMayLess_CannotTouchWhoMayMore()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var admin = await given.AsAsync(await given.MemberAsync("admin"));
        var team = await given.Teams.CreateAsync(await given.OwnerAsync(), "Founders", null, default);
        await given.Grants.CreateAsync(await given.OwnerAsync(), Holder.Team(team.Id), new("owner"), default);

        await Should.ThrowAsync<ForbiddenException>(given.Members.RemoveAsync(admin, given.OwnerId, default));
        await Should.ThrowAsync<ForbiddenException>(given.Members.DeactivateAsync(admin, given.OwnerId, default));
        await Should.ThrowAsync<ForbiddenException>(given.Teams.AddMemberAsync(admin, team.Id, admin.Id!.Value, AccessSource.Manual, default));
        await Should.ThrowAsync<ForbiddenException>(given.Teams.SetTeamsAsync(admin, admin.Id!.Value, [team.Id], AccessSource.Manual, default));
        await Should.ThrowAsync<ForbiddenException>(given.Teams.DeleteAsync(admin, team.Id, default));
    }
}
