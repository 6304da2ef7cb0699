using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Core.Plugins.Registry;
using Loopai.Portal.Tests.Access;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Organizations;

public sealed class OrganizationLifecycleTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private OrganizationLifecycle Lifecycle => new(fixture.Data, TimeProvider.System);

    [Fact]
    public async Task DeleteAsync_HidesIt_AndOnlyItsOwnerBringsItBackWithAll()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var admin = await given.MemberAsync("admin");
        var organizations = new OrganizationService(fixture.Data, TimeProvider.System);

        await Should.ThrowAsync<ForbiddenException>(Lifecycle.DeleteAsync(await given.AsAsync(admin), given.Organization.Id, default));
        await Should.ThrowAsync<NotFoundException>(Lifecycle.DeleteAsync(owner, Guid.NewGuid(), default));
        await Lifecycle.DeleteAsync(owner, given.Organization.Id, default);

        (await given.Access.CallerAsync(given.OwnerId, "owner", given.Organization.Slug, null, default)).ShouldBeNull();
        (await organizations.OfUserAsync(given.OwnerId, default)).ShouldBeEmpty();
        (await Lifecycle.RestorableAsync(admin, default)).ShouldBeEmpty();
        await Should.ThrowAsync<NotFoundException>(Lifecycle.RestoreAsync(new Person(admin, "admin"), given.Organization.Id, default));
        (await Lifecycle.RestorableAsync(given.OwnerId, default)).Single().Id.ShouldBe(given.Organization.Id);
        await Lifecycle.RestoreAsync(new Person(given.OwnerId, "owner"), given.Organization.Id, default);
        (await given.AsAsync(admin)).May(Permissions.MembersManage).ShouldBeTrue();
    }

    [Fact]
    public async Task TransferAsync_MakesTheOtherOwner_AndTheCallerAnAdministrator()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var ann = await given.MemberAsync("admin");
        var gone = await given.MemberAsync("viewer");
        await given.Members.DeactivateAsync(owner, gone, default);

        (await Should.ThrowAsync<ConflictException>(Lifecycle.TransferAsync(owner, given.Organization.Id, gone, default))).Code.ShouldBe("organization.cannot_take");
        await Should.ThrowAsync<ForbiddenException>(Lifecycle.TransferAsync(await given.AsAsync(ann), given.Organization.Id, ann, default));
        await Lifecycle.TransferAsync(owner, given.Organization.Id, ann, default);

        (await given.RolesOfAsync(ann)).ShouldBe(["admin", "owner"]);
        (await given.RolesOfAsync(given.OwnerId)).ShouldBe(["admin"]);
        await Should.ThrowAsync<ForbiddenException>(given.Members.RemoveAsync(await given.OwnerAsync(), ann, default));
    }

    [Fact]
    public async Task Purge_GraceIsOver_LeavesNothingButTheAuditLogAndTakenNames_AndNobodyElseIsTouched()
    {
        await using var system = await fixture.Data.OpenAsync(Caller.Installation, default);
        var (gone, stays) = (await FillAsync(system, DateTimeOffset.UtcNow), await FillAsync(system, deletedAt: null));

        await PurgeAsync(OrganizationLifecycle.Grace - TimeSpan.FromHours(1));
        (await system.Organizations.AnyAsync(o => o.Id == gone)).ShouldBeTrue("it can still be restored");
        await PurgeAsync(OrganizationLifecycle.Grace + TimeSpan.FromHours(1));

        var left = new List<string>();
        foreach (var entity in TenantRows.TenantEntities(system.Model))
        {
            (await CountAsync(system, entity.ClrType, stays)).ShouldBe(1, entity.ClrType.Name);
            if (await CountAsync(system, entity.ClrType, gone) > 0)
            {
                left.Add(entity.ClrType.Name);
            }
        }

        (await system.AuditEvents.CountAsync(e => e.OrganizationId == gone && e.Action == "organization.purged")).ShouldBe(1);
        left.ShouldBe(
            [nameof(AuditCheckpoint), nameof(AuditEvent), nameof(AuditLog), nameof(AuditPending), nameof(AuditSeal), nameof(TakenName)], ignoreOrder: true);
    }

    [Fact]
    public async Task Purge_ShorterRetention_DropsWhatIsOlder()
    {
        await using var system = await fixture.Data.OpenAsync(Caller.Installation, default);
        var (brief, ordinary) = (await FillAsync(system, deletedAt: null), await FillAsync(system, deletedAt: null));
        await system.Organizations.Where(o => o.Id == brief).ExecuteUpdateAsync(
            set => set.SetProperty(o => o.ExecutionRetentionDays, 2).SetProperty(o => o.ValidationRetentionDays, 4));

        await PurgeAsync(TimeSpan.FromDays(3));
        (await CountsAsync(brief)).ShouldBe((0, 1));
        await PurgeAsync(TimeSpan.FromDays(5));
        (await CountsAsync(brief)).ShouldBe((0, 0));
        (await CountsAsync(ordinary)).ShouldBe((1, 1));

        async Task<(int Executions, int Validations)> CountsAsync(Guid organization) => (
            await system.Executions.CountAsync(e => e.OrganizationId == organization), await system.Validations.CountAsync(v => v.OrganizationId == organization));
    }

    private Task PurgeAsync(TimeSpan ahead) => new OrganizationPurge(fixture.Data, new Later(ahead), NullLogger<OrganizationPurge>.Instance).RunAsync(default);

    /// <summary>An organization with a row in every table.</summary>
    private static async Task<Guid> FillAsync(LoopaiDbContext system, DateTimeOffset? deletedAt)
    {
        var id = Guid.CreateVersion7();
        await system.Database.ExecuteSqlRawAsync("SELECT loopai_ensure_execution_partition((now() AT TIME ZONE 'UTC')::date)");
        await TenantRows.SaveAsync(system, id);
        system.ChangeTracker.Clear();
        await system.Organizations.Where(o => o.Id == id).ExecuteUpdateAsync(set => set.SetProperty(o => o.DeletedAt, deletedAt)
            .SetProperty(o => o.ExecutionRetentionDays, (int?)null).SetProperty(o => o.ValidationRetentionDays, (int?)null));
        return id;
    }

    private static Task<int> CountAsync(LoopaiDbContext db, Type type, Guid organizationId) => (Task<int>)typeof(OrganizationLifecycleTests)
        .GetMethod(nameof(CountRowsAsync), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
        .MakeGenericMethod(type).Invoke(null, [db, organizationId])!;

    private static Task<int> CountRowsAsync<T>(LoopaiDbContext db, Guid organizationId)
        where T : class, ITenantOwned
    {
        var owner = typeof(T) == typeof(Organization) ? nameof(Organization.Id) : nameof(ITenantOwned.OrganizationId);
        return db.Set<T>().CountAsync(row => EF.Property<Guid>(row, owner) == organizationId);
    }
}
