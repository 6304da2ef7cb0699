using System.Collections.Immutable;

namespace Loopai.Portal.Demo;

/// <summary>How far the making of the demo is. One for the whole portal; pages and the console follow it.</summary>
public sealed class DemoProgress(TimeProvider time)
{
    private readonly Lock _gate = new();

    /// <summary>Raised after every change, on the thread that made it; a handler that throws or waits holds up the demo.</summary>
    public event Action<DemoSnapshot>? Changed;

    public DemoSnapshot Current { get; private set; } = new(DemoStatus.Idle, [], null, null, null);

    internal void Begin(IEnumerable<string> steps) =>
        Change(_ => new DemoSnapshot(DemoStatus.Running, [.. steps.Select(name => new DemoStep(name, DemoStepStatus.Waiting, 0, 0, null, null, null))], null, time.GetUtcNow(), null));

    internal void Start(int step) => ChangeStep(step, s => s with { Status = DemoStepStatus.Running, StartedAt = time.GetUtcNow() });

    internal void Report(int step, int done, int total, string? note = null) => ChangeStep(step, s => s with { Done = done, Total = total, Note = note ?? s.Note });

    internal void End(int step, DemoStepStatus status, string? note = null) =>
        ChangeStep(step, s => s with { Status = status, Note = note ?? s.Note, Took = s.StartedAt is { } from ? time.GetUtcNow() - from : TimeSpan.Zero });

    internal void Finish() => Change(s => s with { Status = DemoStatus.Finished, FinishedAt = time.GetUtcNow() });

    internal void Fail(string failure) => Change(s => s with { Status = DemoStatus.Failed, Failure = failure, FinishedAt = time.GetUtcNow() });

    private void ChangeStep(int step, Func<DemoStep, DemoStep> change) => Change(s => s with { Steps = s.Steps.SetItem(step, change(s.Steps[step])) });

    private void Change(Func<DemoSnapshot, DemoSnapshot> change)
    {
        DemoSnapshot now;
        lock (_gate)
        {
            now = Current = change(Current);
        }

        Changed?.Invoke(now);
    }
}

/// <summary>The demo at one moment.</summary>
/// <param name="Status">Where it is.</param>
/// <param name="Steps">All steps, in order.</param>
/// <param name="Failure">Why it ended early; the next start goes on from there.</param>
/// <param name="StartedAt">When this portal began to make it.</param>
/// <param name="FinishedAt">When it ended.</param>
public sealed record DemoSnapshot(
    DemoStatus Status, ImmutableList<DemoStep> Steps, string? Failure, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt)
{
    /// <summary>The step at work, or null.</summary>
    public DemoStep? Step => Steps.Find(s => s.Status == DemoStepStatus.Running);
}

/// <param name="Name">What it does.</param>
/// <param name="Status">Where it is.</param>
/// <param name="Done">How many of <paramref name="Total"/> are done.</param>
/// <param name="Total">How many there are; 0 while that is not known.</param>
/// <param name="Note">What it does at the moment, or why it was left out.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Took">How long it took, once it has ended.</param>
public sealed record DemoStep(string Name, DemoStepStatus Status, int Done, int Total, string? Note, DateTimeOffset? StartedAt, TimeSpan? Took);

/// <summary>Where the demo is.</summary>
public enum DemoStatus
{
    /// <summary>There is nothing to make.</summary>
    Idle,
    Running,
    Finished,
    Failed,
}

/// <summary>Where a step is.</summary>
public enum DemoStepStatus
{
    Waiting,
    Running,
    Done,

    /// <summary>Left out on this machine; <see cref="DemoStep.Note"/> says why.</summary>
    Skipped,
}
