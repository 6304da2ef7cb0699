using System.Diagnostics;
using System.Threading.Channels;
using System.Threading.Tasks.Sources;
using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Validation;
using Loopai.Core.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Executions;

/// <summary>
/// The group commit. Executions queue up while a commit is under way; the next commit takes all that wait, and lets all their callers go. So an
/// acknowledged execution is on disk, and the price of a commit is shared.
/// </summary>
public sealed class ExecutionWriter(
    IExecutionStore store, ExecutionEvents events, ValidationSignal validationsWait, WebhookInterest webhooks, RollupLag lag, IOptions<ExecutionSettings> options, ILogger<ExecutionWriter> log)
    : BackgroundService
{
    /// <summary>A larger commit gains nothing more and makes its first caller wait longer.</summary>
    private const int MaxBatch = 1000;

    private static readonly TimeSpan CommitTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ProbeAnywayAfter = TimeSpan.FromSeconds(10);

    /// <summary>A null asks for the roll-ups to be written now.</summary>
    private readonly Channel<PendingWrite?> _queue = Channel.CreateBounded<PendingWrite?>(
        new BoundedChannelOptions(options.Value.QueueLimit) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly ExecutionCounts _counts = new(lag);

    /// <summary>True from a commit that failed to one that succeeds: meanwhile one execution at a time finds out, and the others are told at once.</summary>
    private volatile bool _failing;
    private int _probing;
    private Task _commit = Task.CompletedTask;
    private long _failedAt;

    /// <summary>Completes when the execution is committed; at once where the operator chose speed over durability.</summary>
    /// <exception cref="UnavailableException">The database does not take writes now; nothing was kept.</exception>
    public ValueTask WriteAsync(Execution execution, ValidationRecord? validation)
    {
        if (_failing && !MayProbe())
        {
            return ValueTask.FromException(ExecutionErrors.NotCommitted());
        }

        var write = new PendingWrite(execution, validation);
        if (!_queue.Writer.TryWrite(write))
        {
            return ValueTask.FromException(ExecutionErrors.WriterBehind());
        }

        ExecutionMetrics.Queued();
        return IsDurable ? write.Committed : ValueTask.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The queue is drained to its end on shutdown: a caller who waits gets an answer.
        using var closing = stoppingToken.Register(() => _queue.Writer.TryComplete());
        using var countLater = new Timer(_ => CountNow());
        lag.Wanted += CountNow;
        var batch = new List<PendingWrite>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var countNow = false;
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var write))
            {
                if (write is null)
                {
                    countNow = true;
                }
                else
                {
                    batch.Add(write);
                }
            }

            if (batch.Count == 0 && !_counts.AreBehind)
            {
                continue;
            }

            ExecutionMetrics.Taken(batch.Count);
            await CommitAsync(batch, countNow);
            batch.Clear();
            if (_counts.AreBehind)
            {
                countLater.Change(ExecutionCounts.Interval, Timeout.InfiniteTimeSpan);
            }
        }

        lag.Wanted -= CountNow;
        if (_counts.AreBehind)
        {
            await CommitAsync(batch, countNow: true);
        }
    }

    /// <summary>Where the queue is full the next commits count anyway.</summary>
    private void CountNow() => _queue.Writer.TryWrite(null);

    private async Task CommitAsync(List<PendingWrite> writes, bool countNow)
    {
        try
        {
            var batch = await StoreAsync(writes, countNow);
            _failing = false;
            _counts.Committed(batch);
            foreach (var write in writes)
            {
                write.Complete();
            }

            events.Publish(batch.Executions);
            if (batch.Validations.Count > 0)
            {
                validationsWait.Raise();
            }
        }
        catch (Exception e)
        {
            _counts.Close();
            ExecutionMetrics.Failed();
            log.LogError(e, "A commit of {Count} executions failed; their callers were told, and what was not counted yet is counted later", writes.Count);
            FailAll(writes);
        }

        Volatile.Write(ref _probing, 0);
    }

    private async Task<ExecutionBatch> StoreAsync(List<PendingWrite> writes, bool countNow)
    {
        try
        {
            return await StoreOnceAsync(writes, countNow);
        }
        catch (AlreadyCountedException)
        {
            // This process stood still for so long that it was taken for dead. Nothing was kept, so all of it goes again, without what others have counted.
            _counts.Close();
            return await StoreOnceAsync(writes, countNow);
        }
    }

    private async Task<ExecutionBatch> StoreOnceAsync(List<PendingWrite> writes, bool countNow)
    {
        var batch = _counts.Complete(Gather(writes), countNow);

        // Bounded, so that a database that stalls is told to the callers instead of being waited for.
        using var timeout = new CancellationTokenSource(CommitTimeout);
        var started = Stopwatch.GetTimestamp();
        _commit = store.CommitAsync(batch, timeout.Token);

        // A server that stands still does not answer its cancellation either, for which the client library waits: then it is left to itself.
        await _commit.WaitAsync(CommitTimeout + TimeSpan.FromMilliseconds(500));
        if (batch.Executions.Count > 0)
        {
            ExecutionMetrics.Committed(batch.Executions, Stopwatch.GetElapsedTime(started));
        }

        return batch;
    }

    private ExecutionBatch Gather(List<PendingWrite> writes)
    {
        var executions = new Execution[writes.Count];
        List<ValidationRecord>? validations = null;
        List<WebhookEvent>? news = null;
        for (var i = 0; i < executions.Length; i++)
        {
            executions[i] = writes[i].Execution;
            if (writes[i].Validation is { } validation)
            {
                (validations ??= []).Add(validation);
            }

            if (webhooks.EventOf(executions[i]) is { } told)
            {
                (news ??= []).Add(told);
            }
        }

        return new ExecutionBatch(executions, [], validations ?? [], []) { Events = news ?? [] };
    }

    private bool IsDurable => options.Value.Durability == ExecutionDurability.Durable;

    /// <summary>One at a time, and none while the last commit still hangs, unless that takes so long that its connection is the trouble.</summary>
    private bool MayProbe() =>
        (_commit.IsCompleted || Stopwatch.GetElapsedTime(Volatile.Read(ref _failedAt)) > ProbeAnywayAfter) && Interlocked.Exchange(ref _probing, 1) == 0;

    /// <summary>Also those that queued up meanwhile: they have waited long enough to be told.</summary>
    private void FailAll(List<PendingWrite> writes)
    {
        _failedAt = Stopwatch.GetTimestamp();
        _failing = IsDurable;
        _ = _commit.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        // Where nobody waits, what is queued has been answered and may still be written.
        while (IsDurable && _queue.Reader.TryRead(out var waiting))
        {
            if (waiting is not null)
            {
                ExecutionMetrics.Taken(1);
                writes.Add(waiting);
            }
        }

        foreach (var write in writes)
        {
            write.Fail(ExecutionErrors.NotCommitted());
        }
    }

    private sealed class PendingWrite(Execution execution, ValidationRecord? validation) : IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _completion = new() { RunContinuationsAsynchronously = true };

        public Execution Execution => execution;

        public ValidationRecord? Validation => validation;

        public ValueTask Committed => new(this, _completion.Version);

        public void Complete() => _completion.SetResult(true);

        public void Fail(Exception error) => _completion.SetException(error);

        void IValueTaskSource.GetResult(short token) => _completion.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _completion.GetStatus(token);

        void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _completion.OnCompleted(continuation, state, token, flags);
    }
}
