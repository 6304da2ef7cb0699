using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Organizations;
using Loopai.Portal.Tests.Access;
using Loopai.Portal.Tests.Data;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Tests.Organizations;

public sealed class SettingsServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private SettingsService Settings => new(fixture.Data, Options.Create(new ExecutionSettings { RetentionDays = 90 }), TimeProvider.System);

    [Fact]
    public async Task UpdateAsync_WhatIsGiven_LeavesTheRest_AndOfTwoEditorsOneIsTold()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var read = await Settings.GetAsync(owner, default);

        await Settings.UpdateAsync(owner, new OrganizationSettings { Currency = "CHF", ExecutionRetentionDays = 30, AllowedEmailDomains = ["Example.org"] }, read.Revision, default);
        var changed = await Settings.UpdateAsync(owner, new OrganizationSettings { ExecutionRetentionDays = 0 }, null, default);

        (changed.Name, changed.Currency, changed.ExecutionRetentionDays, changed.AllowedEmailDomains).ShouldBe(("Org", "CHF", null, "example.org"));
        await Should.ThrowAsync<ChangedMeanwhileException>(Settings.UpdateAsync(owner, new OrganizationSettings { Name = "Late" }, read.Revision, default));
    }

    [Fact]
    public async Task UpdateAsync_Nonsense_TellsEveryFault()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var nonsense = new OrganizationSettings
        {
            Name = " ", TimeZone = "Mars/Olympus", Currency = "XXQ", ExecutionRetentionDays = 91, ValidationRetentionDays = -1, SessionHours = 9000,
            AllowedEmailDomains = ["ann@example.org", "a b.org", "localhost"],
        };

        var e = await Should.ThrowAsync<InvalidException>(Settings.UpdateAsync(await given.OwnerAsync(), nonsense, null, default));

        e.Errors.Keys.ShouldBe(
            ["name", "timeZone", "currency", "executionRetentionDays", "validationRetentionDays", "sessionHours", "allowedEmailDomains"], ignoreOrder: true);
    }

    [Fact]
    public async Task UpdateAsync_WhatSignInTakes_NeedsWhoManagesSignOn()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var role = await new RoleService(fixture.Data, TimeProvider.System).CreateAsync(
            await given.OwnerAsync(), new RoleDraft { Name = "Clerk", Permissions = [Permissions.OrganizationRead, Permissions.OrganizationManage] }, default);
        var clerk = await given.AsAsync(await given.MemberAsync($"{role.Id}"));

        (await Should.ThrowAsync<ForbiddenException>(Settings.UpdateAsync(clerk, new OrganizationSettings { RequireMfa = false }, null, default)))
            .Permission.ShouldBe(Permissions.SignOnManage);
        (await Settings.UpdateAsync(clerk, new OrganizationSettings { Name = "Renamed" }, null, default)).Name.ShouldBe("Renamed");
    }

    [Fact]
    public async Task UpdateAsync_RequireSsoWithoutAProvider_IsRefused()
    {
        var given = await GivenOrganization.Async(fixture.Data);

        (await Should.ThrowAsync<InvalidException>(Settings.UpdateAsync(await given.OwnerAsync(), new OrganizationSettings { RequireSso = true }, null, default)))
            .Errors.Keys.ShouldBe(["requireSso"]);
    }

    [Fact]
    public async Task SetLogoAsync_Picture_IsToldByItsBytes()
    {
        var given = await GivenOrganization.Async(fixture.Data);
        var owner = await given.OwnerAsync();
        var huge = Png.ToArray();
        huge[18] = 0x7F; // A width of half a million pixels in the header.

        foreach (var picture in new[] { "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), [], huge, new byte[SettingsService.MaxLogoBytes + 1], Png[..20] })
        {
            (await Should.ThrowAsync<InvalidException>(Settings.SetLogoAsync(owner, picture, default))).Errors.Keys.ShouldBe(["logo"]);
        }

        (await Settings.SetLogoAsync(owner, Png, default)).ContentType.ShouldBe("image/png");
        (await Settings.GetLogoAsync(await given.AsAsync(await given.MemberAsync("billing")), default)).Data.ShouldBe(Png);
        await Settings.RemoveLogoAsync(owner, default);
        await Should.ThrowAsync<NotFoundException>(Settings.GetLogoAsync(owner, default));
    }
}
