using Loopai.Core.Data;

namespace Loopai.Core.Validation;

/// <summary>The verdict on a sampled execution, or the wait for it.</summary>
public sealed class ValidationRecord : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    public required Guid TaskId { get; init; }

    public required Guid ExecutionId { get; init; }

    public required int Version { get; init; }

    /// <summary>Which rule of the sampling policy chose it: <c>random</c>, <c>stratified</c>, <c>low-confidence</c>, <c>new-version</c>, <c>forced</c>.</summary>
    public required string SampledBy { get; init; }

    /// <summary>The probability with which it was chosen; null when it was asked for, and then it does not count in estimates.</summary>
    public double? Probability { get; init; }

    public ValidationStatus Status { get; set; } = ValidationStatus.Pending;

    /// <summary>What the program answered, as JSON.</summary>
    public string? Actual { get; init; }

    /// <summary>What is right, as JSON, where it is known.</summary>
    public string? Expected { get; set; }

    /// <summary>Who gave the verdict: <c>labels</c>, <c>person</c>, <c>version</c>.</summary>
    public string? DecidedBy { get; set; }

    /// <summary>The person's name, or the version's number.</summary>
    public string? DecidedByName { get; set; }

    public double? Confidence { get; init; }

    public required DateTimeOffset ExecutedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DecidedAt { get; set; }
}

/// <summary>Where a validation is.</summary>
public enum ValidationStatus
{
    /// <summary>An oracle that runs by itself has not come to it yet.</summary>
    Pending,

    /// <summary>Waits in the review queue.</summary>
    InReview,

    Matched,

    Mismatched,

    /// <summary>No oracle knows the answer.</summary>
    Undecidable,
}
