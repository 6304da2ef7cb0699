using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Costs.Recommendations;
using Loopai.Core.Executions;
using Loopai.Core.Programs;
using Loopai.Core.Validation;
using Loopai.Portal.Tests.Data;
using Loopai.Portal.Tests.Tasks;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Portal.Tests.Costs;

/// <summary>What recommendations rest on, read from a real database: of the last thirty days, of this organization, by version.</summary>
public sealed class RecommendationQueriesTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private static readonly DateTimeOffset Now = RollupLevel.Day.StartOf(DateTimeOffset.UtcNow).AddHours(12);

    [Fact]
    public async Task TaskFacts_OfThirtyDays_AddUpByVersion()
    {
        var (mine, other) = (await fixture.Database.AddOrganizationAsync(), await fixture.Database.AddOrganizationAsync());
        var task = await fixture.Database.AddTaskAsync(mine);
        await using (var db = await fixture.Data.OpenAsync(mine.Caller, default))
        {
            db.Programs.AddRange(Program(1), Program(2));
            db.ExecutionRollups.AddRange(Row(1, 5, 300, errors: 3, cost: 6m), Row(1, 29, 100, errors: 1, cost: 2m), Row(2, 1, 50, errors: 0, cost: 0.5m), Row(1, 40, 9_999, errors: 0, cost: 99m));
            db.VerdictRollups.Add(new VerdictRollup
            {
                OrganizationId = mine.Id, EnvironmentId = mine.EnvironmentId, TaskId = task.Id, Version = 1, Level = RollupLevel.Day, StartsAt = Day(5), Validated = 20, Matched = 18,
                Weights = 200, MatchedWeights = 180, SquaredWeights = 2000,
            });
            foreach (var (i, by) in new[] { SampledBy.Random, SampledBy.Random, SampledBy.Forced }.Index())
            {
                var check = Check(by, i == 0 ? ValidationStatus.Mismatched : ValidationStatus.Matched);
                db.Validations.Add(check);
                db.CostEntries.Add(new CostEntry
                {
                    Id = Guid.CreateVersion7(), OrganizationId = mine.Id, Kind = CostKind.Validation, SubjectId = check.Id, At = Now, Meter = "check:person", Quantity = 1, Amount = i == 1 ? null : 0.05m,
                    Currency = "USD", TaskId = task.Id, Version = 1, CreatedAt = Now,
                });
            }

            await db.SaveChangesAsync();
            await db.Tasks.Where(t => t.Id == task.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.ActiveVersion, 1));
        }

        await using (var theirs = await fixture.Data.OpenAsync(other.Caller, default))
        {
            (await theirs.TaskFactsAsync(other.Id, new PriceBook("USD", [], []), Now, default)).ShouldBeEmpty();
        }

        await using var read = await fixture.Data.OpenAsync(mine.Caller, default);
        var facts = (await read.TaskFactsAsync(mine.Id, new PriceBook("USD", [], []), Now, default)).Single();
        var (first, second) = (facts.Versions.Single(v => v.Version == 1), facts.Versions.Single(v => v.Version == 2));
        (first.Executions, first.Failures, first.Cost, first.Verdicts.Weights).ShouldBe((400, 4, 8m, 200));
        (second.Executions, second.Cost).ShouldBe((50, 0.5m));
        (facts.Checks.Count, facts.Checks.Cost, facts.Checks.Unpriced, facts.Checks.Verdicts.MatchedWeights).ShouldBe((2, 0.05m, 1, 10), "one that somebody asked for stands for no others");
        Math.Round(facts.Days, 1).ShouldBe(29.5, "since the first of its days");

        ProgramVersion Program(int version) => new()
        {
            Id = Guid.CreateVersion7(), OrganizationId = mine.Id, TaskId = task.Id, Version = version, Language = ProgramLanguage.Model, Strategy = "rule", Artifact = [1],
            Status = ProgramStatus.Validated, CreatedBy = "test", CreatedAt = Now,
        };

        ExecutionRollup Row(int version, int daysAgo, long executions, long errors, decimal cost) => new()
        {
            OrganizationId = mine.Id, EnvironmentId = mine.EnvironmentId, TaskId = task.Id, Version = version, Level = RollupLevel.Day, StartsAt = Day(daysAgo), WriterId = Guid.CreateVersion7(),
            Executions = executions, Errors = errors, Cost = cost, Latencies = [],
        };

        ValidationRecord Check(string by, ValidationStatus status) => new()
        {
            Id = Guid.CreateVersion7(), OrganizationId = mine.Id, EnvironmentId = mine.EnvironmentId, TaskId = task.Id, ExecutionId = Guid.CreateVersion7(), Version = 1, SampledBy = by,
            Probability = by == SampledBy.Forced ? null : 0.1, Status = status, ExecutedAt = Now, CreatedAt = Now,
        };
    }

    private static DateTimeOffset Day(int ago) => RollupLevel.Day.StartOf(Now.AddDays(-ago));
}
