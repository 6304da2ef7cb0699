using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Metrics;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Tasks;

namespace Loopai.Portal.Tests.Experiments;

public sealed class ExperimentServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>, IAsyncLifetime
{
    private GivenExperiment _given = null!;

    public async Task InitializeAsync() => _given = await GivenExperiment.AsyncFor(fixture.Database);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task CreateAsync_WithTheLeastThatIsNeeded_FillsInTheRest()
    {
        var made = await _given.AddAsync(new ExperimentDraft
        {
            TaskId = _given.Task.Id, Name = "Which one?", Variants = [new(Version: 1), new(Version: 2), new(Version: 3)], Metrics = [new("accuracy", MetricRole.Goal)],
        });

        (made.Key, made.Seed, made.Status, made.Coverage).ShouldBe(("which-one", "which-one", ExperimentStatus.Draft, 1));
        made.Variants.Select(v => (v.Key, v.Weight)).ShouldBe([("control", 0.3333), ("variant-1", 0.3333), ("variant-2", 0.3334)]);
        made.Plan.Method.ShouldBe(StatisticalMethod.Sequential);
    }

    [Fact]
    public async Task CreateAsync_SameNameTwice_GetsAKeyOfItsOwn()
    {
        await _given.AddAsync();
        (await _given.AddAsync()).Key.ShouldBe("version-2-2");
        (await Should.ThrowAsync<ConflictException>(() => _given.AddAsync(_given.Draft() with { Key = "version-2" }))).Code.ShouldBe("experiment.key_taken");
    }

    [Fact]
    public async Task CreateAsync_WeightsThatDoNotSum_SaysToWhatTheySum() => (await FaultsAsync(
        _given.Draft() with { Variants = [new(Version: 1, Weight: 0.5), new(Version: 2, Weight: 0.4)] }))["variants"].ShouldHaveSingleItem().ShouldContain("add up to 0.9");

    [Fact]
    public async Task CreateAsync_WeightFinerThanTheHash_IsRefused() => (await FaultsAsync(
        _given.Draft() with { Variants = [new(Version: 1, Weight: 0.99995), new(Version: 2, Weight: 0.00005)] })).Keys.ShouldContain("variants[1].weight");

    [Fact]
    public async Task CreateAsync_NotANumber_IsRefused() => (await FaultsAsync(
        _given.Draft() with { Coverage = double.NaN, Plan = new AnalysisPlan { Alpha = double.NaN, Power = double.PositiveInfinity } })).Keys.ShouldBe(
        ["coverage", "plan.alpha", "plan.power"], ignoreOrder: true);

    [Fact]
    public async Task CreateAsync_VersionOfAnotherTask_IsRefused()
    {
        var other = await fixture.Database.AddTaskAsync(_given.Organization);
        (await FaultsAsync(_given.Draft() with { TaskId = other.Id })).Keys.ShouldBe(["variants[0].version", "variants[1].version"]);
        (await FaultsAsync(_given.Draft() with { Variants = [new(Version: 1), new(Version: 9)] })).Keys.ShouldBe(["variants[1].version"]);
    }

    [Fact]
    public async Task CreateAsync_MetricThatDoesNotExist_IsRefused() => (await FaultsAsync(
        _given.Draft() with { Metrics = [new("profit", MetricRole.Goal)] }))["metrics[0].metric"].ShouldHaveSingleItem().ShouldContain("no metric 'profit'");

    [Fact]
    public async Task CreateAsync_EverythingWrong_TellsAllOfItAtOnce() => (await FaultsAsync(new ExperimentDraft
    {
        TaskId = _given.Task.Id, Name = " ", Key = "Not a key", Seed = "", Coverage = 1.5, Variants = [new(Version: 1)], Segments = ["a", "b", "c", "d"],
        Namespace = new NamespaceShare("n", 0.7, 0.3), Targeting = JsonElement.Parse("[]"), Without = ["everything"],
    })).Keys.ShouldBe(["name", "key", "seed", "coverage", "variants", "segments", "namespace", "targeting", "without"], ignoreOrder: true);

    [Fact]
    public async Task CreateAsync_ShadowThatAnswers_IsRefused() => (await FaultsAsync(
        _given.Draft() with { Variants = [new(Version: 1, Weight: 0.5), new(Version: 2, Weight: 0.5, Shadow: true)] })).Keys.ShouldBe(["variants[1].weight"]);

    [Fact]
    public async Task CreateAsync_VariantWithoutWeight_IsRefused() => (await FaultsAsync(
        _given.Draft() with { Variants = [new(Version: 1, Weight: 1), new(Version: 2)] })).Keys.ShouldBe(["variants[1].weight"]);

    [Fact]
    public async Task CreateAsync_SeedOfAHoldout_IsRefused() => (await FaultsAsync(_given.Draft() with { Seed = "holdout:checkout" })).Keys.ShouldBe(["seed"]);

    [Theory]
    [InlineData(MetricType.Mean, -1)]
    [InlineData(MetricType.Proportion, 0.5)]
    public void Over_CapThatMakesNoSense_IsRefused(MetricType type, double cap) => Should.Throw<InvalidException>(() => new MetricDraft
    {
        Key = "k", Name = "K", Source = MetricSource.Event, Type = type, Direction = MetricDirection.Up, Event = "buy", Cap = cap,
    }.Over(null)).Errors.Keys.ShouldBe(["cap"]);

    [Fact]
    public async Task CreateAsync_AutomaticWinnerWithoutErrorControl_IsRefused() => (await FaultsAsync(
        _given.Draft() with { Plan = new AnalysisPlan { Method = StatisticalMethod.Bayesian }, AutomaticWinner = new AutomaticWinner() })).Keys.ShouldBe(["automaticWinner"]);

    [Fact]
    public async Task UpdateAsync_OfARunningOne_LetsNoUnitChangeItsVariant()
    {
        var running = await _given.StartAsync();
        ExperimentDraft[] changes =
        [
            new() { Variants = [new(Version: 1, Weight: 0.4), new(Version: 2, Weight: 0.6)] }, new() { Seed = "another" }, new() { RequiresUnit = true },
            new() { Targeting = JsonElement.Parse("""{"country":"de"}""") }, new() { Namespace = new NamespaceShare("n", 0, 0.5) },
        ];
        foreach (var change in changes)
        {
            (await Should.ThrowAsync<ConflictException>(() => UpdateAsync(running, change))).Code.ShouldBe("experiment.frozen");
        }

        (await _given.Experiments.GetAsync(_given.Caller, running.Id, CancellationToken.None)).Revision.ShouldBe(running.Revision);
    }

    [Fact]
    public async Task UpdateAsync_OfARunningOnesPlan_IsADeviation()
    {
        var running = await _given.StartAsync();
        var changed = await UpdateAsync(running, new ExperimentDraft { Plan = running.Plan with { Alpha = 0.1 }, Coverage = 0.5, Reason = "Too slow." });

        changed.PlanHash.ShouldBe(running.PlanHash);
        var line = (await HistoryAsync(running))[0];
        (line.Action, line.IsDeviation, line.Reason).ShouldBe(("edited", true, "Too slow."));
        line.Effect!.ShouldContain("Nobody moves between variants");
        JsonElement.Parse(line.Details!).GetProperty("fields").EnumerateArray().Select(f => f.GetString()).ShouldBe(["coverage", "analysis"], ignoreOrder: true);
    }

    [Fact]
    public async Task UpdateAsync_OfADraft_IsNoDeviation()
    {
        var draft = await _given.AddAsync();
        await UpdateAsync(draft, new ExperimentDraft { Variants = [new(Version: 1), new(Version: 3)] });
        (await HistoryAsync(draft)).Select(h => (h.Action, h.IsDeviation)).ShouldBe([("edited", false), ("created", false)]);
    }

    [Fact]
    public async Task UpdateAsync_OfAnOlderReading_IsRefused()
    {
        var draft = await _given.AddAsync();
        await UpdateAsync(draft, new ExperimentDraft { Coverage = 0.5 });
        await Should.ThrowAsync<ChangedMeanwhileException>(() => UpdateAsync(draft, new ExperimentDraft { Coverage = 0.7 }));
    }

    [Fact]
    public async Task CloneAsync_OfARunningOne_IsADraftWithItsOwnSeed()
    {
        var running = await _given.StartAsync();
        var clone = await _given.Experiments.CloneAsync(_given.Caller, running.Id, null, CancellationToken.None);

        (clone.Status, clone.StartedAt, clone.PlanHash).ShouldBe((ExperimentStatus.Draft, null, null));
        clone.Seed.ShouldNotBe(running.Seed);
        clone.Variants.ShouldBe(running.Variants);
    }

    [Fact]
    public async Task GetAsync_OfAnotherEnvironmentOrTask_IsNotFound()
    {
        var made = await _given.AddAsync();
        var elsewhere = Caller.System(_given.Organization.Id, Guid.CreateVersion7());
        await Should.ThrowAsync<NotFoundException>(() => _given.Experiments.GetAsync(elsewhere, made.Id, CancellationToken.None));
        var ofAnotherTask = Caller.ForKey(Guid.NewGuid(), "k", _given.Organization.Id, _given.Organization.EnvironmentId, HeldPermissions.OnlyOn([Guid.NewGuid()], [Permissions.ExperimentsRead]), null);
        await Should.ThrowAsync<NotFoundException>(() => _given.Experiments.GetAsync(ofAnotherTask, made.Id, CancellationToken.None));
    }

    [Fact]
    public async Task ReviewAsync_AnotherRunsOnTheTask_WarnsUnlessApart()
    {
        var review = new ExperimentReview(fixture.Data, TimeProvider.System);
        await _given.StartAsync(_given.Draft() with { Namespace = new NamespaceShare("n", 0, 0.5) });
        var beside = await _given.AddAsync();
        var apart = await _given.AddAsync(_given.Draft() with { Namespace = new NamespaceShare("n", 0.5, 1) });

        (await review.ReviewAsync(_given.Caller, beside.Id, CancellationToken.None)).Select(w => w.Code).ShouldBe(["overlap", "no_traffic"]);
        (await review.ReviewAsync(_given.Caller, apart.Id, CancellationToken.None)).Select(w => w.Code).ShouldBe(["no_traffic"]);
    }

    private async Task<IReadOnlyDictionary<string, string[]>> FaultsAsync(ExperimentDraft draft) => (await Should.ThrowAsync<InvalidException>(() => _given.AddAsync(draft))).Errors;

    private Task<Experiment> UpdateAsync(Experiment read, ExperimentDraft draft) =>
        _given.Experiments.UpdateAsync(_given.Caller, read.Id, draft, read.Revision, CancellationToken.None);

    private async Task<IReadOnlyList<ExperimentChange>> HistoryAsync(Experiment experiment) =>
        (await _given.Experiments.HistoryAsync(_given.Caller, experiment.Id, new PageRequest(), CancellationToken.None)).Items;
}
