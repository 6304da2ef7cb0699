using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Experiments.Live;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Executions;

/// <summary>Many inputs of one task in one request, each executed and recorded as if it had come alone.</summary>
public sealed class BatchService(ExecutionService executions, ExecutionCatalog catalog, IOptions<ExecutionSettings> settings)
{
    public const int DefaultConcurrency = 16;
    public const int MaxConcurrency = 100;

    /// <summary>The results in the order in which they come. With <see cref="BatchRequest.StopOnFirstError"/>, items not begun when one fails are left out.</summary>
    /// <exception cref="InvalidException">The batch as a whole cannot be taken; nothing was executed.</exception>
    public async Task<Batch> StartAsync(Caller caller, BatchRequest request, CancellationToken ct)
    {
        caller.Demand(Permissions.ExecutionsRun, request.TaskId);
        Check(request);
        var task = await catalog.FindAsync(caller, request.TaskId) ?? throw Tasks.TaskErrors.NotFound(request.TaskId);
        if (task.Task.Status == Tasks.TaskStatus.Archived)
        {
            throw Tasks.TaskErrors.Archived(task.Task.Name);
        }

        var version = request.Version ?? task.Task.ActiveVersion;
        if (version is null && task.Experiments is null)
        {
            throw ExecutionErrors.NoActiveVersion(task.Task.Name);
        }

        if (version is { } known && await catalog.FindProgramAsync(task, known) is null)
        {
            throw ExecutionErrors.UnknownVersion(task.Task.Name, known);
        }

        return new Batch(Guid.CreateVersion7(), version, RunAsync(caller, request, version, ct));
    }

    private async IAsyncEnumerable<BatchResult> RunAsync(Caller caller, BatchRequest request, int? fallback, [EnumeratorCancellation] CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var results = Channel.CreateUnbounded<BatchResult>(new UnboundedChannelOptions { SingleReader = true });
        var running = Task.Run(() => ExecuteAllAsync(caller, request, fallback, results.Writer, stop), CancellationToken.None);
        try
        {
            await foreach (var result in results.Reader.ReadAllAsync(ct))
            {
                yield return result;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    private async Task ExecuteAllAsync(Caller caller, BatchRequest request, int? fallback, ChannelWriter<BatchResult> results, CancellationTokenSource stop)
    {
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = request.MaxConcurrency ?? DefaultConcurrency, CancellationToken = stop.Token };
            await Parallel.ForEachAsync(request.Items, parallel, async (item, ct) =>
            {
                var result = await ExecuteOneAsync(caller, request, item, fallback, ct);
                results.TryWrite(result);
                if (!result.Success && request.StopOnFirstError)
                {
                    await stop.CancelAsync();
                }
            });
            results.TryComplete();
        }
        catch (OperationCanceledException)
        {
            results.TryComplete();
        }
        catch (Exception e)
        {
            results.TryComplete(e);
        }
    }

    private async ValueTask<BatchResult> ExecuteOneAsync(Caller caller, BatchRequest request, BatchItem item, int? fallback, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = await executions.ExecuteAsync(
            caller,
            new ExecutionRequest
            {
                TaskId = request.TaskId,
                Input = item.Input,
                Version = request.Version,
                Fallback = fallback,
                Unit = item.Unit,
                Attributes = item.Attributes,
                TimeoutMs = request.TimeoutMs,
                ForceValidation = item.ForceValidation,
                ExecutedAt = item.ExecutedAt,
                Source = ExecutionSource.Batch,
            },
            ct);
        var latencyMs = outcome.Execution is { } execution ? execution.LatencyUs / 1000.0 : Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return new BatchResult(item.Id, outcome.Execution, outcome.Failure?.Message, latencyMs, outcome.Variant);
    }

    private void Check(BatchRequest request)
    {
        var errors = new FieldErrors()
            .AddIf(request.Items.Count == 0, "items", "Send at least one item.")
            .AddIf(request.Items.Count > settings.Value.MaxBatchItems, "items", $"A batch has at most {settings.Value.MaxBatchItems} items; this one has {request.Items.Count}. Split it.")
            .AddIf(request.MaxConcurrency is < 1 or > MaxConcurrency, "maxConcurrency", $"maxConcurrency is a whole number from 1 to {MaxConcurrency}.")
            .AddIf(request.TimeoutMs is { } ms && (ms < 1 || ms > settings.Value.MaxTimeoutMs), "timeoutMs", $"timeoutMs is a whole number of milliseconds from 1 to {settings.Value.MaxTimeoutMs}.");
        if (!errors.Any)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < request.Items.Count; i++)
            {
                var item = request.Items[i];
                errors
                    .AddIf(item.Id.Length is 0 or > 200, $"items[{i}].id", "An item has an id of 1 to 200 characters.")
                    .AddIf(!seen.Add(item.Id), $"items[{i}].id", $"The id '{item.Id}' stands twice in this batch.")
                    .AddIf(item.Input.ValueKind == JsonValueKind.Undefined, $"items[{i}].input", "An item has an input.");
            }
        }

        errors.ThrowIfAny("batch.invalid", "The batch cannot be taken as it stands; nothing was executed.");
    }
}

/// <summary>A batch that was taken.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">The version that answers all that no experiment and no rollout takes, even when another is activated meanwhile; null where none is active.</param>
/// <param name="Results">The results as they come.</param>
public sealed record Batch(Guid Id, int? Version, IAsyncEnumerable<BatchResult> Results);

/// <summary>What is asked of a batch.</summary>
public sealed record BatchRequest(
    Guid TaskId, IReadOnlyList<BatchItem> Items, int? Version = null, int? MaxConcurrency = null, bool StopOnFirstError = false, int? TimeoutMs = null);

/// <summary>One input of a batch.</summary>
public sealed record BatchItem(string Id, JsonElement Input, bool ForceValidation = false, string? Unit = null, DateTimeOffset? ExecutedAt = null, JsonElement Attributes = default);

/// <summary>How one item came out.</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Execution">The record; null when the item was refused.</param>
/// <param name="Error">What went wrong; null on success.</param>
/// <param name="LatencyMs">Time in the program, in milliseconds.</param>
/// <param name="Variant">What an experiment gave it; null where none took it.</param>
public sealed record BatchResult(string Id, Execution? Execution, string? Error, double LatencyMs, LiveVariant? Variant = null)
{
    public bool Success => Error is null;
}
