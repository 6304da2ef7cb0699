using System.Text.Json;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;

namespace Loopai.Core.Executions;

/// <summary>What a caller wants answered.</summary>
public readonly record struct ExecutionRequest
{
    public required Guid TaskId { get; init; }

    /// <summary>The input; undefined when the caller sent none.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>The version to ask; null for the active one.</summary>
    public int? Version { get; init; }

    /// <summary>The user or session on whose behalf the decision is made.</summary>
    public string? Unit { get; init; }

    /// <summary>What is known of the request, by which experiments choose who takes part; undefined to go by the input.</summary>
    public JsonElement Attributes { get; init; }

    /// <summary>The version that answers when no experiment takes the execution; null for the active one.</summary>
    public int? Fallback { get; init; }

    public int? TimeoutMs { get; init; }

    /// <summary>Check this answer, whatever the sampling says.</summary>
    public bool ForceValidation { get; init; }

    /// <summary>The execution's own clock. Only callers that may import can set it.</summary>
    public DateTimeOffset? ExecutedAt { get; init; }

    public ExecutionSource Source { get; init; }
}

/// <summary>How an execution came out. Either it ran, and is on record, or it was refused with a failure, and nothing is.</summary>
/// <param name="Execution">The record; null when refused.</param>
/// <param name="Failure">Why it was refused, or what the program did wrong; null when it answered.</param>
public readonly record struct ExecutionOutcome(Execution? Execution, LoopaiException? Failure)
{
    public static implicit operator ExecutionOutcome(LoopaiException failure) => new(null, failure);

    /// <summary>The variant of the experiment that took it; null outside of experiments.</summary>
    public Experiments.Live.LiveVariant? Variant { get; init; }

    public bool IsSuccess => Failure is null;
}

/// <summary>The program ran and did not give an answer. The execution is on record.</summary>
public sealed class ProgramFailedException(Execution execution)
    : LoopaiException($"execution.{Word(execution.Status)}", execution.Error ?? "The program did not answer.")
{
    public Execution Execution { get; } = execution;

    private static string Word(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Timeout => "timeout",
        ExecutionStatus.InvalidOutput => "invalid_output",
        ExecutionStatus.Error or ExecutionStatus.Success => "program_error",
    };
}
