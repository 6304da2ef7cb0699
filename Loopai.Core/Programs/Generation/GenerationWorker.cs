using System.Diagnostics;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Loopai.Core.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Programs.Generation;

/// <summary>Makes versions, one at a time in each portal, on a thread that leaves the processor to executions when they want it.</summary>
public sealed class GenerationWorker(LoopaiData data, GenerationSignals signals, TimeProvider time, ILogger<GenerationWorker> log) : LateWorker
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>How long a cancelled job may go on without knowing it.</summary>
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WriteEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PulseEvery = TimeSpan.FromSeconds(5);

    private readonly GenerationQueue _queue = new(data, time);

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await _queue.ClaimAsync(stoppingToken) is { } job)
                {
                    await RunAsync(job, stoppingToken);
                }

                await signals.WaitForWorkAsync(LookEvery, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogWarning(e, "Generation jobs cannot be looked after now; trying again");
                await Task.Delay(LookEvery, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunAsync(GenerationJob job, CancellationToken stopping)
    {
        var start = Stopwatch.GetTimestamp();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        signals.Report(job.Id, new SynthesisProgress("reading the examples", 0));
        try
        {
            var learning = LearnAsync(job, end.Token);
            if (!await KeepAliveAsync(job, learning))
            {
                log.LogInformation("Generation job {Job} is not this portal's any more: it was cancelled, or another portal took it over", job.Id);
                await end.CancelAsync();
                signals.Forget(job.Id);
                await ((Task)learning).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }

            await _queue.FinishAsync(job, await learning, Stopwatch.GetElapsedTime(start), stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Given back at once, so that another portal, or this one when it is up again, need not wait for the lease to run out.
            await _queue.ReleaseAsync(job, CancellationToken.None);
        }
        catch (LoopaiException e)
        {
            await _queue.FailAsync(job, e.Message, stopping);
        }
        catch (Exception e)
        {
            log.LogError(e, "Generation job {Job} failed", job.Id);
            await _queue.FailAsync(job, $"The version could not be made: {e.Message}", stopping);
        }
        finally
        {
            signals.Forget(job.Id);
        }
    }

    /// <summary>Writes the progress down until the work has ended; false when the job was cancelled or lost to another portal.</summary>
    private async Task<bool> KeepAliveAsync(GenerationJob job, Task learning)
    {
        var written = signals.ProgressOf(job.Id);
        var writtenAt = Stopwatch.GetTimestamp();
        while (await Task.WhenAny(learning, Task.Delay(AskEvery, CancellationToken.None)) != learning)
        {
            var progress = signals.ProgressOf(job.Id)!;
            var isDue = Stopwatch.GetElapsedTime(writtenAt) >= (progress == written ? PulseEvery : WriteEvery);
            try
            {
                if (!(isDue ? await _queue.PulseAsync(job, progress, CancellationToken.None) : await _queue.IsHeldAsync(job, CancellationToken.None)))
                {
                    return false;
                }

                (written, writtenAt) = isDue ? (progress, Stopwatch.GetTimestamp()) : (written, writtenAt);
            }
            catch (Exception e) when (e is System.Data.Common.DbException or TimeoutException or IOException or InvalidOperationException)
            {
                // The work goes on: the next pulse, or the end, finds out whose the job is.
                log.LogWarning(e, "The progress of generation job {Job} could not be written", job.Id);
            }
        }

        return true;
    }

    private async Task<SynthesisResult> LearnAsync(GenerationJob job, CancellationToken ct)
    {
        var (task, examples) = await ReadAsync(job, ct);
        var request = new SynthesisRequest
        {
            Examples = examples,
            InputSchema = JsonElement.Parse(task.InputSchema),
            OutputSchema = JsonElement.Parse(task.OutputSchema),
            Strategy = GenerationStrategy.ForSynthesis(GenerationStrategy.Parse(job.Strategy).Strategy),
        };
        return await OnQuietThread(() => Synthesizer.Synthesize(request, new Reporter(p => Report(job, p, ct)), ct));
    }

    /// <summary>A job that was cancelled says nothing more, or those who watch it would take it for running.</summary>
    private void Report(GenerationJob job, SynthesisProgress progress, CancellationToken ct)
    {
        if (!ct.IsCancellationRequested)
        {
            signals.Report(job.Id, progress);
        }
    }

    private async Task<(TaskDefinition Task, List<LabelledExample> Examples)> ReadAsync(GenerationJob job, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(job.OrganizationId), ct);
        var task = await db.FindOpenTaskAsync(job.TaskId, ct);
        var examples = new List<LabelledExample>();
        var rows = db.Examples.Where(e => e.TaskId == job.TaskId && e.ForTraining).OrderBy(e => e.InputHash).Select(e => new { e.Input, e.Output });
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(ct))
        {
            examples.Add(new LabelledExample(JsonElement.Parse(row.Input), JsonElement.Parse(row.Output)));
        }

        return examples.Count == 0 ? throw ProgramErrors.NothingToLearnFrom() : (task, examples);
    }

    private static Task<SynthesisResult> OnQuietThread(Func<SynthesisResult> work)
    {
        var done = new TaskCompletionSource<SynthesisResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException e)
            {
                done.SetCanceled(e.CancellationToken);
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        {
            IsBackground = true,
            Priority = ThreadPriority.BelowNormal,
            Name = "synthesis",
        };
        thread.Start();
        return done.Task;
    }

    /// <summary>Unlike <see cref="Progress{T}"/> it reports on the spot, so that what is watched never runs behind.</summary>
    private sealed class Reporter(Action<SynthesisProgress> report) : IProgress<SynthesisProgress>
    {
        public void Report(SynthesisProgress value) => report(value);
    }
}
