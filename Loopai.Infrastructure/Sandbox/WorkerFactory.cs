using System.Collections.Concurrent;
using System.Text;
using Loopai.Core.Executions;
using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>Starts workers, and keeps account of all that live, so that none outlives the sandbox.</summary>
internal sealed class WorkerFactory(SandboxOptions options, SandboxMetrics metrics, WorkerKind kind) : IAsyncDisposable
{
    private readonly WorkerLauncher _launcher = new();
    private readonly ConcurrentDictionary<Worker, Task> _alive = [];
    private volatile bool _closed;

    /// <summary>Starts a worker and loads the program; where that fails, the answer says why and there is no worker.</summary>
    public Task<(Worker? Worker, SandboxAnswer Answer)> StartAsync(ProgramSource program) => StartAsync(program, options);

    /// <summary>The same, under limits of the program's own.</summary>
    public async Task<(Worker? Worker, SandboxAnswer Answer)> StartAsync(ProgramSource program, SandboxOptions limits)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        var tools = SandboxTools.Find(program.Language, limits);
        var launched = await _launcher.StartAsync(SandboxCommand.For(kind, program.Language, tools, limits), SystemCallFilter.Bytes);
        var worker = new Worker(kind, program.Language, launched, limits);
        metrics.Started(program.Language);
        _alive[worker] = ForgetAtEndAsync(worker);
        if (_closed)
        {
            worker.Stop(WorkerEnd.Retired);
        }

        var loaded = await worker.CallAsync(Encoding.UTF8.GetBytes(program.Code), limits.LoadTimeout, "loading the " + kind.Noun);
        if (loaded.Status == ExecutionStatus.Success && worker.IsUsable)
        {
            return (worker, loaded);
        }

        _ = worker.EndAsync();

        // Loaded, and stopped before its first call: having loaded must not pass for an answer.
        return (null, loaded.Status != ExecutionStatus.Success ? loaded : new SandboxAnswer(
            ExecutionStatus.Error, default, null, _closed ? "the sandbox is shutting down" : "the worker ended before it could be asked; try again"));
    }

    /// <summary>Kills every worker and waits until they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        var ends = _alive.Values.ToList();
        foreach (var worker in _alive.Keys)
        {
            worker.Stop(WorkerEnd.Retired);
        }

        await Task.WhenAll(ends.Concat(_alive.Values));
        _launcher.Dispose();
    }

    private async Task ForgetAtEndAsync(Worker worker)
    {
        await worker.Gone;
        _alive.TryRemove(worker, out _);
        metrics.Ended(worker.Language, worker.End);
    }
}
