using Loopai.Core.Programs;

namespace Loopai.Core.Executions;

/// <summary>Runs a version of a task on an input without recording an execution: how one version is asked about the answer of another.</summary>
public interface IVersionRunner
{
    /// <summary>A failure of the program is an answer; an exception means that it could not be asked now and may be asked again.</summary>
    Task<VersionAnswer> RunAsync(Guid organizationId, Guid taskId, int version, string inputJson, CancellationToken ct);
}

/// <param name="Status">How the run ended.</param>
/// <param name="Output">The output as JSON, on success.</param>
/// <param name="Error">What went wrong, otherwise.</param>
public sealed record VersionAnswer(ExecutionStatus Status, string? Output, string? Error)
{
    /// <summary>What it ran on; null where it did not run.</summary>
    public ProgramLanguage? Language { get; init; }

    /// <summary>Time in the program, in microseconds.</summary>
    public long LatencyUs { get; init; }
}
