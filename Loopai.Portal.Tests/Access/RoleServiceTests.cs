using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Access;

public sealed class RoleServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private RoleService Roles => new(fixture.Data, TimeProvider.System);

    [Fact]
    public async Task CreateAsync_WhatTheCallerDoesNotHold_IsRefused()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var granter = await given.AsAsync(await MemberWithAsync(given, Permissions.RolesManage, Permissions.TasksRead));

        (await Should.ThrowAsync<ForbiddenException>(Roles.CreateAsync(granter, Draft("Mighty", Permissions.TasksRead, Permissions.KeysManage), default)))
            .Permission.ShouldBe(Permissions.KeysManage);
        var made = await Roles.CreateAsync(granter, Draft("Reader", Permissions.TasksRead), default);
        (await Should.ThrowAsync<ForbiddenException>(Roles.UpdateAsync(granter, $"{made.Id}", new RoleDraft { Permissions = [Permissions.TasksRead, Permissions.AuditRead] }, null, default)))
            .Permission.ShouldBe(Permissions.AuditRead);
    }

    [Fact]
    public async Task UpdateAsync_TakingAwayWhatTheCallerDoesNotHold_IsRefused()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var role = await Roles.CreateAsync(await given.OwnerAsync(), Draft("Keys", Permissions.TasksRead, Permissions.KeysManage), default);
        var granter = await given.AsAsync(await MemberWithAsync(given, Permissions.RolesManage, Permissions.TasksRead));

        await Should.ThrowAsync<ForbiddenException>(Roles.UpdateAsync(granter, $"{role.Id}", new RoleDraft { Permissions = [Permissions.TasksRead] }, null, default));
        await Should.ThrowAsync<ForbiddenException>(Roles.DeleteAsync(granter, $"{role.Id}", default));
    }

    [Fact]
    public async Task UpdateAsync_ChangesEverybodyWhoHoldsIt_AndOfTwoEditorsOneIsTold()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var role = await Roles.CreateAsync(owner, Draft("Reader", Permissions.TasksRead), default);
        var ann = await given.MemberAsync($"{role.Id}");
        (await given.AsAsync(ann)).May(Permissions.TasksWrite).ShouldBeFalse();

        await Roles.UpdateAsync(owner, $"{role.Id}", new RoleDraft { Permissions = [Permissions.TasksRead, Permissions.TasksWrite] }, expectedRevision: 1, default);

        (await given.AsAsync(ann)).May(Permissions.TasksWrite).ShouldBeTrue();
        await Should.ThrowAsync<ChangedMeanwhileException>(Roles.UpdateAsync(owner, $"{role.Id}", new RoleDraft { Name = "Late" }, expectedRevision: 1, default));
    }

    [Fact]
    public async Task DeleteAsync_TakesItsGrantsAlong()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var role = await Roles.CreateAsync(owner, Draft("Reader", Permissions.TasksRead), default);
        var ann = await given.MemberAsync($"{role.Id}", "viewer");

        await Roles.DeleteAsync(owner, $"{role.Id}", default);

        (await given.RolesOfAsync(ann)).ShouldBe(["viewer"]);
        await Should.ThrowAsync<NotFoundException>(Roles.GetAsync(owner, $"{role.Id}", default));
    }

    [Fact]
    public async Task Changes_OfABuiltInRole_AreAConflict()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();

        (await Should.ThrowAsync<ConflictException>(Roles.UpdateAsync(owner, "viewer", new RoleDraft { Name = "Mine" }, null, default))).Code.ShouldBe("role.built_in");
        (await Should.ThrowAsync<ConflictException>(Roles.CreateAsync(owner, Draft("viewer", Permissions.TasksRead), default))).Code.ShouldBe("role.name_taken");
        (await Should.ThrowAsync<InvalidException>(Roles.CreateAsync(owner, new RoleDraft { Permissions = ["tasks:fly"] }, default))).Errors.Keys.ShouldBe(["name", "permissions"]);
    }

    [Fact]
    public async Task PreviewAsync_TellsWhoGainsAndLoses_AndWhoDoesNot()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var task = await given.TaskAsync("spam");
        var role = await Roles.CreateAsync(owner, Draft("Writer", Permissions.TasksRead, Permissions.TasksWrite), default);
        var (everywhere, onTask, covered) = (await given.MemberAsync($"{role.Id}"), await given.MemberAsync(), await given.MemberAsync($"{role.Id}", "admin"));
        var team = await given.Teams.CreateAsync(owner, "Writers", null, default);
        await given.Teams.AddMemberAsync(owner, team.Id, onTask, AccessSource.Manual, default);
        await given.Grants.CreateAsync(owner, Holder.Team(team.Id), new WantedGrant($"{role.Id}", TaskId: task.Id), default);

        var effects = await Roles.PreviewAsync(owner, $"{role.Id}", [Permissions.TasksRead, Permissions.ExecutionsRun], default);

        effects.Select(e => e.UserId).ShouldBe([everywhere, onTask], ignoreOrder: true);
        var (all, one) = (effects.Single(e => e.UserId == everywhere), effects.Single(e => e.UserId == onTask));
        all.Gains.ShouldBe([new ScopedPermission(Permissions.ExecutionsRun)]);
        all.Loses.ShouldBe([new ScopedPermission(Permissions.TasksWrite)]);
        one.Loses.ShouldBe([new ScopedPermission(Permissions.TasksWrite, TaskId: task.Id)]);
        covered.ShouldNotBe(Guid.Empty, "the administrator holds both anyway and is in no list");
        (await given.AsAsync(everywhere)).May(Permissions.TasksWrite).ShouldBeTrue("a preview changes nothing");
        (await Roles.PreviewAsync(owner, $"{role.Id}", null, default)).Select(e => e.UserId).ShouldBe([everywhere, onTask], ignoreOrder: true);
    }

    [Fact]
    public void Catalog_NamesEveryPermissionThatARoleCanHave() =>
        PermissionCatalog.All.Select(p => p.Name).ShouldBe(Permissions.Grantable, ignoreOrder: true);

    private async Task<Guid> MemberWithAsync(GivenOrganization given, params string[] permissions)
    {
        var role = await Roles.CreateAsync(await given.OwnerAsync(), Draft($"Role {Guid.NewGuid():n}"[..30], permissions), default);
        return await given.MemberAsync($"{role.Id}");
    }

    private static RoleDraft Draft(string name, params string[] permissions) => new() { Name = name, Permissions = permissions };
}
