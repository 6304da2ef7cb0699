using Loopai.Core.Errors;
using Loopai.Core.Experiments.Analysis;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loopai.Portal.Tests.Experiments.Analysis;

public sealed class SnapshotServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly Clock _clock = new();

    private SnapshotService Snapshots => new(fixture.Data, GivenTraffic.Analysis, _clock);

    [Fact]
    public async Task TakeAsync_ByManyInstancesAtOnce_CountsOnceAMinute()
    {
        var traffic = await GivenTraffic.Async(fixture.Database);
        traffic.Add(0, "someone");
        await traffic.StoreAsync();
        (await Snapshots.LatestAsync(traffic.Caller, traffic.Experiment.Id, default)).ShouldBeNull();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Snapshots.TakeAsync(traffic.Caller, traffic.Experiment.Id, default)));
        (await CountAsync(traffic)).ShouldBe(1);
        var first = await Snapshots.LatestAsync(traffic.Caller, traffic.Experiment.Id, default);
        first!.Variants.Sum(v => v.Units).ShouldBe(1);

        _clock.Now += TimeSpan.FromMinutes(1);
        traffic.Add(1, "someone else");
        await traffic.StoreAsync();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Snapshots.TakeAsync(traffic.Caller, traffic.Experiment.Id, default)));
        (await CountAsync(traffic)).ShouldBe(2);
        (await Snapshots.LatestAsync(traffic.Caller, traffic.Experiment.Id, default))!.Variants.Sum(v => v.Units).ShouldBe(2);

        _clock.Now += TimeSpan.FromHours(2);
        await Snapshots.TakeAsync(traffic.Caller, traffic.Experiment.Id, default);
        (await CountAsync(traffic)).ShouldBe(1);
    }

    [Fact]
    public async Task RunOnceAsync_StoppedYesterday_LooksOnceAnHourForLateVerdicts()
    {
        var traffic = await GivenTraffic.Async(fixture.Database);
        var execution = traffic.Add(0, "someone");
        await traffic.StoreAsync();
        await fixture.Database.AsOwnerAsync($"UPDATE experiments SET status = 'Stopped', stopped_at = now() - interval '1 day' WHERE id = '{traffic.Experiment.Id}'");
        await RunAsync();
        traffic.Check(execution, right: true, probability: 0.5);
        await traffic.StoreAsync();
        (await CheckedAfterAsync(TimeSpan.FromMinutes(10))).ShouldBe(0);
        (await CheckedAfterAsync(TimeSpan.FromHours(1))).ShouldBe(1);

        Task RunAsync() => new SnapshotWorker(fixture.Data, Snapshots, _clock, NullLogger<SnapshotWorker>.Instance).RunOnceAsync(default);

        async Task<long> CheckedAfterAsync(TimeSpan later)
        {
            _clock.Now += later;
            await RunAsync();
            return (await Snapshots.LatestAsync(traffic.Caller, traffic.Experiment.Id, default))!.Variants.Sum(v => v.Checked);
        }
    }

    [Fact]
    public async Task LatestAsync_OfAnotherOrganization_IsNotFound()
    {
        var traffic = await GivenTraffic.Async(fixture.Database);
        await Snapshots.TakeAsync(traffic.Caller, traffic.Experiment.Id, default);
        var stranger = await fixture.Database.AddOrganizationAsync();
        await Should.ThrowAsync<NotFoundException>(() => Snapshots.LatestAsync(stranger.Caller, traffic.Experiment.Id, default));
    }

    [Fact]
    public async Task RunOnceAsync_RunningAndLongOver_LooksAtTheRunningOnly()
    {
        var (running, over) = (await GivenTraffic.Async(fixture.Database), await GivenTraffic.Async(fixture.Database));
        await fixture.Database.AsOwnerAsync($"UPDATE experiments SET status = 'Stopped', stopped_at = now() - interval '8 days' WHERE id = '{over.Experiment.Id}'");
        await new SnapshotWorker(fixture.Data, Snapshots, _clock, NullLogger<SnapshotWorker>.Instance).RunOnceAsync(default);
        (await CountAsync(running), await CountAsync(over)).ShouldBe((1, 0));
    }

    private async Task<int> CountAsync(GivenTraffic traffic)
    {
        await using var db = await fixture.Data.OpenAsync(traffic.Caller, default);
        return await db.ExperimentSnapshots.CountAsync(s => s.ExperimentId == traffic.Experiment.Id);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
