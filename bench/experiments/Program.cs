using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Loopai.Bench.Experiments;
using Loopai.Core.Experiments;
using Loopai.Core.Experiments.Analysis;
using Loopai.Core.Experiments.Assignment;
using Loopai.Core.Experiments.Live;
using Loopai.Infrastructure.Postgres;
using Loopai.Portal.Tests.Data;

// What assignment adds to an execution, and what the analysis of a great experiment costs.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Assign();
AssignAmongMany();
await AnalyzeAsync();

static void Assign()
{
    using var attributes = JsonDocument.Parse("""{"country": "DE", "plan": "pro", "age": 41, "tags": ["a", "b"]}""");
    var condition = Condition.Parse("""{"country": {"$in": ["DE", "FR", "IT"]}, "age": {"$gte": 18}, "plan": {"$ne": "free"}}""", out _)!;
    var (ranges, exclusive) = (Bucketing.Ranges([0.25, 0.25, 0.5], 0.8), new NamespaceRange("checkout", 0, 0.9));
    var units = Enumerable.Range(0, 1_000).Select(_ => Guid.CreateVersion7().ToString()).ToArray();
    const int Times = 1_000_000;
    var sum = Run(Times / 10);
    var (bytes, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
    sum += Run(Times);
    var took = Stopwatch.GetElapsedTime(started);
    Console.WriteLine($"assignment (condition, namespace, hash, range)   {took.TotalNanoseconds / Times,10:0} ns   {(GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)Times,8:0.0} bytes   (checksum {sum})");

    int Run(int times)
    {
        var chosen = 0;
        for (var i = 0; i < times; i++)
        {
            var unit = units[i % units.Length];
            chosen += condition.Matches(attributes.RootElement) && exclusive.Holds(unit) ? Bucketing.Choose(Hashing.Bucket("experiment", unit), ranges) : 0;
        }

        return chosen;
    }
}

// What a running experiment of a task adds to each of its executions, and what five hundred do: on tasks of their own, and, worse than anybody would have it, all on one.
static void AssignAmongMany()
{
    const int Many = 500;
    const int Times = 200_000;
    var environment = Guid.CreateVersion7();
    var units = Enumerable.Range(0, 1_000).Select(_ => Guid.CreateVersion7().ToString()).ToArray();
    var one = TaskExperiments.Of([Live(0, 0, 1)]);
    var all = TaskExperiments.Of(Enumerable.Range(0, Many).Select(i => Live(i, (double)i / Many, (i + 1.0) / Many)));
    var byTask = Enumerable.Range(0, Many).ToDictionary(_ => Guid.CreateVersion7(), i => TaskExperiments.Of([Live(i, 0, 1)]));
    var tasks = byTask.Keys.ToArray();
    var alone = Measure(_ => one);
    Console.WriteLine($"one experiment on the task                       {alone,10:0} ns");
    Console.WriteLine($"{Many} experiments, each on a task of its own       {Measure(i => byTask[tasks[i % Many]]),10:0} ns");
    Console.WriteLine($"{Many} experiments on one task, in one namespace    {Measure(_ => all),10:0} ns");

    double Measure(Func<int, TaskExperiments> of)
    {
        Run(Times / 10);
        var started = Stopwatch.GetTimestamp();
        Run(Times);
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / Times;

        void Run(int times)
        {
            for (var i = 0; i < times; i++)
            {
                if (!of(i).Find(environment, DateTimeOffset.MaxValue, units[i % units.Length], isNamed: true, default).Counts)
                {
                    throw new InvalidOperationException("Somebody takes part in none.");
                }
            }
        }
    }

    LiveExperiment Live(int i, double from, double until) => LiveExperiment.Of(
        new Experiment
        {
            Id = Guid.CreateVersion7(), OrganizationId = Guid.Empty, EnvironmentId = environment, TaskId = Guid.Empty, Key = $"bench-{i}", Name = "Bench", Seed = $"bench-{i}",
            Status = ExperimentStatus.Running, Variants = [new Variant("control", "Control", 1, 0.5), new Variant("better", "Version 2", 2, 0.5)], StartedAt = DateTimeOffset.UnixEpoch,
            Namespace = new NamespaceShare("bench", from, until), CreatedBy = "bench", CreatedAt = DateTimeOffset.UnixEpoch,
        },
        null);
}

static async Task AnalyzeAsync()
{
    const int Rounds = 5;
    await using var database = await LoopaiDatabase.CreateAsync();
    var experiment = await Traffic.FillAsync(database, executions: 1_000_000, units: 100_000);
    var analysis = new ExperimentAnalysis(new PostgresAnalysisSql());
    var snapshots = new SnapshotService(database.Data, analysis, TimeProvider.System);
    var (floor, whole, read) = (new List<double>(), new List<double>(), new List<double>());
    ExperimentSnapshot? last = null;
    for (var round = 0; round <= Rounds; round++)
    {
        floor.Add(await TimeAsync(() => Traffic.FloorAsync(database, experiment)));
        whole.Add(await TimeAsync(async () =>
        {
            await using var db = await database.Data.OpenAsync(experiment.Caller, CancellationToken.None);
            last = await analysis.AnalyzeAsync(db, experiment.Row, DateTimeOffset.UtcNow, last, CancellationToken.None);
        }));
    }

    await snapshots.TakeAsync(experiment.Caller, experiment.Row.Id, CancellationToken.None);
    for (var round = 0; round < 20; round++)
    {
        read.Add(await TimeAsync(() => snapshots.LatestAsync(experiment.Caller, experiment.Row.Id, CancellationToken.None)));
    }

    Console.WriteLine($"1,000,000 executions of 100,000 units, {last!.Metrics.Count} metrics, {last.Variants.Sum(v => v.Checked):N0} verdicts");
    Console.WriteLine($"floor: the database adds them up by unit         {Median(floor),10:0} ms");
    Console.WriteLine($"analysis                                         {Median(whole),10:0} ms   {Median(whole) / Median(floor):0.00} of the floor");
    Console.WriteLine($"the last snapshot, read for a page               {Median(read),10:0.0} ms   {last.ToJson().Length:N0} characters");
    Console.WriteLine($"decision: {last.Decision.Sentence}");
}

static async Task<double> TimeAsync(Func<Task> work)
{
    var started = Stopwatch.GetTimestamp();
    await work();
    return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
}

// The first round fills caches.
static double Median(List<double> times) => times.Skip(1).Order().ElementAt((times.Count - 1) / 2);
