using System.Diagnostics;
using Loopai.Core.Executions;
using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>Runs programs in pools of warm bubblewrap workers. There is no other way for a program to run: where the sandbox cannot be made,
/// programs get the reason as their error.</summary>
public sealed class BubblewrapSandbox : IProgramSandbox, IAsyncDisposable, IDisposable
{
    private readonly SandboxOptions _options;
    private readonly WarmWorkers _workers;
    private readonly SandboxProbe _probe;
    private readonly SemaphoreSlim _checks = new(2);

    /// <param name="options">The limits of programs and pools.</param>
    public BubblewrapSandbox(SandboxOptions options)
    {
        _options = options;
        _workers = new WarmWorkers(options, WorkerKind.Program);
        _probe = new SandboxProbe(_workers.Factory);
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
    public ValueTask DisposeAsync() => _workers.DisposeAsync();

    /// <inheritdoc cref="DisposeAsync" />
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<SandboxAnswer> RunAsync(ProgramSource program, ReadOnlyMemory<byte> input, TimeSpan timeout, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await _probe.AvailabilityAsync(program.Language) is { IsAvailable: false } missing
            ? SandboxAnswer.Unavailable(missing.Reason!)
            : await _workers.AskAsync(program, _options, worker => worker.CallAsync(input, timeout, "execute"), ct);
        _workers.Metrics.Answered(program.Language, answer.Status, started);
        return answer;
    }

    private async Task<SandboxCheck> CheckInTurnAsync(ProgramSource program)
    {
        try
        {
            var (worker, loaded) = await _workers.StartAsync(program, _options);
            _ = worker?.EndAsync();
            return new SandboxCheck(worker is not null, loaded.Error);
        }
        finally
        {
            _checks.Release();
        }
    }
}
