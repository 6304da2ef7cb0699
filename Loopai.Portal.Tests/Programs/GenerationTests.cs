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

public sealed class GenerationTests : IAsyncLifetime
{
    private readonly GenerationSignals _signals = new();
    private LoopaiDatabase _database = null!;
    private GenerationService _generation = null!;
    private TestOrganization _organization = null!;
    private TaskDefinition _task = null!;

    public async Task InitializeAsync()
    {
        // A database of its own: a worker takes up every job there is.
        _database = await LoopaiDatabase.CreateAsync();
        _generation = new GenerationService(_database.Data, _signals, TimeProvider.System);
        _organization = await _database.AddOrganizationAsync();
        _task = await _database.AddTaskAsync(_organization);
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        _signals.Dispose();
    }

    [Fact]
    public async Task StartAsync_WithExamples_MakesAVersionThatIsWatched()
    {
        await _database.AddExamplesAsync(_organization, _task.Id, 120);
        using var worker = await StartWorkerAsync();

        var job = await _generation.StartAsync(_organization.Caller, _task.Id, null, activate: false, CancellationToken.None);
        var seen = await WatchAsync(job.Id);

        seen[^1].ShouldSatisfyAllConditions(j => j.Status.ShouldBe(JobStatus.Succeeded, j.Error), j => j.Version.ShouldBe(1), j => j.Progress.ShouldBe(1));
        await using var db = await _database.Data.OpenAsync(_organization.Caller, CancellationToken.None);
        var program = await db.Programs.SingleAsync();
        (program.Status, program.Language).ShouldBe((ProgramStatus.Validated, ProgramLanguage.Model));
        program.Accuracy.ShouldNotBeNull().ShouldBeGreaterThan(0.9);
        ProgramText.Of(program).ShouldContain("Strategy:");
        (await db.Tasks.SingleAsync()).ActiveVersion.ShouldBeNull();
        await worker.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task StartAsync_WithActivate_ActivatesWhatWasMade()
    {
        await _database.AddExamplesAsync(_organization, _task.Id, 120);
        using var worker = await StartWorkerAsync();

        var job = await _generation.StartAsync(_organization.Caller, _task.Id, "rule", activate: true, CancellationToken.None);
        var last = (await WatchAsync(job.Id))[^1];

        (last.Strategy, last.Activate, last.Stage).ShouldBe(("rule", true, "done and activated"));
        await using var db = await _database.Data.OpenAsync(_organization.Caller, CancellationToken.None);
        (await db.Tasks.SingleAsync()).ActiveVersion.ShouldBe(1);
        await worker.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task StartAsync_WhileOneIsQueued_IsAConflict()
    {
        await _database.AddExamplesAsync(_organization, _task.Id, 4);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            try
            {
                await _generation.StartAsync(_organization.Caller, _task.Id, "ml", activate: false, CancellationToken.None);
                return true;
            }
            catch (ConflictException e) when (e.Code == "generation.running")
            {
                return false;
            }
        }));

        outcomes.Count(started => started).ShouldBe(1);
    }

    [Fact]
    public async Task StartAsync_WithoutExamples_SaysSo() =>
        (await Should.ThrowAsync<ConflictException>(() => _generation.StartAsync(_organization.Caller, _task.Id, null, false, CancellationToken.None)))
            .Code.ShouldBe("generation.no_examples");

    [Fact]
    public async Task StartAsync_WithAnUnknownStrategy_NamesTheField() =>
        (await Should.ThrowAsync<InvalidException>(() => _generation.StartAsync(_organization.Caller, _task.Id, "magic", false, CancellationToken.None)))
            .Errors.Keys.ShouldBe(["strategy"]);

    [Fact]
    public async Task ClaimAsync_WhileTheLeaseHolds_IsForOneOnly()
    {
        await QueueAsync();
        var queue = new GenerationQueue(_database.Data, TimeProvider.System);

        var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => queue.ClaimAsync(CancellationToken.None)));

        claims.Count(job => job is not null).ShouldBe(1);
    }

    [Fact]
    public async Task ClaimAsync_OfAPortalThatFellSilent_TakesTheJobFromIt()
    {
        await QueueAsync();
        var dead = new GenerationQueue(_database.Data, TimeProvider.System);
        var lost = (await dead.ClaimAsync(CancellationToken.None)).ShouldNotBeNull();
        var later = new LateClock(GenerationQueue.Lease + TimeSpan.FromSeconds(1));
        var successor = new GenerationQueue(_database.Data, later);

        var taken = (await successor.ClaimAsync(CancellationToken.None)).ShouldNotBeNull();

        taken.Id.ShouldBe(lost.Id);
        (await dead.PulseAsync(lost, new SynthesisProgress("still here", 0.5), CancellationToken.None)).ShouldBeFalse("the job is not its own any more");
        (await successor.PulseAsync(taken, new SynthesisProgress("at it", 0.5), CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task ClaimAsync_OfAJobThatWasLostForAnHour_EndsIt()
    {
        var id = await QueueAsync();
        await new GenerationQueue(_database.Data, TimeProvider.System).ClaimAsync(CancellationToken.None);

        (await new GenerationQueue(_database.Data, new LateClock(TimeSpan.FromHours(2))).ClaimAsync(CancellationToken.None)).ShouldBeNull();

        (await _generation.GetAsync(_organization.Caller, _task.Id, id, CancellationToken.None)).ShouldSatisfyAllConditions(
            j => j.Status.ShouldBe(JobStatus.Failed), j => j.Error.ShouldNotBeNull().ShouldContain("stopped again and again"));
    }

    [Fact]
    public async Task Worker_WhoseTaskWasArchived_FailsTheJobWithTheReason()
    {
        var id = await QueueAsync();
        await new TaskService(_database.Data, TimeProvider.System).ArchiveAsync(_organization.Caller, _task.Id, CancellationToken.None);
        using var worker = await StartWorkerAsync();

        (await WatchAsync(id))[^1].Error.ShouldNotBeNull().ShouldContain("archived");
        await worker.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task CancelAsync_OfAQueuedJob_ItNeverStartsAndAnotherMay()
    {
        var cancelled = await QueueAsync();

        var answer = await _generation.CancelAsync(_organization.Caller, _task.Id, cancelled, CancellationToken.None);
        var next = await _generation.StartAsync(_organization.Caller, _task.Id, "rule", activate: false, CancellationToken.None);
        using var worker = await StartWorkerAsync();
        (await WatchAsync(next.Id))[^1].Status.ShouldBe(JobStatus.Succeeded);
        await worker.StopAsync(CancellationToken.None);

        answer.ShouldSatisfyAllConditions(
            j => j.Status.ShouldBe(JobStatus.Cancelled), j => j.Stage.ShouldBe("cancelled"), j => j.FinishedAt.ShouldNotBeNull(), j => j.Version.ShouldBeNull());
        (await _generation.GetAsync(_organization.Caller, _task.Id, cancelled, CancellationToken.None)).ShouldBe(answer);
        await using var db = await _database.Data.OpenAsync(_organization.Caller, CancellationToken.None);
        (await db.Programs.SingleAsync()).Version.ShouldBe(1);
        (await db.CostEntries.Select(c => c.SubjectId).ToListAsync()).ShouldBe([next.Id], "what never ran costs nothing");
    }

    [Fact]
    public async Task CancelAsync_ThroughAnotherPortal_StopsTheLearningAndLeavesNoVersion()
    {
        await new ExampleService(_database.Data, TimeProvider.System).AddSlowAsync(_organization.Caller, _task.Id);
        using var worker = await StartWorkerAsync();
        var job = await _generation.StartAsync(_organization.Caller, _task.Id, "auto", activate: true, CancellationToken.None);
        await UntilAsync(() => _signals.ProgressOf(job.Id) is { Fraction: > 0 });
        using var elsewhere = new GenerationSignals();
        var otherPortal = new GenerationService(_database.Data, elsewhere, TimeProvider.System);

        (await otherPortal.CancelAsync(_organization.Caller, _task.Id, job.Id, CancellationToken.None)).Status.ShouldBe(JobStatus.Cancelled);

        (await WatchAsync(job.Id))[^1].ShouldSatisfyAllConditions(j => j.Status.ShouldBe(JobStatus.Cancelled), j => j.Version.ShouldBeNull());
        var other = await _database.AddTaskAsync(_organization);
        await _database.AddExamplesAsync(_organization, other.Id, 40);
        var next = await _generation.StartAsync(_organization.Caller, other.Id, "rule", activate: false, CancellationToken.None);
        (await WatchAsync(next.Id, other.Id))[^1].Status.ShouldBe(JobStatus.Succeeded, "the worker is free again, long before the first would have been done");
        await worker.StopAsync(CancellationToken.None);
        await using var db = await _database.Data.OpenAsync(_organization.Caller, CancellationToken.None);
        (await db.Programs.Select(p => p.TaskId).ToListAsync()).ShouldBe([other.Id]);
        (await db.Tasks.SingleAsync(t => t.Id == _task.Id)).ShouldSatisfyAllConditions(t => t.LastVersion.ShouldBe(0), t => t.ActiveVersion.ShouldBeNull());
        (await db.CostEntries.SingleAsync(c => c.SubjectId == job.Id)).Quantity.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task CancelAsync_Again_ChangesNothing_AndIsOnRecordOnce()
    {
        var id = await QueueAsync();
        var first = await _generation.CancelAsync(_organization.Caller, _task.Id, id, CancellationToken.None);

        var second = await _generation.CancelAsync(_organization.Caller, _task.Id, id, CancellationToken.None);

        second.ShouldBe(first);
        await using var db = await _database.Data.OpenAsync(_organization.Caller, CancellationToken.None);
        (await db.AuditEvents.CountAsync(e => e.Action == "generation.cancelled")).ShouldBe(1);
    }

    [Fact]
    public async Task CancelAsync_OfAJobThatIsOver_SaysWhatBecameOfIt()
    {
        var id = await QueueAsync();
        using var worker = await StartWorkerAsync();
        await WatchAsync(id);
        await worker.StopAsync(CancellationToken.None);

        var refused = await Should.ThrowAsync<ConflictException>(() => _generation.CancelAsync(_organization.Caller, _task.Id, id, CancellationToken.None));

        refused.Code.ShouldBe("generation.over");
        refused.Message.ShouldContain("version 1");
    }

    [Fact]
    public async Task CancelAsync_WhileItFinishes_IsEitherOrAndNeverBoth()
    {
        await _database.AddExamplesAsync(_organization, _task.Id, 60);
        var queue = new GenerationQueue(_database.Data, TimeProvider.System);
        var learned = GivenExamples.Learn(GivenExamples.Tickets(60), strategy: SynthesisStrategy.Rule);
        for (var round = 0; round < 20; round++)
        {
            await _generation.StartAsync(_organization.Caller, _task.Id, "rule", activate: true, CancellationToken.None);
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
        var reader = Caller.ForUser(Guid.CreateVersion7(), "reader", _organization.Id, _organization.Caller.EnvironmentId, [Permissions.TasksRead]);
        var stranger = await _database.AddOrganizationAsync();

        await Should.ThrowAsync<ForbiddenException>(() => _generation.CancelAsync(reader, _task.Id, id, CancellationToken.None));
        await Should.ThrowAsync<NotFoundException>(() => _generation.CancelAsync(stranger.Caller, _task.Id, id, CancellationToken.None));

        (await _generation.GetAsync(_organization.Caller, _task.Id, id, CancellationToken.None)).Status.ShouldBe(JobStatus.Queued);
    }

    private async Task<bool> CancelledAsync(Guid id)
    {
        try
        {
            await _generation.CancelAsync(_organization.Caller, _task.Id, id, CancellationToken.None);
            return true;
        }
        catch (ConflictException e) when (e.Code == "generation.over")
        {
            return false;
        }
    }

    private async Task<int> VersionsAsync()
    {
        await using var db = await _database.Data.OpenAsync(_organization.Caller, CancellationToken.None);
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

    private async Task<Guid> QueueAsync()
    {
        await _database.AddExamplesAsync(_organization, _task.Id, 4);
        return (await _generation.StartAsync(_organization.Caller, _task.Id, "auto", activate: false, CancellationToken.None)).Id;
    }

    private async Task<GenerationWorker> StartWorkerAsync()
    {
        var worker = new GenerationWorker(_database.Data, _signals, TimeProvider.System, NullLogger<GenerationWorker>.Instance);
        await worker.StartAsync(CancellationToken.None);
        await worker.StartedAsync(CancellationToken.None);
        return worker;
    }

    private async Task<List<GenerationSnapshot>> WatchAsync(Guid id, Guid? taskId = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        return await _generation.WatchAsync(_organization.Caller, taskId ?? _task.Id, id, patience.Token).ToListAsync(patience.Token);
    }

    private sealed class LateClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
