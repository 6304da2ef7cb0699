using Loopai.Core.Access;
using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Identity.SignOn;

public sealed class SignOnServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly SignOnService service = GivenSignOn.Service(fixture.Data);

    [Fact]
    public async Task CompleteAsync_Member_IsLinkedOnceAndKnownBySubjectAfterwards()
    {
        var (organization, connection, domain) = await ArrangeAsync();
        var ada = await fixture.Database.UserAsync($"ada@{domain}", organization);

        var first = await service.CompleteAsync(connection, GivenSignOn.Identity(email: $"Ada@{domain}"), null, default);
        var second = await service.CompleteAsync(connection, GivenSignOn.Identity(email: "ada@married.example", verified: false), null, default);

        (first.UserId, second.UserId).ShouldBe((ada.Id, ada.Id));
        (await ActionsAsync(organization)).ShouldBe(["sign_in.succeeded", "sign_in.succeeded"]);
    }

    [Fact]
    public async Task CompleteAsync_AddressGivenToSomebodyElse_DoesNotOpenTheOldAccount()
    {
        var (organization, connection, domain) = await ArrangeAsync();
        await fixture.Database.UserAsync($"ada@{domain}", organization);
        await service.CompleteAsync(connection, GivenSignOn.Identity("first", $"ada@{domain}"), null, default);

        var other = await service.CompleteAsync(connection, GivenSignOn.Identity("second", $"ada@{domain}"), null, default);

        other.Refusal!.Code.ShouldBe("sign_on.other_subject");
        (await ActionsAsync(organization)).ShouldBe(["sign_in.succeeded", "sign_in.refused"]);
    }

    [Fact]
    public async Task CompleteAsync_DomainVerifiedByAnotherOrganization_IsRefused()
    {
        var (_, _, domain) = await ArrangeAsync();
        var other = await fixture.Database.AddOrganizationAsync("other");
        await fixture.Database.UserAsync($"ada@{domain}", other);
        var connection = await fixture.Database.ConnectionAsync(other, justInTime: true);

        (await service.CompleteAsync(connection, GivenSignOn.Identity(email: $"ada@{domain}"), null, default)).Refusal!.Code.ShouldBe("sign_on.foreign_domain");
    }

    [Fact]
    public async Task CompleteAsync_DisabledConnection_IsRefused_EvenForALinkedSubject()
    {
        var (organization, connection, domain) = await ArrangeAsync();
        await fixture.Database.UserAsync($"ada@{domain}", organization);
        await service.CompleteAsync(connection, GivenSignOn.Identity(email: $"ada@{domain}"), null, default);
        connection.Enabled = false;

        (await service.CompleteAsync(connection, GivenSignOn.Identity(), null, default)).Refusal!.Code.ShouldBe("sign_on.disabled");
    }

    [Fact]
    public async Task CompleteAsync_SubjectsThatDifferInCase_AreTwo()
    {
        var (organization, connection, domain) = await ArrangeAsync();
        await fixture.Database.UserAsync($"ada@{domain}", organization);
        await service.CompleteAsync(connection, GivenSignOn.Identity("abc", $"ada@{domain}"), null, default);

        (await service.CompleteAsync(connection, GivenSignOn.Identity("ABC", email: null), null, default)).Refusal!.Code.ShouldBe("sign_on.no_email");
    }

    [Fact]
    public async Task CompleteTestAsync_WhoWouldBeLinked_IsReported_AndNothingChanges()
    {
        var (organization, _, domain) = await ArrangeAsync();
        var connection = await fixture.Database.ConnectionAsync(organization, enabled: false, mapping: new MappingRule("groups", "admins", "admin"));
        var ada = await fixture.Database.UserAsync($"ada@{domain}", organization);
        var run = Guid.CreateVersion7();
        await using (var db = await fixture.Data.OpenAsync(organization.Caller, default))
        {
            db.SignOnTestRuns.Add(new SignOnTestRun { Id = run, OrganizationId = organization.Id, ConnectionId = connection.Id, StartedBy = "ada", StartedAt = DateTimeOffset.UtcNow });
            await db.SaveChangesAsync();
        }

        await service.CompleteTestAsync(
            connection, run, [new SignOnCheck("Signature", true, "RS256")], GivenSignOn.Identity(email: $"ada@{domain}", groups: ["admins"]), default);

        await using var after = await fixture.Data.OpenAsync(organization.Caller, default);
        var kept = await after.SignOnTestRuns.SingleAsync(r => r.Id == run);
        kept.Report!.ShouldNotContain("ada@");
        var report = SignOnTestReport.Parse(GivenSignOn.Secrets.Unprotect(organization.Id, kept.Report)!);
        (report.Passed, report.Decision!.Action).ShouldBe((true, SignOnAction.LinkByEmail));
        report.Mapping!.Grants.ShouldBe([new MappedGrant("admin")]);
        (await after.SignOnLinks.AnyAsync(l => l.UserId == ada.Id)).ShouldBeFalse();
        (await after.SignOnConnections.SingleAsync(c => c.Id == connection.Id)).TestPassed.ShouldBe(true);
    }

    private async Task<(TestOrganization Organization, SignOnConnection Connection, string Domain)> ArrangeAsync()
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        var domain = $"d{Guid.NewGuid():n}.example";
        await fixture.Database.DomainAsync(organization, domain);
        return (organization, await fixture.Database.ConnectionAsync(organization), domain);
    }

    private async Task<List<string>> ActionsAsync(TestOrganization organization)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        return await db.AuditEvents.OrderBy(e => e.At).Select(e => e.Action).ToListAsync();
    }
}
