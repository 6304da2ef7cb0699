using System.Diagnostics;
using System.Globalization;
using Loopai.Core.Executions;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Data;
using Npgsql;

// What roll-ups add to a commit of executions: the same commits with them and without, in turn, on a database of their own.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Rounds = 9;
const int Commits = 200;
await using var database = await LoopaiDatabase.CreateAsync();

// Prepared after the second time, as the portal's own connections do it.
await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Connections.System) { MaxAutoPrepare = 64, AutoPrepareMinUsages = 2 });
await using var store = new PostgresExecutionStore(new SystemDataSource(source));
var organization = await database.AddOrganizationAsync();
Console.WriteLine($"{"executions a commit",-22}{"without, ms",14}{"with, ms",14}{"ratio",8}{"an execution, µs",20}");
foreach (var size in new[] { 1, 15, 100 })
{
    List<double> without = [], with = [];
    for (var round = 0; round < Rounds; round++)
    {
        without.Add(await MeasureAsync(size, rolledUp: false));
        with.Add(await MeasureAsync(size, rolledUp: true));
    }

    var (floor, whole) = (Median(without), Median(with));
    Console.WriteLine($"{size,-22}{floor,14:0.00}{whole,14:0.00}{Ratio(without, with),8:0.00}{(whole - floor) * 1000 / size,20:0.0}");
}

// As one portal's writer does it for two tasks that are called: a minute, an hour and a day of each, with the histogram of what it has seen so far.
async Task<double> MeasureAsync(int size, bool rolledUp)
{
    var (tasks, writer, random) = (new[] { Guid.CreateVersion7(), Guid.CreateVersion7() }, Guid.CreateVersion7(), new Random(7));
    var seen = tasks.ToDictionary(t => t, _ => (Count: 0L, Latencies: new LatencyHistogram()));
    var started = Stopwatch.GetTimestamp();
    for (var commit = 0; commit < Commits; commit++)
    {
        var now = DateTimeOffset.UtcNow;
        var executions = Enumerable.Range(0, size).Select(i => new Execution
        {
            Id = Guid.CreateVersion7(), OrganizationId = organization.Id, EnvironmentId = organization.EnvironmentId, TaskId = tasks[i % tasks.Length], Version = 1, Status = ExecutionStatus.Success,
            Input = """{"subject":"Minutes of the meeting","from":"ada@acme.example","body":"please find the minutes of the meeting and the report on the project below"}""", Output = "\"ham\"",
            Confidence = 0.97, LatencyUs = random.Next(60, 4_000), Source = ExecutionSource.Api, ExecutedAt = now,
        }).ToList();
        List<ExecutionRollup> rollups = [];
        foreach (var each in rolledUp ? executions.GroupBy(e => e.TaskId) : [])
        {
            var (count, latencies) = seen[each.Key];
            foreach (var execution in each)
            {
                latencies.Add(execution.LatencyUs);
            }

            seen[each.Key] = (count + each.Count(), latencies);
            rollups.AddRange(RollupLevels.All.Select(level => new ExecutionRollup
            {
                OrganizationId = organization.Id, EnvironmentId = organization.EnvironmentId, TaskId = each.Key, Version = 1, Level = level, StartsAt = level.StartOf(now), WriterId = writer,
                Executions = seen[each.Key].Count, Latencies = latencies.Encode(),
            }));
        }

        await store.CommitAsync(new ExecutionBatch(executions, rollups, [], []), CancellationToken.None);
    }

    return Stopwatch.GetElapsedTime(started).TotalMilliseconds / Commits;
}

// The first round fills caches.
static double Median(List<double> times) => times.Skip(1).Order().ElementAt((times.Count - 1) / 2);

// Of each round's two, which ran one after the other: what else the machine does falls on both.
static double Ratio(List<double> without, List<double> with) => Median([.. without.Zip(with, (a, b) => b / a)]);
