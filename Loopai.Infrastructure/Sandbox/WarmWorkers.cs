using System.ComponentModel;
using Loopai.Core.Executions;
using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>The workers of one kind, kept warm in pools: started when they are wanted, returned when they have answered, ended when nobody calls them.</summary>
internal sealed class WarmWorkers : IAsyncDisposable
{
    private static readonly SandboxAnswer Ready = new(ExecutionStatus.Success, default, null, null);
    private static readonly SandboxAnswer Busy = SandboxAnswer.Unavailable("the sandbox is too busy; try again in a moment");

    private readonly WorkerPools _pools;
    private readonly Timer _trimming;

    public WarmWorkers(SandboxOptions options, WorkerKind kind)
    {
        Metrics = new SandboxMetrics(kind);
        Factory = new WorkerFactory(options, Metrics, kind);
        _pools = new WorkerPools(options);
        _trimming = new Timer(_ => _pools.Trim(), null, options.IdleTime / 4, options.IdleTime / 4);
    }

    public SandboxMetrics Metrics { get; }

    public WorkerFactory Factory { get; }

    /// <inheritdoc cref="WorkerPools.IsWarm" />
    public bool IsWarm(Guid program) => _pools.IsWarm(program);

    /// <summary>Has a worker of the program answer, when there is one for the caller.</summary>
    /// <param name="program">What the worker has loaded.</param>
    /// <param name="limits">Of a worker that has to be started for it.</param>
    /// <param name="ask">Asks the worker, which is another caller's afterwards.</param>
    /// <param name="ct">Ends the wait for a worker.</param>
    public async Task<SandboxAnswer> AskAsync(ProgramSource program, SandboxOptions limits, Func<Worker, Task<SandboxAnswer>> ask, CancellationToken ct) =>
        await _pools.TakeAsync(program, ct) is { } grant ? await UseAsync(grant, program, limits, ask, ct) : Busy;

    /// <summary>Keeps a worker of the program, or starts one where that puts nobody out (<see cref="WorkerPools.Keep"/>); succeeds without output when there is one.</summary>
    public async Task<SandboxAnswer> KeepAsync(ProgramSource program, SandboxOptions limits, CancellationToken ct) => _pools.Keep(program) switch
    {
        { IsKept: true } => Ready,
        { Room: { } room } => await UseAsync(room, program, limits, _ => Task.FromResult(Ready), ct),
        _ => Busy,
    };

    /// <summary>Starts a worker beside the pools; where there is none, the answer says why.</summary>
    public async Task<(Worker? Worker, SandboxAnswer Answer)> StartAsync(ProgramSource program, SandboxOptions limits)
    {
        try
        {
            return await Factory.StartAsync(program, limits);
        }
        catch (Exception failure) when (failure is SandboxUnavailableException or Win32Exception or IOException)
        {
            return (null, SandboxAnswer.Unavailable("the sandbox could not start a worker: " + failure.Message));
        }
    }

    /// <summary>Kills all workers and waits until they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _trimming.DisposeAsync();
        _pools.Close();
        await Factory.DisposeAsync();
        Metrics.Dispose();
    }

    private async Task<SandboxAnswer> UseAsync(WorkerGrant grant, ProgramSource program, SandboxOptions limits, Func<Worker, Task<SandboxAnswer>> use, CancellationToken ct)
    {
        var worker = grant.Worker;
        try
        {
            if (worker is null)
            {
                (worker, var loaded) = await StartAsync(program, limits);
                if (worker is null)
                {
                    return loaded;
                }

                ct.ThrowIfCancellationRequested();
            }

            return await use(worker);
        }
        finally
        {
            _pools.Return(grant.Pool, worker);
        }
    }
}
