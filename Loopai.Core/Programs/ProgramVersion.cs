using Loopai.Core.Data;

namespace Loopai.Core.Programs;

/// <summary>An immutable artifact that answers a task.</summary>
public sealed class ProgramVersion : ITenantOwned, ITaskOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid TaskId { get; init; }

    /// <summary>1, 2, 3, ... within the task.</summary>
    public required int Version { get; init; }

    public required ProgramLanguage Language { get; init; }

    /// <summary>How it was made: <c>rule</c>, <c>ml</c>, <c>hybrid</c>, <c>baseline</c> or <c>code</c>.</summary>
    public required string Strategy { get; init; }

    /// <summary>The model's JSON, or the source, as UTF-8.</summary>
    public required byte[] Artifact { get; init; }

    public ProgramStatus Status { get; set; } = ProgramStatus.Draft;

    public string? Notes { get; set; }

    /// <summary>0..1, measured on examples the program had not seen (models) or on all examples (code); null where there were none.</summary>
    public double? Accuracy { get; set; }

    /// <summary>What was measured when it was made or tried, as JSON: a synthesis report, or a trial on the examples.</summary>
    public string? Report { get; set; }

    /// <summary>How long it took to make, in milliseconds.</summary>
    public double MadeInMs { get; set; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ActivatedAt { get; set; }
}

/// <summary>Where a version is in its life.</summary>
public enum ProgramStatus
{
    /// <summary>Made, and not known to be good: it failed its trial, or there was nothing to try it on.</summary>
    Draft,

    /// <summary>Tried on examples without a failure.</summary>
    Validated,

    /// <summary>Answers the task.</summary>
    Active,

    /// <summary>Was active before.</summary>
    Deprecated,
}
