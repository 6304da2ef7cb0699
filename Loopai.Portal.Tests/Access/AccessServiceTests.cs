using System.Diagnostics;
using Loopai.Core.Access;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Access;

[Collection(PortalCollection.Name)]
public sealed class AccessServiceTests(PortalFixture portal)
{
    [Fact]
    public async Task CallerAsync_RightsChangeElsewhere_FollowsWithinASecond()
    {
        var organization = await portal.AddOrganizationAsync("changing");
        var other = await portal.StartPortalAsync();
        try
        {
            var access = other.App.Services.GetRequiredService<AccessService>();
            var user = await GivenOrganization.UserAsync(portal.Database.Data);
            var (members, grants) = (portal.Services.GetRequiredService<MemberService>(), portal.Services.GetRequiredService<GrantService>());
            await members.ProvisionAsync(organization.Owner, user, default);
            var changed = new SemaphoreSlim(0);
            using var subscription = access.Subscribe(organization.Id, () => changed.Release());
            (await May(Permissions.TasksWrite)).ShouldBeFalse();

            await Within(() => grants.SetAsync(organization.Owner, Holder.User(user), [new("developer")], AccessSource.Manual, default), Permissions.TasksWrite, true);
            await Within(() => grants.SetAsync(organization.Owner, Holder.User(user), [new("viewer")], AccessSource.Manual, default), Permissions.TasksWrite, false);
            await Within(() => members.DeactivateAsync(organization.Owner, user, default), Permissions.TasksRead, false);
            await Within(() => members.ReactivateAsync(organization.Owner, user, default), Permissions.TasksRead, true);

            async Task<bool> May(string permission) =>
                await access.CallerAsync(user, "ann", organization.Slug, null, default) is { } caller && caller.May(permission);

            async Task Within(Func<Task> change, string permission, bool expected)
            {
                await change();
                var since = Stopwatch.StartNew();
                while (await May(permission) != expected)
                {
                    (await changed.WaitAsync(TimeSpan.FromSeconds(15))).ShouldBeTrue($"no instance was told that {permission} changed");
                }

                since.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
            }
        }
        finally
        {
            await PortalFixture.StopAsync(other);
        }
    }

    [Fact]
    public async Task CallerAsync_UnknownEnvironment_FallsBackToTheFirst() =>
        (await portal.Services.GetRequiredService<AccessService>().CallerAsync(portal.Acme.Owner.Id!.Value, "ann", portal.Acme.Slug, "moon", default))!
            .EnvironmentId.ShouldBe(portal.Acme.Owner.EnvironmentId);

    [Fact]
    public async Task CallerAsync_NoMember_IsNobody() =>
        (await portal.Services.GetRequiredService<AccessService>().CallerAsync(portal.Acme.Owner.Id!.Value, "ann", portal.Globex.Slug, null, default)).ShouldBeNull();
}
