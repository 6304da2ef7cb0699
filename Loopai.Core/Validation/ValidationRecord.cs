using Loopai.Core.Data;

namespace Loopai.Core.Validation;

/// <summary>The verdict on a sampled execution, or the wait for it.</summary>
public sealed class ValidationRecord : ITenantOwned, ITaskOwned
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

    /// <summary>Who gave the verdict, one of <see cref="Validation.DecidedBy"/>.</summary>
    public string? DecidedBy { get; set; }

    /// <summary>The name of the person or the key, or the version's number.</summary>
    public string? DecidedByName { get; set; }

    /// <summary>The person's or the key's id: who may take the verdict back.</summary>
    public Guid? DecidedById { get; set; }

    public double? Confidence { get; init; }

    /// <summary>The execution's key, which verdicts are added up by; null for none.</summary>
    public Guid? ApiKeyId { get; init; }

    /// <summary>The execution's team; null for none.</summary>
    public Guid? TeamId { get; init; }

    /// <summary>The execution's experiment; null for none.</summary>
    public Guid? ExperimentId { get; init; }

    /// <summary>The execution's variant; null for none.</summary>
    public short? Variant { get; init; }

    public required DateTimeOffset ExecutedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>While pending: the time until which one portal works on it and others leave it alone.</summary>
    public DateTimeOffset? ClaimedUntil { get; set; }
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

/// <summary>Who can give a verdict.</summary>
public static class DecidedBy
{
    /// <summary>A labelled example of the task.</summary>
    public const string Labels = "labels";

    /// <summary>A person in the review queue.</summary>
    public const string Person = "person";

    /// <summary>A program that learnt the right answer, through an API key.</summary>
    public const string Key = "api_key";

    /// <summary>Another version of the task.</summary>
    public const string Version = "version";

    public static readonly IReadOnlyList<string> All = [Labels, Person, Key, Version];
}
