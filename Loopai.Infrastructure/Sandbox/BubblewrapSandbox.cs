using System.ComponentModel;
using System.Diagnostics;
using Loopai.Core.Executions;
using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>Runs programs in pools of warm bubblewrap workers. There is no other way for a program to run: where the sandbox cannot be made,
/// programs get the reason as their error.</summary>
public sealed class BubblewrapSandbox : IProgramSandbox, IAsyncDisposable, IDisposable
{
    private readonly SandboxMetrics _metrics = new(WorkerKind.Program);
    private readonly WorkerFactory _factory;
    private readonly WorkerPools _pools;
    private readonly SandboxProbe _probe;
    private readonly SemaphoreSlim _checks = new(2);
    private readonly Timer _trimming;

    /// <param name="options">The limits of programs and pools.</param>
    public BubblewrapSandbox(SandboxOptions options)
    {
        _factory = new WorkerFactory(options, _metrics, WorkerKind.Program);
        _pools = new WorkerPools(options);
        _probe = new SandboxProbe(_factory);
        _trimming = new Timer(_ => _pools.Trim(), null, options.IdleTime / 4, options.IdleTime / 4);
    }

    /// <inheritdoc />
    public SandboxAvailability Availability(ProgramLanguage language) => _probe.Availability(language);

    /// <inheritdoc />
    public async Task<SandboxCheck> CheckAsync(ProgramSource program, CancellationToken ct)
    {
        if (await _probe.AvailabilityAsync(program.Language) is { IsAvailable: false } missing)
        {
            return new SandboxCheck(false, missing.Reason);
        }

        // Checks come beside the pools, so that one cannot put running programs out; two at a time are enough for authors.
        await _checks.WaitAsync(ct);
        return await CheckInTurnAsync(program).WaitAsync(ct);
    }

    /// <inheritdoc />
    public ValueTask<SandboxAnswer> ExecuteAsync(ProgramSource program, ReadOnlyMemory<byte> input, TimeSpan timeout, CancellationToken ct)
    {
        // A caller that leaves does not cost the worker its warmth: the run ends by itself, or at its timeout.
        var run = RunAsync(program, input, timeout, ct);
        return new(ct.CanBeCanceled ? run.WaitAsync(ct) : run);
    }

    /// <summary>Kills all workers and waits until they are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _trimming.DisposeAsync();
        _pools.Close();
        await _factory.DisposeAsync();
        _metrics.Dispose();
    }

    /// <inheritdoc cref="DisposeAsync" />
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<SandboxAnswer> RunAsync(ProgramSource program, ReadOnlyMemory<byte> input, TimeSpan timeout, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await _probe.AvailabilityAsync(program.Language) is { IsAvailable: false } missing
            ? SandboxAnswer.Unavailable(missing.Reason!)
            : await RunInPoolAsync(program, input, timeout, ct);
        _metrics.Answered(program.Language, answer.Status, started);
        return answer;
    }

    private async Task<SandboxAnswer> RunInPoolAsync(ProgramSource program, ReadOnlyMemory<byte> input, TimeSpan timeout, CancellationToken ct)
    {
        if (await _pools.TakeAsync(program, ct) is not { } grant)
        {
            return SandboxAnswer.Unavailable("the sandbox is too busy; try again in a moment");
        }

        var worker = grant.Worker;
        try
        {
            if (worker is null)
            {
                (worker, var loaded) = await _factory.StartAsync(program);
                if (worker is null)
                {
                    return loaded;
                }

                ct.ThrowIfCancellationRequested();
            }

            return await worker.CallAsync(input, timeout, "execute");
        }
        catch (Exception failure) when (failure is SandboxUnavailableException or Win32Exception or IOException)
        {
            return SandboxAnswer.Unavailable("the sandbox could not start a worker: " + failure.Message);
        }
        finally
        {
            _pools.Return(grant.Pool, worker);
        }
    }

    private async Task<SandboxCheck> CheckInTurnAsync(ProgramSource program)
    {
        try
        {
            var (worker, loaded) = await _factory.StartAsync(program);
            _ = worker?.EndAsync();
            return new SandboxCheck(worker is not null, loaded.Error);
        }
        catch (Exception failure) when (failure is SandboxUnavailableException or Win32Exception or IOException)
        {
            return new SandboxCheck(false, "the sandbox could not start a worker: " + failure.Message);
        }
        finally
        {
            _checks.Release();
        }
    }
}
