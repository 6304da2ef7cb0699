using System.ComponentModel.DataAnnotations;

namespace Loopai.Core.Configuration;

/// <summary>When an execution counts as done.</summary>
public enum ExecutionDurability
{
    /// <summary>The answer waits until its record is on disk.</summary>
    Durable,

    /// <summary>The answer does not wait; a crash loses the records of the last moments.</summary>
    Fast,
}

/// <summary>Limits of executing programs.</summary>
public sealed class ExecutionSettings : IValidatableObject
{
    /// <summary>The largest body of a single execution.</summary>
    [Range(1024, 1 << 28)]
    public int MaxBodyBytes { get; init; } = 1 << 20;

    /// <summary>The largest body of a batch.</summary>
    [Range(1024, 1 << 30)]
    public int MaxBatchBodyBytes { get; init; } = 32 << 20;

    /// <summary>How many inputs one batch may have.</summary>
    [Range(1, 1_000_000)]
    public int MaxBatchItems { get; init; } = 10_000;

    /// <summary>How deep an input may be nested.</summary>
    [Range(1, 1000)]
    public int MaxJsonDepth { get; init; } = 64;

    /// <summary>How long a program may take when the request does not say.</summary>
    [Range(1, 3_600_000)]
    public int DefaultTimeoutMs { get; init; } = 5000;

    /// <summary>The longest that a request may ask for.</summary>
    [Range(1, 3_600_000)]
    public int MaxTimeoutMs { get; init; } = 60_000;

    /// <summary>Whether an answer waits for the disk.</summary>
    public ExecutionDurability Durability { get; init; } = ExecutionDurability.Durable;

    /// <summary>How many records may wait for the database before callers get 503.</summary>
    [Range(1, 10_000_000)]
    public int QueueLimit { get; init; } = 10_000;

    /// <summary>After how many days executions are deleted.</summary>
    [Range(1, 36_500)]
    public int RetentionDays { get; init; } = 90;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DefaultTimeoutMs > MaxTimeoutMs)
        {
            yield return new($"give at most Execution:MaxTimeoutMs, which is {MaxTimeoutMs}", [nameof(DefaultTimeoutMs)]);
        }

        if (MaxBatchBodyBytes < MaxBodyBytes)
        {
            yield return new($"give at least Execution:MaxBodyBytes, which is {MaxBodyBytes}", [nameof(MaxBatchBodyBytes)]);
        }
    }
}
