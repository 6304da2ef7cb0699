using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Access;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Organizations;

public sealed class EnvironmentServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private EnvironmentService Environments => new(fixture.Data);

    [Fact]
    public async Task CreateRenameReorder_AreSeenByEverybody()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var made = await Environments.CreateAsync(owner, "load-test", "Load", default);
        await Environments.RenameAsync(owner, made.Id, "Load test", default);

        await Environments.ReorderAsync(owner, [made.Id, .. given.Organization.Environments.Select(e => e.Id)], default);

        var all = await Environments.ListAsync(await given.AsAsync(await given.MemberAsync("viewer")), default);
        (all[0].Key, all[0].Name, all.Count).ShouldBe(("load-test", "Load test", 4));
        (await given.OwnerAsync()).EnvironmentId.ShouldBe(made.Id, "the first is the one that people see first");
        await Should.ThrowAsync<InvalidException>(Environments.ReorderAsync(owner, [made.Id], default));
        (await Should.ThrowAsync<ConflictException>(Environments.CreateAsync(owner, "load-test", "Again", default))).Code.ShouldBe("environment.taken");
        (await Should.ThrowAsync<InvalidException>(Environments.CreateAsync(owner, "Load Test", "", default))).Errors.Keys.ShouldBe(["key", "name"]);
    }

    [Fact]
    public async Task DeleteAsync_Unused_GoesWithItsGrants_AndOneWithAKeyStays()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var (production, staging, dev) = (given.Organization.Environments[0], given.Organization.Environments[1], given.Organization.Environments[2]);
        var ann = await given.MemberAsync("billing");
        await given.Grants.CreateAsync(owner, Holder.User(ann), new WantedGrant("viewer", dev.Id), default);
        await new ApiKeyService(fixture.Data, TimeProvider.System).CreateAsync(owner, new CreateApiKey("ci", "staging"), default);

        (await Should.ThrowAsync<ConflictException>(Environments.DeleteAsync(owner, staging.Id, default))).Code.ShouldBe("environment.in_use");
        await Environments.DeleteAsync(owner, dev.Id, default);

        (await given.RolesOfAsync(ann)).ShouldBe(["billing"]);
        (await Environments.ListAsync(owner, default)).Select(e => e.Id).ShouldBe([production.Id, staging.Id]);
        await Should.ThrowAsync<NotFoundException>(Environments.DeleteAsync(owner, dev.Id, default));
    }
}
