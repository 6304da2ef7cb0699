using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Errors;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Access;

public sealed class ExplainServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private ExplainService Explain => new(fixture.Data, TimeProvider.System);

    [Fact]
    public async Task ExplainAsync_Member_NamesTheGrantThatDecides()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var (spam, tickets) = (await given.TaskAsync("spam"), await given.TaskAsync("tickets"));
        var ann = await given.MemberAsync("viewer");
        var team = await given.Teams.CreateAsync(owner, "Support", null, default);
        await given.Teams.AddMemberAsync(owner, team.Id, ann, AccessSource.Manual, default);
        await given.Grants.CreateAsync(owner, Holder.Team(team.Id), new WantedGrant("developer", TaskId: spam.Id), default);

        var may = await Explain.ExplainAsync(owner, ann, Permissions.TasksWrite, spam.Id, default);
        var mayNot = await Explain.ExplainAsync(owner, ann, Permissions.TasksWrite, tickets.Id, default);

        (may.Allowed, may.On, may.Summary).ShouldBe((true, "spam", "One grant gives it."));
        (may.Grants[0].RoleName, may.Grants[0].TeamName, may.Grants[0].Gives, may.Grants[0].Why).ShouldBe(("Developer", "Support", true, "It counts for this task."));
        (may.Grants[1].RoleName, may.Grants[1].Gives, may.Grants[1].Why).ShouldBe(("Viewer", false, "The role Viewer does not have this permission."));
        (mayNot.Allowed, mayNot.Summary).ShouldBe((false, "None of their grants gives it."));
        mayNot.Grants.Select(g => g.Why).ShouldContain("It counts for another task.");
    }

    [Fact]
    public async Task ExplainAsync_AgreesWithWhatTheCallerMay()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var (owner, task, staging) = (await given.OwnerAsync(), await given.TaskAsync("spam"), given.Organization.Environments[1]);
        var ann = await given.MemberAsync("billing");
        await given.Grants.CreateAsync(owner, Holder.User(ann), new WantedGrant("developer", staging.Id), default);
        await given.Grants.CreateAsync(owner, Holder.User(ann), new WantedGrant("reviewer", TaskId: task.Id), default);
        var (inStaging, inProduction) = (await given.AsAsync(ann, staging.Key), await given.AsAsync(ann, "production"));

        foreach (var permission in Permissions.All)
        {
            (await AllowedAsync(permission, staging.Id)).ShouldBe(inStaging.May(permission), permission);
            (await AllowedAsync(permission, null)).ShouldBe(inProduction.May(permission), permission);
            (await AllowedAsync(permission, task.Id)).ShouldBe(inProduction.May(permission, task.Id), permission);
        }

        async Task<bool> AllowedAsync(string permission, Guid? on) => (await Explain.ExplainAsync(owner, ann, permission, on, default)).Allowed;
    }

    [Fact]
    public async Task ExplainAsync_ShutOutOrUnknown_SaysSo()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var ann = await given.MemberAsync("admin");
        await given.Members.DeactivateAsync(owner, ann, default);

        var explanation = await Explain.ExplainAsync(owner, ann, Permissions.TasksRead, null, default);
        (explanation.Allowed, explanation.Summary).ShouldBe((false, "The member is deactivated, so that none of their grants counts."));
        await Should.ThrowAsync<NotFoundException>(Explain.ExplainAsync(owner, Guid.NewGuid(), Permissions.TasksRead, null, default));
        await Should.ThrowAsync<NotFoundException>(Explain.ExplainAsync(owner, ann, Permissions.TasksRead, Guid.NewGuid(), default));
        await Should.ThrowAsync<InvalidException>(Explain.ExplainAsync(owner, ann, "tasks:fly", null, default));
    }

    [Fact]
    public async Task ExplainAsync_Key_TellsItsOwnSet()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var key = (await new ApiKeyService(fixture.Data, TimeProvider.System).CreateAsync(owner, new CreateApiKey("ci", "staging", [Permissions.ExecutionsRun]), default)).Key.Id;

        (await Explain.ExplainAsync(owner, key, Permissions.ExecutionsRun, null, default)).Summary.ShouldBe("The key was made with this permission.");
        (await Explain.ExplainAsync(owner, key, Permissions.TasksRead, null, default)).Summary.ShouldBe("The key was made without this permission.");
        (await Explain.ExplainAsync(owner, key, Permissions.ExecutionsRun, given.Organization.Environments[0].Id, default)).Summary
            .ShouldBe("The key belongs to another environment.");
    }
}
