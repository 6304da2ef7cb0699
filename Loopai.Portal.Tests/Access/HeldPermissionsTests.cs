using Loopai.Core.Access;
using Loopai.Core.Errors;

namespace Loopai.Portal.Tests.Access;

public sealed class HeldPermissionsTests
{
    private static readonly Guid Production = Guid.CreateVersion7();
    private static readonly Guid Staging = Guid.CreateVersion7();
    private static readonly Guid Spam = Guid.CreateVersion7();
    private static readonly Guid Tickets = Guid.CreateVersion7();

    [Fact]
    public void Of_SeveralGrants_IsTheirUnion()
    {
        var caller = In(Production, (GrantScope.Organization, BuiltInRoles.Viewer), (GrantScope.Organization, BuiltInRoles.Billing), (new GrantScope(TaskId: Spam), BuiltInRoles.Developer));

        caller.May(Permissions.TasksRead).ShouldBeTrue();
        caller.May(Permissions.UsageRead).ShouldBeTrue();
        caller.May(Permissions.TasksWrite).ShouldBeFalse();
        caller.May(Permissions.TasksWrite, Spam).ShouldBeTrue();
        caller.May(Permissions.TasksWrite, Tickets).ShouldBeFalse();
        caller.TasksWith(Permissions.TasksWrite).ShouldBe([Spam]);
        caller.TasksWith(Permissions.TasksRead).ShouldBeNull("all of them");
    }

    [Fact]
    public void Of_EnvironmentGrant_CountsThereAndForWhatBelongsToItOnly()
    {
        (GrantScope, Role)[] grants = [(new GrantScope(EnvironmentId: Staging), BuiltInRoles.Admin)];

        var there = In(Staging, grants);
        there.May(Permissions.ExecutionsRun).ShouldBeTrue();
        there.May(Permissions.TasksWrite).ShouldBeFalse("tasks are shared by all environments");
        there.May(Permissions.MembersManage).ShouldBeFalse();
        there.ReachesOtherEnvironments(Permissions.ValidationsRead).ShouldBeFalse();
        In(Production, grants).MaySomewhere(Permissions.ExecutionsRun).ShouldBeFalse();
    }

    [Fact]
    public void Of_TaskGrant_GivesNothingOfTheOrganization()
    {
        var caller = In(Production, (new GrantScope(TaskId: Spam), BuiltInRoles.Owner));

        caller.May(Permissions.OrganizationManage).ShouldBeFalse();
        caller.MaySomewhere(Permissions.OrganizationManage).ShouldBeFalse();
        Should.Throw<ForbiddenException>(() => caller.Demand(Permissions.TasksWrite)).Permission.ShouldBe(Permissions.TasksWrite);
        caller.Demand(Permissions.TasksWrite, Spam);
    }

    [Fact]
    public void Demand_TaskOutsideOfTheCallersTasks_DoesNotExist()
    {
        var caller = In(Production, (new GrantScope(TaskId: Spam), BuiltInRoles.Viewer));

        Should.Throw<NotFoundException>(() => caller.Demand(Permissions.TasksRead, Tickets));
        Should.Throw<ForbiddenException>(() => caller.Demand(Permissions.TasksWrite, Spam));
        Should.Throw<ForbiddenException>(() => In(Production).Demand(Permissions.TasksRead, Tickets));
    }

    [Fact]
    public void DemandOnTasks_SeveralPermissions_AnswersWhereAllAreHeld()
    {
        var caller = In(
            Production, (new GrantScope(TaskId: Spam), BuiltInRoles.Reviewer), (new GrantScope(TaskId: Tickets), BuiltInRoles.Viewer),
            (GrantScope.Organization, new Role("r", "Reader", "", false, [Permissions.TasksRead])));

        caller.DemandOnTasks(Permissions.TasksRead, Permissions.ExecutionsRead).ShouldBe([Spam, Tickets], ignoreOrder: true);
        caller.DemandOnTasks(Permissions.ExecutionsRead, Permissions.ValidationsDecide).ShouldBe([Spam]);
        caller.DemandOnTasks(Permissions.TasksRead).ShouldBeNull();
        Should.Throw<ForbiddenException>(() => caller.DemandOnTasks(Permissions.TasksRead, Permissions.ExecutionsRun));
    }

    [Fact]
    public void MayHandOn_HeldForLess_IsNo()
    {
        var caller = In(
            Staging, (GrantScope.Organization, BuiltInRoles.Viewer), (new GrantScope(EnvironmentId: Staging), BuiltInRoles.Developer),
            (new GrantScope(TaskId: Spam), BuiltInRoles.Developer));

        caller.MayHandOn(Permissions.ExecutionsRead, GrantScope.Organization).ShouldBeTrue();
        caller.MayHandOn(Permissions.ExecutionsRun, GrantScope.Organization).ShouldBeFalse("held in staging only");
        caller.MayHandOn(Permissions.ExecutionsRun, new GrantScope(EnvironmentId: Staging)).ShouldBeTrue();
        caller.MayHandOn(Permissions.ExecutionsRun, new GrantScope(EnvironmentId: Production)).ShouldBeFalse();
        caller.MayHandOn(Permissions.TasksWrite, new GrantScope(TaskId: Spam)).ShouldBeTrue();
        caller.MayHandOn(Permissions.TasksWrite, new GrantScope(TaskId: Tickets)).ShouldBeFalse();
    }

    [Fact]
    public void ForKey_WithTasks_MayNothingOnOthers()
    {
        var key = Caller.ForKey(Guid.CreateVersion7(), "ci", Guid.CreateVersion7(), Production, HeldPermissions.OnlyOn([Spam], [Permissions.ExecutionsRun, Permissions.UsageRead]), ownerId: null);

        key.May(Permissions.ExecutionsRun, Spam).ShouldBeTrue();
        key.Refusal(Permissions.ExecutionsRun, Tickets).ShouldBeOfType<NotFoundException>();
        key.May(Permissions.UsageRead).ShouldBeTrue("it concerns no task");
    }

    [Fact]
    public void InEnvironment_WhatEnvironmentsHave_CannotBeHandedOnForAll()
    {
        var key = Caller.ForKey(
            Guid.CreateVersion7(), "ci", Guid.CreateVersion7(), Production, HeldPermissions.InEnvironment([Permissions.ExecutionsRun, Permissions.RolesManage]), ownerId: null);

        key.MayHandOn(Permissions.ExecutionsRun, GrantScope.Organization).ShouldBeFalse();
        key.MayHandOn(Permissions.ExecutionsRun, new GrantScope(Production)).ShouldBeTrue();
        key.MayHandOn(Permissions.RolesManage, GrantScope.Organization).ShouldBeTrue();
    }

    [Fact]
    public void May_OnTheHotPath_AllocatesNothing()
    {
        var key = Caller.ForKey(Guid.CreateVersion7(), "ci", Guid.CreateVersion7(), Production, HeldPermissions.OnlyOn([Spam], [Permissions.ExecutionsRun]), ownerId: null);
        var held = key.Refusal(Permissions.ExecutionsRun, Spam) is null;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            held &= key.Refusal(Permissions.ExecutionsRun, Spam) is null;
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        held.ShouldBeTrue();
    }

    [Fact]
    public void BuiltInRoles_ConsistOfKnownPermissions_AndNobodySetsClocks()
    {
        BuiltInRoles.All.Select(r => r.Id).ShouldBeUnique();
        BuiltInRoles.All.SelectMany(r => r.Permissions).Distinct().ShouldAllBe(p => Permissions.Grantable.Contains(p));
        BuiltInRoles.All.ShouldAllBe(r => r.Permissions.Contains(Permissions.OrganizationRead));
        Permissions.Grantable.ShouldNotContain(Permissions.ExecutionsImport);
    }

    private static Caller In(Guid environment, params (GrantScope, Role)[] grants) =>
        Caller.ForUser(Guid.CreateVersion7(), "ann", Guid.CreateVersion7(), environment, HeldPermissions.Of(grants, environment));
}
