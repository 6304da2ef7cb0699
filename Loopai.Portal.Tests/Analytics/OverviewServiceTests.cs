using Loopai.Core.Analytics;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Executions;
using Loopai.Core.Tasks;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Analytics;

public sealed class OverviewServiceTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private static readonly DateTimeOffset Now = new(2026, 3, 20, 15, 20, 0, TimeSpan.Zero);

    private readonly FixedClock _clock = new(Now);
    private readonly PostgresExecutionStore _store = new(fixture.System);

    [Theory]
    [InlineData("24h")]
    [InlineData("7d")]
    [InlineData("14d")]
    [InlineData("30d")]
    public async Task GetAsync_EveryRange_EqualsCountingTheExecutions(string name)
    {
        var organization = await fixture.Database.AddOrganizationAsync();
        var tasks = new[] { await TaskAsync(organization, "Spam"), await TaskAsync(organization, "Triage") };
        var executions = await ExecutionsAsync(organization, tasks);
        var range = OverviewRange.Parse(name);
        var from = range.StartsAt(Now);

        var overview = await new OverviewService(fixture.Data, _clock).GetAsync(organization.Caller, range, CancellationToken.None);

        var own = executions.Where(e => e.ExecutedAt >= from && e.ExecutedAt < Now && e.EnvironmentId == organization.EnvironmentId).ToList();
        var (fromBefore, toBefore) = range.Before(Now);
        var before = executions
            .Where(e => e.ExecutedAt >= fromBefore && e.ExecutedAt < toBefore && e.EnvironmentId == organization.EnvironmentId).ToList();
        own.Count.ShouldBeGreaterThan(20);
        (overview.Now.Executions, overview.Now.Failed).ShouldBe((own.Count, own.Count(e => e.Status != ExecutionStatus.Success)));
        (overview.Before.Executions, overview.Before.Failed).ShouldBe((before.Count, before.Count(e => e.Status != ExecutionStatus.Success)));
        foreach (var (share, ms) in new[] { (0.5, overview.Now.P50Ms), (0.95, overview.Now.P95Ms), (0.99, overview.Now.P99Ms) })
        {
            var exact = own.Select(e => e.LatencyUs).Order().ElementAt((int)(share * (own.Count - 1))) / 1000.0;
            ms!.Value.ShouldBe(exact, exact * 0.01);
        }

        overview.Series.Sum(p => p.Ok + p.Failed).ShouldBe(own.Count);
        overview.Series.ShouldAllBe(p => p.Ok + p.Failed == own.Count(e => e.ExecutedAt >= p.At && e.ExecutedAt < p.At + range.Bucket));
        overview.Tasks.Select(t => t.Name).ShouldBe(tasks.OrderByDescending(t => own.Count(e => e.TaskId == t.Id)).Select(t => t.Name));
        overview.Tasks.ShouldAllBe(t => t.Executions == own.Count(e => e.TaskId == t.TaskId) && t.Trend.Sum() == t.Executions);
    }

    [Fact]
    public async Task GetAsync_NothingThere_IsEmptyAndWhole()
    {
        var organization = await fixture.Database.AddOrganizationAsync();

        var overview = await new OverviewService(fixture.Data, _clock).GetAsync(organization.Caller, OverviewRange.Default, CancellationToken.None);

        overview.Now.ShouldBe(new Headline(0, 0, null, null, null, 0, null));
        overview.Now.ErrorRate.ShouldBeNull();
        overview.Tasks.ShouldBeEmpty();
        overview.Series.Count.ShouldBe(14 * 8);
    }

    [Fact]
    public void Parse_UnknownRange_NamesThoseThereAre() =>
        Should.Throw<InvalidException>(() => OverviewRange.Parse("2d")).Errors["range"].Single().ShouldContain("24h, 7d, 14d, 30d");

    private async Task<TaskDefinition> TaskAsync(TestOrganization organization, string name)
    {
        var task = new TaskDefinition
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, Name = name, InputSchema = "{}", OutputSchema = "{}", SpecificationHash = "",
            CreatedBy = "test", CreatedAt = Now, UpdatedAt = Now,
        };
        await using var db = await fixture.Data.OpenAsync(organization.Caller, CancellationToken.None);
        db.Tasks.Add(task);
        await db.SaveChangesAsync();
        return task;
    }

    /// <summary>Executions over two months in two environments, rolled up by two writers.</summary>
    private async Task<List<Execution>> ExecutionsAsync(TestOrganization organization, TaskDefinition[] tasks)
    {
        var random = new Random(7);
        var other = (await EnvironmentsAsync(organization)).First(id => id != organization.EnvironmentId);
        var all = Enumerable.Range(0, 900).Select(i =>
        {
            // Half of them crowd around the edges, where a mistake by one would show.
            var age = i % 2 == 0 ? TimeSpan.FromMinutes(random.Next(0, 62 * 24 * 60)) : TimeSpan.FromMinutes(random.Next(0, 3 * 24 * 60));
            var at = Now - age - TimeSpan.FromSeconds(random.Next(1, 59));
            return new Execution
            {
                Id = Guid.CreateVersion7(at), OrganizationId = organization.Id, EnvironmentId = i % 7 == 0 ? other : organization.EnvironmentId,
                TaskId = tasks[i % 3 == 0 ? 0 : 1].Id, Version = 1 + (i % 2), Status = (ExecutionStatus)(random.Next(10) < 8 ? 0 : random.Next(1, 4)),
                Input = "{}", LatencyUs = (long)Math.Exp(random.NextDouble() * 12), Source = ExecutionSource.Import, ExecutedAt = at,
            };
        }).ToList();
        foreach (var half in all.Chunk(450))
        {
            var book = new RollupBook();
            foreach (var execution in half)
            {
                book.Add(execution);
            }

            await _store.CommitAsync(new ExecutionBatch(half, book.TakeTouched(), [], []), CancellationToken.None);
        }

        return all;
    }

    private async Task<List<Guid>> EnvironmentsAsync(TestOrganization organization)
    {
        await using var db = await fixture.Data.OpenAsync(organization.Caller, CancellationToken.None);
        return [.. db.Environments.Select(e => e.Id)];
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
