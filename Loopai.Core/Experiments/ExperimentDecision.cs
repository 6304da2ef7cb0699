namespace Loopai.Core.Experiments;

/// <summary>What came of an experiment.</summary>
/// <param name="Outcome">What was decided.</param>
/// <param name="Variant">The variant that was chosen; null where none was.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who decided.</param>
/// <param name="At">When.</param>
/// <param name="Automatic">Whether Loopai decided.</param>
/// <param name="ActivatedVersion">The version that went into service with it; null where none did.</param>
/// <param name="VersionBefore">The version that was active before.</param>
/// <param name="RolloutId">The rollout by which the version goes into service by stages; null where it did at once, or does not.</param>
public sealed record ExperimentDecision(
    DecisionOutcome Outcome, string? Variant, string Reason, string By, DateTimeOffset At, bool Automatic = false, int? ActivatedVersion = null, int? VersionBefore = null,
    Guid? RolloutId = null);

/// <summary>What can be decided.</summary>
public enum DecisionOutcome
{
    /// <summary>A variant is better and is to be used.</summary>
    Ship,

    /// <summary>What was there stays.</summary>
    KeepControl,

    /// <summary>The experiment says nothing that could be acted upon.</summary>
    Inconclusive,
}

/// <param name="Variant">The variant that wins.</param>
/// <param name="Since">Since when.</param>
public sealed record PendingWinner(string Variant, DateTimeOffset Since);

/// <summary>Four eyes: who asked for the start, and who agreed.</summary>
/// <param name="RequestedById">Who asked.</param>
/// <param name="RequestedBy">Their name.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="PlanHash">What they asked for; a later edit makes the approval void.</param>
/// <param name="ApprovedBy">Who agreed; null while nobody has.</param>
/// <param name="ApprovedAt">When.</param>
public sealed record Approval(Guid? RequestedById, string RequestedBy, DateTimeOffset RequestedAt, string PlanHash, string? ApprovedBy = null, DateTimeOffset? ApprovedAt = null);
