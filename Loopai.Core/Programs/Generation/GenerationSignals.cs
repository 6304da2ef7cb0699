using System.Collections.Concurrent;

namespace Loopai.Core.Programs.Generation;

/// <summary>What this portal's worker and those who watch it tell each other without the database: that there is work, and how far it has come.</summary>
public sealed class GenerationSignals : IDisposable
{
    private readonly ConcurrentDictionary<Guid, SynthesisProgress> _running = new();
    private readonly SemaphoreSlim _work = new(0);

    /// <summary>A job was queued.</summary>
    public void WakeWorker() => _work.Release();

    /// <summary>How far a job has come that runs in this portal; null for any other.</summary>
    public SynthesisProgress? ProgressOf(Guid jobId) => _running.GetValueOrDefault(jobId);

    public void Dispose() => _work.Dispose();

    internal Task WaitForWorkAsync(TimeSpan atMost, CancellationToken ct) => _work.WaitAsync(atMost, ct);

    internal void Report(Guid jobId, SynthesisProgress progress) => _running[jobId] = progress;

    internal void Forget(Guid jobId) => _running.TryRemove(jobId, out _);
}
