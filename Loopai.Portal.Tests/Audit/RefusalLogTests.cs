using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Errors;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Audit;

public sealed class RefusalLogTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly RefusalLog refusals = new(fixture.Data, TimeProvider.System, NullLogger<RefusalLog>.Instance);

    [Fact]
    public async Task Note_AFlood_IsTenEventsAndACount()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        var caller = Caller.ForUser(Guid.NewGuid(), "mallory@example.com", organization.Id, organization.EnvironmentId, []).From(new(System.Net.IPAddress.Parse("203.0.113.7"), "curl/8"));
        for (var i = 0; i < 500; i++)
        {
            refusals.Note(Should.Throw<ForbiddenException>(() => caller.Demand(Permissions.KeysManage)));
        }

        await refusals.FlushAsync(all: true, default);

        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        var events = await db.AuditEvents.OrderBy(e => e.Id).ToListAsync();
        events.Select(e => e.Count).ShouldBe([.. Enumerable.Repeat(1, RefusalLog.MaxAMinute), 490]);
        events.ShouldAllBe(e => e.Result == AuditResult.Refused && e.Action == "access.refused" && e.ObjectId == "keys:manage"
            && e.Address == "203.0.113.7" && e.UserAgent == "curl/8" && e.ActorName == "mallory@example.com");
        events[^1].Reason!.ShouldContain("490 more");
    }

    [Fact]
    public async Task Note_TheSameRefusalTwice_IsOne()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        var caller = Caller.ForUser(Guid.NewGuid(), "eve@example.com", organization.Id, organization.EnvironmentId, []);
        var refused = Should.Throw<ForbiddenException>(() => caller.Demand(Permissions.AuditRead));

        refusals.Note(refused);
        refusals.Note(refused, caller);
        await refusals.FlushAsync(all: true, default);

        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        (await db.AuditEvents.CountAsync()).ShouldBe(1);
    }
}
