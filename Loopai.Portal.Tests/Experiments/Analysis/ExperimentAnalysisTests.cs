using Loopai.Core.Executions;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Decisions;
using Loopai.Core.Experiments.Metrics;
using Loopai.Core.Experiments.Statistics;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Experiments.Analysis;

public sealed class ExperimentAnalysisTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    [Fact]
    public async Task AnalyzeAsync_OfManyUnits_IsWhatAddingUpByHandGives()
    {
        var traffic = await GivenTraffic.Async(fixture.Database, d => d with
        {
            Metrics =
            [
                new ChosenMetric("accuracy", MetricRole.Goal), new ChosenMetric("success_rate", MetricRole.Guardrail), new ChosenMetric("latency", MetricRole.Secondary),
                new ChosenMetric("latency_p95", MetricRole.Secondary),
            ],
            Segments = ["country"],
        });
        var random = new Random(5);
        var (weights, right, latency, answered, executions, units) = (new double[2], new double[2], new double[2], new double[2], new double[2], new double[2]);
        for (var u = 0; u < 600; u++)
        {
            var variant = (short)(u % 2);
            var unit = u % 10 == 0 ? null : $"user-{u}";
            units[variant]++;
            for (var call = 0; call < (unit is null ? 1 : 1 + (u % 4)); call++)
            {
                var (us, works, correct, p) = (random.NextInt64(500, 3_000), random.Next(20) > 0, random.NextDouble() < (variant == 0 ? 0.6 : 0.9), call % 2 == 0 ? 0.5 : 0.2);
                var execution = traffic.Add(variant, unit, 1 + call, us, works ? ExecutionStatus.Success : ExecutionStatus.Error, u % 3 == 0 ? """{"country":"DE"}""" : """{"country":"FR"}""");
                (executions[variant], latency[variant], answered[variant]) = (executions[variant] + 1, latency[variant] + (us / 1000.0), answered[variant] + (works ? 1 : 0));
                if (call < 2)
                {
                    traffic.Check(execution, correct, p);
                    (weights[variant], right[variant]) = (weights[variant] + (1 / p), right[variant] + (correct ? 1 / p : 0));
                }
                else if (call == 2)
                {
                    // Asked for, and so no sample of anything.
                    traffic.Check(execution, false, null);
                }
            }
        }

        var snapshot = await traffic.AnalyzeAsync();

        snapshot.Variants.Select(v => (double)v.Units).ShouldBe(units);
        snapshot.Variants.Select(v => (double)v.Executions).ShouldBe(executions);
        snapshot.Quality.ShouldBe(new DataQuality(SampleRatio.Test(units, [0.5, 0.5]), 0, 0));
        for (var v = 0; v < 2; v++)
        {
            Value(snapshot, "accuracy", v).ShouldBe(right[v] / weights[v], 1e-9);
            Value(snapshot, "success_rate", v).ShouldBe(answered[v] / executions[v], 1e-9);
            Value(snapshot, "latency", v).ShouldBe(latency[v] / executions[v], 1e-9);
            Value(snapshot, "latency_p95", v).ShouldBeInRange(2.8, 3.0);
        }

        var accuracy = snapshot.Metrics[0].Variants[1].Against!;
        accuracy.Finding.ShouldBe(Finding.Better);
        accuracy.Relative.Uplift!.Value.ShouldBe((right[1] / weights[1] / (right[0] / weights[0])) - 1, 1e-9);
        (snapshot.Decision.State, snapshot.Decision.Variant).ShouldBe((DecisionState.Ship, traffic.Experiment.Variants[1].Key));
        snapshot.Metrics[1].Variants[1].Against!.Guardrail!.State.ShouldBeOneOf(GuardrailState.Watching, GuardrailState.Safe);
        snapshot.Metrics[0].Segments.Select(s => (s.Segment, s.Value, Units: s.Variants.Sum(v => v.Units))).ShouldBe([("country", "FR", 360.0), ("country", "DE", 180.0), ("country", null, 60.0)]);
        snapshot.Series.ShouldHaveSingleItem().Uplift.ShouldBe(accuracy.Relative.Uplift);
    }

    [Theory]
    [InlineData(false, Finding.Better, GuardrailState.Safe)]
    [InlineData(true, Finding.Worse, GuardrailState.Hurt)]
    public async Task AnalyzeAsync_ArmWithoutAnyFailure_IsSoftenedAndFoundOut(bool controlIsPerfect, Finding finding, GuardrailState guardrail)
    {
        var traffic = await GivenTraffic.Async(fixture.Database);
        for (var u = 0; u < 1_000; u++)
        {
            var (variant, fails) = ((short)(u % 2), u % 14 < 2 && (u % 2 == 1) == controlIsPerfect);
            traffic.Check(traffic.Add(variant, $"user-{u}", status: fails ? ExecutionStatus.Error : ExecutionStatus.Success), !fails, 1);
        }

        var snapshot = await traffic.AnalyzeAsync();

        var (accuracy, answered) = (snapshot.Metrics[0].Variants[1].Against!, snapshot.Metrics[1].Variants[1].Against!);
        (accuracy.Finding, accuracy.Softened, accuracy.Relative.State).ShouldBe((finding, true, EffectState.Estimated));
        answered.Guardrail!.State.ShouldBe(guardrail);

        // 500 of 500 against 428 of 500, with one of each more: 501/502 − 429/502.
        Math.Abs(accuracy.Absolute.Uplift!.Value).ShouldBe(72 / 502.0, 1e-9);
        accuracy.Absolute.Interval!.Value.Holds(0).ShouldBeFalse();
    }

    [Fact]
    public async Task RecountAsync_OfAnImportedPast_ShowsItsCourse()
    {
        var traffic = await GivenTraffic.Async(fixture.Database);
        for (var u = 0; u < 400; u++)
        {
            traffic.Check(traffic.Add((short)(u % 2), $"user-{u}", hours: u / 2.0), u % 2 == 1 || u % 5 > 0, 1);
        }

        await traffic.StoreAsync();
        var snapshots = new SnapshotService(fixture.Data, GivenTraffic.Analysis, TimeProvider.System);
        await snapshots.TakeAsync(traffic.Caller, traffic.Experiment.Id, default);
        var recounted = await snapshots.RecountAsync(traffic.Caller, traffic.Experiment.Id, default);

        var course = recounted.Series.Select(p => (p.At, p.Units)).ToList();
        course.Count.ShouldBeInRange(10, 12);
        course.Select(p => p.Units).ShouldBeInOrder();
        (course[0].At < traffic.Start.AddDays(2)).ShouldBeTrue();
        (await snapshots.LatestAsync(traffic.Caller, traffic.Experiment.Id, default))!.Series.Count.ShouldBe(recounted.Series.Count);
    }

    [Fact]
    public async Task AnalyzeAsync_UnitsInSeveralVariants_CountForTheFirst()
    {
        var traffic = await GivenTraffic.Async(fixture.Database);
        for (var u = 0; u < 100; u++)
        {
            traffic.Add((short)(u % 2), $"user-{u}", hours: 5);
        }

        traffic.Add(1, "user-0", hours: 1);
        traffic.Add(1, "user-2", hours: 9);
        var snapshot = await traffic.AnalyzeAsync();
        snapshot.Variants.Select(v => v.Units).ShouldBe([49, 51]);
        (snapshot.Quality.UnitsInSeveral, snapshot.Quality.ShareInSeveral, snapshot.Quality.IsSound).ShouldBe((2, 0.02, false));
        snapshot.Decision.Reasons.ShouldContain(r => r.Text.StartsWith("2 % of the units met several variants", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnalyzeAsync_OfEvents_CountsFromExposureWithinTheWindowAndUpToTheCap()
    {
        var traffic = await GivenTraffic.Async(
            fixture.Database,
            d => d with
            {
                Metrics = [new ChosenMetric("bought", MetricRole.Goal), new ChosenMetric("revenue", MetricRole.Secondary), new ChosenMetric("orders_value", MetricRole.Secondary)],
            },
            async given =>
            {
                var metrics = new MetricService(given.Database.Data, TimeProvider.System);
                await metrics.CreateAsync(given.Caller, new MetricDraft { Key = "bought", Name = "Bought", Source = MetricSource.Event, Type = MetricType.Proportion, Direction = MetricDirection.Up, Event = "order", WindowHours = 24 }, default);
                await metrics.CreateAsync(given.Caller, new MetricDraft { Key = "revenue", Name = "Revenue", Source = MetricSource.Event, Type = MetricType.Mean, Direction = MetricDirection.Up, Event = "order", Cap = 100 }, default);
                await metrics.CreateAsync(given.Caller, new MetricDraft { Key = "orders_value", Name = "Value of an order", Source = MetricSource.Event, Type = MetricType.Ratio, Direction = MetricDirection.Up, Event = "order", Per = "visit" }, default);
            });
        for (var u = 0; u < 40; u++)
        {
            traffic.Add((short)(u % 2), $"user-{u}", hours: 10);
            traffic.Happen($"user-{u}", "visit", 2, 11);
        }

        traffic.Happen("user-0", "order", 30, 9);
        traffic.Happen("user-0", "order", 40, 12);
        traffic.Happen("user-2", "order", 500, 33);
        traffic.Happen("user-4", "order", 7, 35);
        traffic.Happen("user-1", "order", 60, 10);
        traffic.Happen("user-1", "order", 60, 11);
        traffic.Happen("stranger", "order", 60, 11);
        var snapshot = await traffic.AnalyzeAsync();

        // user-0 and user-2 bought within a day of their exposure, of 20; user-4 an hour too late; of the treatment user-1 alone.
        Value(snapshot, "bought", 0).ShouldBe(0.1, 1e-12);
        Value(snapshot, "bought", 1).ShouldBe(0.05, 1e-12);
        Value(snapshot, "revenue", 0).ShouldBe((40 + 100 + 7) / 20.0, 1e-12);
        Value(snapshot, "revenue", 1).ShouldBe(100 / 20.0, 1e-12);
        Value(snapshot, "orders_value", 0).ShouldBe(547 / 40.0, 1e-12);
    }

    [Fact]
    public async Task AnalyzeAsync_MetricChangedAfterTheStart_MeasuresWhatWasFrozen()
    {
        Metric metric = null!;
        GivenExperiment given = null!;
        var traffic = await GivenTraffic.Async(fixture.Database, d => d with { Metrics = [new ChosenMetric("refunds", MetricRole.Goal)] }, async g =>
        {
            given = g;
            metric = await new MetricService(g.Database.Data, TimeProvider.System).CreateAsync(
                g.Caller, new MetricDraft { Key = "refunds", Name = "Refunds", Source = MetricSource.Event, Type = MetricType.Proportion, Direction = MetricDirection.Down, Event = "refund" }, default);
        });
        for (var u = 0; u < 1000; u++)
        {
            traffic.Add((short)(u % 2), $"user-{u}");
            if (u % 20 == 0 || u % 4 == 1)
            {
                traffic.Happen($"user-{u}", "refund", 1, 2);
            }
        }

        var before = (await traffic.AnalyzeAsync()).Metrics[0].Variants[1].Against!;
        before.Finding.ShouldBe(Finding.Worse);
        await new MetricService(fixture.Data, TimeProvider.System).UpdateAsync(
            traffic.Caller, metric.Id, new MetricDraft { Direction = MetricDirection.Up, Event = "something else", MinimumEffect = 5 }, null, default);
        (await given.Experiments.UpdateAsync(given.Caller, traffic.Experiment.Id, new() { Name = "Renamed" }, null, default)).Name.ShouldBe("Renamed");
        (await given.Experiments.HistoryAsync(given.Caller, traffic.Experiment.Id, new(), default)).Items[0].IsDeviation.ShouldBeFalse();

        (await traffic.AnalyzeAsync()).Metrics[0].Variants[1].Against!.ShouldBe(before);

        // Alpha is a deviation, and may not move what the test is tuned to.
        await given.Experiments.UpdateAsync(given.Caller, traffic.Experiment.Id, new() { Plan = new AnalysisPlan { Alpha = 0.2 } }, null, default);
        var looser = await GivenTraffic.AnalyzeAsync(given, await given.Experiments.GetAsync(given.Caller, traffic.Experiment.Id, default));
        looser.Metrics[0].Variants[1].Against!.AdjustedPValue!.Value.ShouldBe(before.AdjustedPValue!.Value, 1e-9);
    }

    [Fact]
    public async Task AnalyzeAsync_WithThePastAndStrata_IsSurerOfTheSameEffect()
    {
        var plain = await StratifiedAsync(new AnalysisPlan());
        var adjusted = await StratifiedAsync(new AnalysisPlan { Cuped = true });
        var stratified = await StratifiedAsync(new AnalysisPlan { PostStratify = true });
        adjusted.StandardError!.Value.ShouldBeLessThan(0.5 * plain.StandardError!.Value);
        stratified.StandardError!.Value.ShouldBeLessThan(0.9 * plain.StandardError.Value);
        new[] { plain, adjusted, stratified }.ShouldAllBe(e => Math.Abs(e.Uplift!.Value - 0.1) < 4 * e.StandardError!.Value);

        async Task<Effect> StratifiedAsync(AnalysisPlan plan)
        {
            var traffic = await GivenTraffic.Async(fixture.Database, d => d with { Metrics = [new ChosenMetric("latency", MetricRole.Goal)], Segments = ["size"], Plan = plan });
            var random = new Random(3);
            for (var u = 0; u < 400; u++)
            {
                var (size, variant) = (random.Next(2), (short)(u % 2));
                var habit = 1_000 + (1_000 * size) + random.NextInt64(600);
                traffic.Add(0, $"user-{u}", -20, habit + random.NextInt64(60), counts: false);
                traffic.Add(variant, $"user-{u}", 5, (long)((habit + random.NextInt64(60)) * (variant == 1 ? 1.1 : 1)), input: $$"""{"size":{{size}}}""");
            }

            return (await traffic.AnalyzeAsync()).Metrics[0].Variants[1].Against!.Relative;
        }
    }

    [Fact]
    public async Task AnalyzeAsync_OfAShadow_ComparesInputByInput()
    {
        var traffic = await GivenTraffic.Async(fixture.Database, d => d with { Variants = [new VariantDraft(Version: 1), new VariantDraft(Version: 2, Shadow: true)] });
        for (var i = 0; i < 100; i++)
        {
            // Of 100 inputs the control is right on 60, the shadow on those and on 20 more, and on none that the control alone got right.
            var control = traffic.Add(0, $"user-{i}", 1 + (i * 0.01), 1_000 + i, output: i < 60 ? "{\"score\":1}" : "{\"score\":2}");

            // The shadow's language writes the same numbers otherwise.
            traffic.Add(1, $"user-{i}", latencyUs: 1_500 + i + (i % 3), output: i < 80 ? "{\"score\":1.0}" : "{\"score\":2.0}", shadowOf: control);
            traffic.Check(control, i < 60, 0.5, "{\"score\":1}");
        }

        var snapshot = await traffic.AnalyzeAsync();
        snapshot.Decision.Sentence.ShouldStartWith("Only shadows run beside the control");
        var shadow = snapshot.Shadows.ShouldHaveSingleItem();
        (shadow.Inputs, shadow.Agreeing, shadow.Checked, shadow.OnlyControlRight, shadow.OnlyShadowRight).ShouldBe((100, 80, 100, 0, 20));
        shadow.Correct.Uplift!.Value.ShouldBe(0.2, 1e-12);
        var (n, z) = (100, 0.2 / Math.Sqrt(((20 - (20.0 * 20 / 100)) / 99) / 100));
        shadow.Correct.PValue!.Value.ShouldBe(Sequential.PValue(z, n, 0.05), 1e-9);
        shadow.Latency.Uplift!.Value.ShouldBe(0.501, 0.0011);
    }

    [Fact]
    public async Task AnalyzeAsync_WithoutTraffic_Collects()
    {
        var snapshot = await (await GivenTraffic.Async(fixture.Database)).AnalyzeAsync();
        snapshot.Decision.State.ShouldBe(DecisionState.Collecting);
        snapshot.Metrics.ShouldAllBe(m => m.Variants.All(v => v.Value == null && (v.Against == null || v.Against.Relative.State == EffectState.TooFewUnits)));
        snapshot.UnitsToGo.ShouldBeNull();
    }

    private static double Value(ExperimentSnapshot snapshot, string metric, int variant) => snapshot.Metrics.Single(m => m.Key == metric).Variants[variant].Value!.Value;
}
