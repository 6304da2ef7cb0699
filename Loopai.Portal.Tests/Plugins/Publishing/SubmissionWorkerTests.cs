using Loopai.Core.Plugins.Publishing;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Plugins.Publishing;

/// <summary>Who gets the next step, and that a claim and a person do not undo each other.</summary>
public sealed class SubmissionWorkerTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    [Fact]
    public async Task ClaimAsync_OneOrganizationSubmitsMany_TheOtherComesNext()
    {
        var (busy, other) = (await fixture.Database.AddOrganizationAsync("busy"), await fixture.Database.AddOrganizationAsync("other"));
        await WaitingAsync(busy, 0);
        await WaitingAsync(busy, 1);
        await WaitingAsync(busy, 2);
        await WaitingAsync(other, 3);
        var worker = Worker();

        var claims = new List<Guid>();
        while (await worker.ClaimAsync(default) is { } claim)
        {
            claims.Add(claim.OrganizationId);
        }

        claims.ShouldBe([busy.Id, other.Id, busy.Id, busy.Id]);
    }

    [Fact]
    public async Task ClaimAsync_SomebodyWithdrawsAtOnce_OneIsTold()
    {
        var organization = await fixture.Database.AddOrganizationAsync("acme");
        var id = await WaitingAsync(organization, 0);
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        var read = await db.PluginSubmissions.SingleAsync(s => s.Id == id);

        (await Worker().ClaimAsync(default))!.Id.ShouldBe(id);

        read.State = SubmissionState.Withdrawn;
        read.Revision++;
        await Should.ThrowAsync<DbUpdateConcurrencyException>(db.SaveChangesAsync());
    }

    private SubmissionWorker Worker() => new(fixture.Data, null!, TimeProvider.System, NullLogger<SubmissionWorker>.Instance);

    private async Task<Guid> WaitingAsync(TestOrganization organization, int seconds)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, default);
        var submission = new PluginSubmission
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Sha256 = new string('0', 64), Size = 1, IsPublic = false, Source = SubmissionSource.Api, CreatedBy = "Ada",
            CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(seconds),
        };
        db.PluginSubmissions.Add(submission);
        await db.SaveChangesAsync();
        return submission.Id;
    }
}
