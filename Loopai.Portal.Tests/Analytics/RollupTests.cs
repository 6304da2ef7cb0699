using Loopai.Core.Analytics;
using Loopai.Core.Executions;
using Loopai.Core.Validation;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Analytics;

/// <summary>Every roll-up of every level against counting by hand.</summary>
public sealed class RollupTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    [Fact]
    public async Task RollUps_RandomExecutionsAndChangingVerdicts_EqualCounting()
    {
        var given = await GivenFigures.Async(fixture.Database);
        await given.RunAsync(2000, TimeSpan.FromDays(4));
        await given.JudgeAsync();
        await given.RunAsync(300, TimeSpan.FromDays(9));
        await given.JudgeAsync();

        await ShouldBeRightAsync(given);

        // Lost, doubled and made up; a rebuild finds all of it, and nothing the second time.
        await using (var db = await fixture.Data.OpenAsync(given.Caller, default))
        {
            var writer = await db.ExecutionRollups.Select(r => r.WriterId).FirstAsync();
            await db.ExecutionRollups.Where(r => r.WriterId == writer && r.Level != RollupLevel.Day).ExecuteDeleteAsync();
            await db.ExecutionRollups.Where(r => r.Level == RollupLevel.Day && r.Variant == 1).ExecuteUpdateAsync(set => set.SetProperty(r => r.Executions, r => r.Executions + 7).SetProperty(r => r.Cost, r => r.Cost * 2));
            await db.VerdictRollups.Where(r => r.Version == 1).ExecuteDeleteAsync();
        }

        var days = (From: DateOnly.FromDateTime(GivenFigures.Now.AddDays(-9).UtcDateTime), To: DateOnly.FromDateTime(GivenFigures.Now.UtcDateTime));
        (await given.Rebuild.RunAsync(given.Caller, days.From, days.To, default)).Corrected.ShouldBeGreaterThan(100);
        await given.RunAsync(100, TimeSpan.FromDays(1));
        (await given.Rebuild.RunAsync(given.Caller, days.From, days.To, default)).Corrected.ShouldBe(0);
        await ShouldBeRightAsync(given, GivenFigures.Now.AddHours(-46));
    }

    private async Task ShouldBeRightAsync(GivenFigures given, DateTimeOffset? minutesFrom = null)
    {
        await using var db = await fixture.Data.OpenAsync(given.Caller, default);
        var rollups = (await db.ExecutionRollups.AsNoTracking().ToListAsync()).ToLookup(r => (r.Level, At(r.StartsAt), Key(r)));
        var verdictRollups = (await db.VerdictRollups.AsNoTracking().ToListAsync()).ToLookup(r => (r.Level, At(r.StartsAt), Key(r)));
        var verdicts = await given.VerdictsAsync();
        foreach (var level in RollupLevels.All)
        {
            var since = level == RollupLevel.Minute ? minutesFrom ?? DateTimeOffset.MinValue : DateTimeOffset.MinValue;
            foreach (var ran in given.Executions.Where(e => e.ExecutedAt >= since).GroupBy(e => (level, At(level.StartOf(e.ExecutedAt)), Key(e))))
            {
                var rows = rollups[ran.Key].ToList();
                rows.Sum(r => r.Executions).ShouldBe(ran.Count());
                rows.Sum(r => r.Errors).ShouldBe(ran.Count(e => e.Status == ExecutionStatus.Error));
                rows.Sum(r => r.Timeouts).ShouldBe(ran.Count(e => e.Status == ExecutionStatus.Timeout));
                rows.Sum(r => r.InvalidOutputs).ShouldBe(ran.Count(e => e.Status == ExecutionStatus.InvalidOutput));
                rows.Sum(r => r.Sampled).ShouldBe(ran.Count(e => e.SampledBy is not null));
                rows.Sum(r => r.LatencySumUs).ShouldBe(ran.Sum(e => e.LatencyUs));
                rows.Sum(r => r.Cost).ShouldBe(ran.Sum(e => e.Cost ?? 0));
                rows.Sum(r => r.Unpriced).ShouldBe(ran.Count(e => e.Cost is null));
                Merged(rows).ShouldBe(Counted(ran));
            }

            rollups.Where(g => g.Key.Level == level && g.Key.Item2 >= since.UtcTicks).Sum(g => g.Sum(r => r.Executions)).ShouldBe(
                given.Executions.Where(e => e.ExecutedAt >= since).GroupBy(e => level.StartOf(e.ExecutedAt)).Where(g => g.Key >= since).Sum(g => g.Count()));
            foreach (var judged in verdicts.Where(v => v.ExecutedAt >= since).GroupBy(v => (level, At(level.StartOf(v.ExecutedAt)), Key(v))))
            {
                var rows = verdictRollups[judged.Key].ToList();
                rows.Sum(r => r.Validated).ShouldBe(judged.Count());
                rows.Sum(r => r.Matched).ShouldBe(judged.Count(v => v.Status == ValidationStatus.Matched));
                ((double)rows.Sum(r => r.Weights)).ShouldBe(judged.Sum(v => 1 / v.Probability!.Value), 1e-6);
                ((double)rows.Sum(r => r.MatchedWeights)).ShouldBe(judged.Where(v => v.Status == ValidationStatus.Matched).Sum(v => 1 / v.Probability!.Value), 1e-6);
                ((double)rows.Sum(r => r.SquaredWeights)).ShouldBe(judged.Sum(v => 1 / (v.Probability!.Value * v.Probability.Value)), 1e-5);
            }

            if (minutesFrom is null)
            {
                verdictRollups.Where(g => g.Key.Level == level).Sum(g => g.Sum(r => r.Validated)).ShouldBe(verdicts.Count);
            }
        }
    }

    private static long At(DateTimeOffset at) => at.UtcTicks;

    private static string Key(IRollup r) => $"{r.EnvironmentId} {r.TaskId} {r.Version} {r.KeyId} {r.TeamId} {r.ExperimentId} {r.Variant}";

    [Fact]
    public void AddEncoded_ManyJoined_IsTheirSum()
    {
        int[][] latencies = [[1, 50, 50, 900_000], [], [0, 51, 1_000_000_000], [7]];
        var histograms = latencies.Select(each =>
        {
            var histogram = new LatencyHistogram();
            each.ToList().ForEach(us => histogram.Add(us));
            return histogram;
        }).ToList();
        var (joined, sum) = (new LatencyHistogram(), new LatencyHistogram());
        histograms.ForEach(sum.Add);
        joined.AddEncoded([.. histograms.SelectMany((h, i) => i == 0 ? h.Encode() : [.. LatencyHistogram.Separator.ToArray(), .. h.Encode()])]);
        joined.Count.ShouldBe(8);
        joined.Encode().ShouldBe(sum.Encode());
    }

    private static string Key(Execution e) => Key(e.EnvironmentId, e.TaskId, e.Version, e.ApiKeyId, e.TeamId, e.ExperimentId, e.Variant);

    private static string Key(ValidationRecord v) => Key(v.EnvironmentId, v.TaskId, v.Version, v.ApiKeyId, v.TeamId, v.ExperimentId, v.Variant);

    private static string Key(Guid environment, Guid task, int version, Guid? key, Guid? team, Guid? experiment, short? variant) =>
        $"{environment} {task} {version} {key ?? Guid.Empty} {team ?? Guid.Empty} {experiment ?? Guid.Empty} {variant ?? -1}";

    private static byte[] Merged(IEnumerable<ExecutionRollup> rows)
    {
        var histogram = new LatencyHistogram();
        foreach (var row in rows)
        {
            histogram.AddEncoded(row.Latencies);
        }

        return histogram.Encode();
    }

    private static byte[] Counted(IEnumerable<Execution> executions)
    {
        var histogram = new LatencyHistogram();
        foreach (var execution in executions)
        {
            histogram.Add(execution.LatencyUs);
        }

        return histogram.Encode();
    }
}
