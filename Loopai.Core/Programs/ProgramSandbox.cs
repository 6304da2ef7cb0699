using Loopai.Core.Executions;

namespace Loopai.Core.Programs;

/// <summary>Runs Python and JavaScript programs apart from the portal: no network, no disk, bounded time and memory.</summary>
public interface IProgramSandbox
{
    /// <summary>Whether programs of this language can run here, and if not, what an operator has to install.</summary>
    SandboxAvailability Availability(ProgramLanguage language);

    /// <summary>Loads the source in a fresh worker without running it on an input: syntax errors and a missing <c>execute</c> are found here.</summary>
    Task<SandboxCheck> CheckAsync(ProgramSource program, CancellationToken ct);

    /// <summary>Runs <c>execute(input)</c> in a warm worker of the program's pool, and <c>confidence(input, output)</c> where the program has it.</summary>
    /// <remarks>A worker answers one call after the other and keeps the program's globals between them, also after an exception; which of
    /// the pool's workers answers, and when one is replaced, is not the program's to know, so globals are for caches, not for counting.
    /// Whatever a program does ends in an answer, and so does a sandbox that is missing or too busy (<see cref="SandboxAnswer.NeverRan"/>).</remarks>
    /// <param name="program">The program; its id names the pool of workers.</param>
    /// <param name="input">The input as UTF-8 JSON; taken to be valid.</param>
    /// <param name="timeout">How long the program may take; a worker that takes longer is killed and replaced. Waiting for a worker and
    /// starting one do not count.</param>
    /// <param name="ct">Ends the wait of this caller; a run that has begun goes on to its end, so that the worker stays warm.</param>
    ValueTask<SandboxAnswer> ExecuteAsync(ProgramSource program, ReadOnlyMemory<byte> input, TimeSpan timeout, CancellationToken ct);
}

/// <param name="Id">Stable identity of the program version; the pool of warm workers is kept under it.</param>
/// <param name="Language">Python or JavaScript.</param>
/// <param name="Code">The source, defining <c>execute</c>.</param>
public sealed record ProgramSource(Guid Id, ProgramLanguage Language, string Code);

/// <param name="IsAvailable">True when programs of the language can run.</param>
/// <param name="Reason">When not available: what is missing, and how to get it.</param>
public sealed record SandboxAvailability(bool IsAvailable, string? Reason);

/// <param name="Ok">True when the source loads and defines <c>execute</c>.</param>
/// <param name="Error">When not: the message, with the line where the language gives one.</param>
public sealed record SandboxCheck(bool Ok, string? Error);

/// <param name="Status">Success, Error or Timeout; the output's schema is checked by the caller.</param>
/// <param name="Output">The output as UTF-8 JSON, on success.</param>
/// <param name="Confidence">0..1, when the program has a <c>confidence</c> function.</param>
/// <param name="Error">What went wrong, in words a program's author can act on.</param>
public readonly record struct SandboxAnswer(ExecutionStatus Status, ReadOnlyMemory<byte> Output, double? Confidence, string? Error)
{
    /// <summary>The program was not run, for want of a worker and through no fault of its own; <see cref="Error"/> says why.</summary>
    public bool NeverRan { get; private init; }

    public static SandboxAnswer Unavailable(string reason) => new(ExecutionStatus.Error, default, null, reason) { NeverRan = true };
}
