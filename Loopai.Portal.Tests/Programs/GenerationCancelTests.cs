using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Programs;
using Loopai.Core.Programs.Generation;
using Loopai.Core.Tasks;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Programs;

public sealed class GenerationCancelTests : GenerationScene
{
    [Fact]
    public async Task CancelAsync_OfAQueuedJob_ItNeverStartsAndAnotherMay()
    {
        var cancelled = await QueueAsync();

        var answer = await Generation.CancelAsync(Organization.Caller, Definition.Id, cancelled, CancellationToken.None);
        var next = await Generation.StartAsync(Organization.Caller, Definition.Id, "rule", activate: false, CancellationToken.None);
        using var worker = await StartWorkerAsync();
        (await WatchAsync(next.Id))[^1].Status.ShouldBe(JobStatus.Succeeded);
        await worker.StopAsync(CancellationToken.None);

        answer.ShouldSatisfyAllConditions(
            j => j.Status.ShouldBe(JobStatus.Cancelled), j => j.Stage.ShouldBe("cancelled"), j => j.FinishedAt.ShouldNotBeNull(), j => j.Version.ShouldBeNull());
        (await Generation.GetAsync(Organization.Caller, Definition.Id, cancelled, CancellationToken.None)).ShouldBe(answer);
        await using var db = await Database.Data.OpenAsync(Organization.Caller, CancellationToken.None);
        (await db.Programs.SingleAsync()).Version.ShouldBe(1);
        (await db.CostEntries.Select(c => c.SubjectId).ToListAsync()).ShouldBe([next.Id], "what never ran costs nothing");
    }

    [Fact]
    public async Task CancelAsync_ThroughAnotherPortal_StopsTheLearningAndLeavesNoVersion()
    {
        await new ExampleService(Database.Data, TimeProvider.System).AddSlowAsync(Organization.Caller, Definition.Id);
        using var worker = await StartWorkerAsync();
        var job = await Generation.StartAsync(Organization.Caller, Definition.Id, "auto", activate: true, CancellationToken.None);
        await UntilAsync(() => Signals.ProgressOf(job.Id) is { Fraction: > 0 });
        using var elsewhere = new GenerationSignals();
        var otherPortal = new GenerationService(Database.Data, elsewhere, TimeProvider.System);

        (await otherPortal.CancelAsync(Organization.Caller, Definition.Id, job.Id, CancellationToken.None)).Status.ShouldBe(JobStatus.Cancelled);

        (await WatchAsync(job.Id))[^1].ShouldSatisfyAllConditions(j => j.Status.ShouldBe(JobStatus.Cancelled), j => j.Version.ShouldBeNull());
        var other = await Database.AddTaskAsync(Organization);
        await Database.AddExamplesAsync(Organization, other.Id, 40);
        var next = await Generation.StartAsync(Organization.Caller, other.Id, "rule", activate: false, CancellationToken.None);
        (await WatchAsync(next.Id, other.Id))[^1].Status.ShouldBe(JobStatus.Succeeded, "the worker is free again, long before the first would have been done");
        await worker.StopAsync(CancellationToken.None);
        await using var db = await Database.Data.OpenAsync(Organization.Caller, CancellationToken.None);
        (await db.Programs.Select(p => p.TaskId).ToListAsync()).ShouldBe([other.Id]);
        (await db.Tasks.SingleAsync(t => t.Id == Definition.Id)).ShouldSatisfyAllConditions(t => t.LastVersion.ShouldBe(0), t => t.ActiveVersion.ShouldBeNull());
        (await db.CostEntries.SingleAsync(c => c.SubjectId == job.Id)).Quantity.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task CancelAsync_Again_ChangesNothing_AndIsOnRecordOnce()
    {
        var id = await QueueAsync();
        var first = await Generation.CancelAsync(Organization.Caller, Definition.Id, id, CancellationToken.None);

        var second = await Generation.CancelAsync(Organization.Caller, Definition.Id, id, CancellationToken.None);

        second.ShouldBe(first);
        await using var db = await Database.Data.OpenAsync(Organization.Caller, CancellationToken.None);
        (await db.AuditEvents.CountAsync(e => e.Action == "generation.cancelled")).ShouldBe(1);
    }

    [Fact]
    public async Task CancelAsync_OfAJobThatIsOver_SaysWhatBecameOfIt()
    {
        var id = await QueueAsync();
        using var worker = await StartWorkerAsync();
        await WatchAsync(id);
        await worker.StopAsync(CancellationToken.None);

        var refused = await Should.ThrowAsync<ConflictException>(() => Generation.CancelAsync(Organization.Caller, Definition.Id, id, CancellationToken.None));

        refused.Code.ShouldBe("generation.over");
        refused.Message.ShouldContain("version 1");
    }

    [Fact]
    public async Task CancelAsync_WhileItFinishes_IsEitherOrAndNeverBoth()
    {
        await Database.AddExamplesAsync(Organization, Definition.Id, 60);
        var queue = new GenerationQueue(Database.Data, TimeProvider.System);
        var learned = GivenExamples.Learn(GivenExamples.Tickets(60), strategy: SynthesisStrategy.Rule);
        for (var round = 0; round < 20; round++)
        {
            await Generation.StartAsync(Organization.Caller, Definition.Id, "rule", activate: true, CancellationToken.None);
            var job = (await queue.ClaimAsync(CancellationToken.None)).ShouldNotBeNull();
            var before = await VersionsAsync();

            var finishing = queue.FinishAsync(job, learned, TimeSpan.FromSeconds(1), CancellationToken.None);
            var cancelling = CancelledAsync(job.Id);
            await Task.WhenAll(finishing, cancelling);

            (await finishing).ShouldBe(!await cancelling);
            (await VersionsAsync()).ShouldBe(before + (await finishing ? 1 : 0));
        }
    }

    [Fact]
    public async Task CancelAsync_ByWhoMayNot_IsRefused_AndForOthersThereIsNoSuchJob()
    {
        var id = await QueueAsync();
        var reader = Caller.ForUser(Guid.CreateVersion7(), "reader", Organization.Id, Organization.Caller.EnvironmentId, [Permissions.TasksRead]);
        var stranger = await Database.AddOrganizationAsync();

        await Should.ThrowAsync<ForbiddenException>(() => Generation.CancelAsync(reader, Definition.Id, id, CancellationToken.None));
        await Should.ThrowAsync<NotFoundException>(() => Generation.CancelAsync(stranger.Caller, Definition.Id, id, CancellationToken.None));

        (await Generation.GetAsync(Organization.Caller, Definition.Id, id, CancellationToken.None)).Status.ShouldBe(JobStatus.Queued);
    }

    private async Task<bool> CancelledAsync(Guid id)
    {
        try
        {
            await Generation.CancelAsync(Organization.Caller, Definition.Id, id, CancellationToken.None);
            return true;
        }
        catch (ConflictException e) when (e.Code == "generation.over")
        {
            return false;
        }
    }

    private async Task<int> VersionsAsync()
    {
        await using var db = await Database.Data.OpenAsync(Organization.Caller, CancellationToken.None);
        return await db.Programs.CountAsync();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
