using System.Runtime.CompilerServices;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;

namespace Loopai.Portal.Demo;

/// <summary>
/// Makes a task of the demo, a verb a step. Each looks at what is there already and does the rest, so that it can be repeated after any interruption.
/// </summary>
internal sealed class DemoFiller(
    TaskService tasks, ExampleService examples, ProgramService programs, GenerationService generation, ExecutionQueries executions, QualityService quality)
{
    private const int ExampleChunk = 250;
    private const int CallChunk = 100;

    private static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(20);

    /// <summary>The task of this name; made where there is none.</summary>
    public async Task<TaskDefinition> EnsureTaskAsync(Caller system, TaskSpecification specification, CancellationToken ct)
    {
        var found = await tasks.ListAsync(system, new TaskFilter(specification.Name), new PageRequest(PageRequest.MaxLimit), ct);
        return found.Items.FirstOrDefault(t => t.Name == specification.Name) ?? (await tasks.CreateAsync(system, specification, ct)).Task;
    }

    public async Task EnsureExamplesAsync(Caller system, Guid taskId, IReadOnlyList<ExampleInput> rows, Report report, CancellationToken ct)
    {
        // One chunk is sent once more than needed: a label that a reviewer added must not stand for one that is missing.
        var there = (await examples.CountsAsync(system, taskId, ct)).Total;
        for (var at = there >= rows.Count ? rows.Count : Math.Max(0, there - ExampleChunk); at < rows.Count; at += ExampleChunk)
        {
            report(at, rows.Count);
            await examples.AddManyAsync(system, taskId, [.. rows.Skip(at).Take(ExampleChunk)], ct);
        }

        report(rows.Count, rows.Count);
    }

    /// <summary>Makes the version with this number, unless there is one, and lets it answer the task, unless a later one does.</summary>
    public async Task EnsureVersionAsync(Caller system, Guid taskId, int version, DemoVersion wanted, Report report, CancellationToken ct, bool activate = true)
    {
        var task = await tasks.GetAsync(system, taskId, ct);
        if (task.LastVersion < version)
        {
            var made = wanted.Code is { } code
                ? (await programs.CreateAsync(system, taskId, code with { Notes = wanted.Notes }, ct)).Version
                : await GenerateAsync(system, taskId, wanted.Strategy!, report, ct);
            if (wanted.Code is null)
            {
                await programs.UpdateNotesAsync(system, taskId, made, wanted.Notes, expectedTag: null, ct);
            }
        }

        if (activate && (task.ActiveVersion is null || task.ActiveVersion < version))
        {
            await programs.ActivateAsync(system, taskId, version, force: true, ct);
        }
    }

    /// <summary>Sends the calls that are not on record yet: those of the past by their time, those of today by their number.</summary>
    public async Task EnsureCallsAsync(Caller system, DemoApi api, TaskDefinition task, IReadOnlyList<DemoCall> calls, Report report, CancellationToken ct)
    {
        var import = calls.Where(c => c.At is not null).ToList();
        var today = calls.Where(c => c.At is null).ToList();
        HashSet<DateTimeOffset> known = import.Count == 0 ? [] : await RecordedAsync(system, new ExecutionFilter { TaskId = task.Id, To = task.CreatedAt }, ct).ToHashSetAsync(cancellationToken: ct);
        var missing = import.Where(c => !known.Contains(c.At!.Value)).ToList();
        var sent = import.Count - missing.Count;
        foreach (var chunk in missing.Chunk(CallChunk))
        {
            report(sent, calls.Count);
            foreach (var ofVersion in chunk.GroupBy(c => c.Version))
            {
                await api.ImportAsync(task.Id, ofVersion.Key, [.. ofVersion], ct);
            }

            sent += chunk.Length;
        }

        var done = today.Count == 0 ? 0 : await RecordedAsync(system, new ExecutionFilter { TaskId = task.Id, From = task.CreatedAt }, ct).CountAsync(ct);
        foreach (var call in today.Skip(done))
        {
            report(import.Count + done++, calls.Count);
            await api.ExecuteAsync(task.Id, call, ct);
        }

        report(calls.Count, calls.Count);
    }

    /// <summary>Waits until the sampled answers were judged, as far as no person is needed.</summary>
    public async Task WaitForVerdictsAsync(Caller system, IReadOnlyList<Guid> taskIds, Report report, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(LongestCheck);
        while (!patience.IsCancellationRequested)
        {
            long waiting = 0, judged = 0;
            foreach (var id in taskIds)
            {
                var versions = (await quality.GetAsync(system, id, new QualityWindow(null, null, null), ct)).Versions;
                waiting += versions.Sum(v => v.Pending);
                judged += versions.Sum(v => v.Validated + v.InReview + v.Undecidable);
            }

            report((int)judged, (int)(judged + waiting));
            if (waiting == 0)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), ct);
        }
    }

    private async Task<int> GenerateAsync(Caller system, Guid taskId, string strategy, Report report, CancellationToken ct)
    {
        // A job that an interrupted start left is carried on by the worker; a second one would be refused.
        var job = (await generation.ListAsync(system, taskId, new PageRequest(1), ct)).Items.FirstOrDefault(j => !j.IsFinished)
            ?? await generation.StartAsync(system, taskId, strategy, activate: false, ct);
        await foreach (var now in generation.WatchAsync(system, taskId, job.Id, ct))
        {
            report((int)(now.Progress * 100), 100, now.Stage);
            job = now;
        }

        return job.Version ?? throw new DemoException($"The synthesizer made no version: {job.Error}");
    }

    private async IAsyncEnumerable<DateTimeOffset> RecordedAsync(Caller system, ExecutionFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            var page = await executions.ListAsync(system, filter, new PageRequest(PageRequest.MaxLimit, cursor), ct);
            foreach (var execution in page.Items)
            {
                yield return execution.ExecutedAt;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }
}

/// <summary>Tells how far a step is.</summary>
internal delegate void Report(int done, int total, string? note = null);
