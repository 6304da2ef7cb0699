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

public sealed class GenerationTests : GenerationScene
{
    [Fact]
    public async Task StartAsync_WithExamples_MakesAVersionThatIsWatched()
    {
        await Database.AddExamplesAsync(Organization, Definition.Id, 120);
        using var worker = await StartWorkerAsync();

        var job = await Generation.StartAsync(Organization.Caller, Definition.Id, null, activate: false, CancellationToken.None);
        var seen = await WatchAsync(job.Id);

        seen[^1].ShouldSatisfyAllConditions(j => j.Status.ShouldBe(JobStatus.Succeeded, j.Error), j => j.Version.ShouldBe(1), j => j.Progress.ShouldBe(1));
        await using var db = await Database.Data.OpenAsync(Organization.Caller, CancellationToken.None);
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
        await Database.AddExamplesAsync(Organization, Definition.Id, 120);
        using var worker = await StartWorkerAsync();

        var job = await Generation.StartAsync(Organization.Caller, Definition.Id, "rule", activate: true, CancellationToken.None);
        var last = (await WatchAsync(job.Id))[^1];

        (last.Strategy, last.Activate, last.Stage).ShouldBe(("rule", true, "done and activated"));
        await using var db = await Database.Data.OpenAsync(Organization.Caller, CancellationToken.None);
        (await db.Tasks.SingleAsync()).ActiveVersion.ShouldBe(1);
        await worker.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task StartAsync_WhileOneIsQueued_IsAConflict()
    {
        await Database.AddExamplesAsync(Organization, Definition.Id, 4);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            try
            {
                await Generation.StartAsync(Organization.Caller, Definition.Id, "ml", activate: false, CancellationToken.None);
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
        (await Should.ThrowAsync<ConflictException>(() => Generation.StartAsync(Organization.Caller, Definition.Id, null, false, CancellationToken.None)))
            .Code.ShouldBe("generation.no_examples");

    [Fact]
    public async Task StartAsync_WithAnUnknownStrategy_NamesTheField() =>
        (await Should.ThrowAsync<InvalidException>(() => Generation.StartAsync(Organization.Caller, Definition.Id, "magic", false, CancellationToken.None)))
            .Errors.Keys.ShouldBe(["strategy"]);

    [Fact]
    public async Task ClaimAsync_WhileTheLeaseHolds_IsForOneOnly()
    {
        await QueueAsync();
        var queue = new GenerationQueue(Database.Data, TimeProvider.System);

        var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => queue.ClaimAsync(CancellationToken.None)));

        claims.Count(job => job is not null).ShouldBe(1);
    }

    [Fact]
    public async Task ClaimAsync_OfAPortalThatFellSilent_TakesTheJobFromIt()
    {
        await QueueAsync();
        var dead = new GenerationQueue(Database.Data, TimeProvider.System);
        var lost = (await dead.ClaimAsync(CancellationToken.None)).ShouldNotBeNull();
        var later = new LateClock(GenerationQueue.Lease + TimeSpan.FromSeconds(1));
        var successor = new GenerationQueue(Database.Data, later);

        var taken = (await successor.ClaimAsync(CancellationToken.None)).ShouldNotBeNull();

        taken.Id.ShouldBe(lost.Id);
        (await dead.PulseAsync(lost, new SynthesisProgress("still here", 0.5), CancellationToken.None)).ShouldBeFalse("the job is not its own any more");
        (await successor.PulseAsync(taken, new SynthesisProgress("at it", 0.5), CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task ClaimAsync_OfAJobThatWasLostForAnHour_EndsIt()
    {
        var id = await QueueAsync();
        await new GenerationQueue(Database.Data, TimeProvider.System).ClaimAsync(CancellationToken.None);

        (await new GenerationQueue(Database.Data, new LateClock(TimeSpan.FromHours(2))).ClaimAsync(CancellationToken.None)).ShouldBeNull();

        (await Generation.GetAsync(Organization.Caller, Definition.Id, id, CancellationToken.None)).ShouldSatisfyAllConditions(
            j => j.Status.ShouldBe(JobStatus.Failed), j => j.Error.ShouldNotBeNull().ShouldContain("stopped again and again"));
    }

    [Fact]
    public async Task Worker_WhoseTaskWasArchived_FailsTheJobWithTheReason()
    {
        var id = await QueueAsync();
        await new TaskService(Database.Data, TimeProvider.System).ArchiveAsync(Organization.Caller, Definition.Id, CancellationToken.None);
        using var worker = await StartWorkerAsync();

        (await WatchAsync(id))[^1].Error.ShouldNotBeNull().ShouldContain("archived");
        await worker.StopAsync(CancellationToken.None);
    }

    private sealed class LateClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
