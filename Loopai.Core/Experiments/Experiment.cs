using Loopai.Core.Data;

namespace Loopai.Core.Experiments;

/// <summary>A controlled comparison of versions of a task on its live traffic, in one environment.</summary>
public sealed class Experiment : ITenantOwned, ITaskOwned
{
    public const int MaxVariants = 20;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid EnvironmentId { get; init; }

    public required Guid TaskId { get; init; }

    /// <summary>Its name for programs: unique in the environment, and never changed.</summary>
    public required string Key { get; init; }

    public required string Name { get; set; }

    /// <summary>What is expected, and why.</summary>
    public string Hypothesis { get; set; } = "";

    public ExperimentStatus Status { get; set; } = ExperimentStatus.Draft;

    /// <summary>The first is the control.</summary>
    public IReadOnlyList<Variant> Variants { get; set; } = [];

    /// <summary>The share of the units that take part at all, 0..1, in steps of 0.0001. More coverage moves nobody between variants.</summary>
    public double Coverage { get; set; } = 1;

    /// <summary>What the hash of a unit starts from. Another experiment's seed would give its units to the same variants.</summary>
    public required string Seed { get; set; }

    /// <summary>Whether executions that name no unit stay outside; otherwise each of them is a unit of its own, under its execution's id.</summary>
    public bool RequiresUnit { get; set; }

    /// <summary>Who takes part: a condition on the request's attributes, as JSON; null for everybody.</summary>
    public string? Targeting { get; set; }

    /// <summary>Units that are in one experiment of a namespace are in no other whose range there is another one.</summary>
    public NamespaceShare? Namespace { get; set; }

    /// <summary>Units that are kept out of every experiment that names it, so that the sum of all experiments can be measured.</summary>
    public Guid? HoldoutId { get; set; }

    /// <summary>Units with a variant of choice: testers. They are not counted.</summary>
    public IReadOnlyList<ForcedVariant> Forced { get; set; } = [];

    public IReadOnlyList<ChosenMetric> Metrics { get; set; } = [];

    /// <summary>Members of the input or attributes by which results are shown apart.</summary>
    public IReadOnlyList<string> Segments { get; set; } = [];

    public AnalysisPlan Plan { get; set; } = new();

    /// <summary>Whether a winner that the plan's statistics find goes into service by itself.</summary>
    public AutomaticWinner? AutomaticWinner { get; set; }

    public CircuitBreaker? Breaker { get; set; }

    /// <summary>Whether somebody else has to approve before it starts. Once asked for, it stays.</summary>
    public bool RequiresApproval { get; set; }

    public Approval? Approval { get; set; }

    /// <summary>When it is to start by itself.</summary>
    public DateTimeOffset? StartsAt { get; set; }

    /// <summary>When it is to stop by itself.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? StoppedAt { get; set; }

    /// <summary>The plan as it stood at the start, as canonical JSON (<see cref="FrozenPlan"/>); null before.</summary>
    public string? FrozenPlan { get; set; }

    /// <summary>SHA-256 of <see cref="FrozenPlan"/>, in hexadecimal.</summary>
    public string? PlanHash { get; set; }

    public ExperimentDecision? Decision { get; set; }

    /// <summary>The winner that waits for its cool-down; null when there is none.</summary>
    public PendingWinner? PendingWinner { get; set; }

    /// <summary>Counts edits; the ETag of the experiment.</summary>
    public int Revision { get; set; } = 1;

    public required string CreatedBy { get; init; }

    /// <summary>The person who made it, where there is one.</summary>
    public Guid? CreatedById { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Whether its variants answer executions now, or, when paused, its control alone.</summary>
    public bool IsLive => Status is ExperimentStatus.Running or ExperimentStatus.Paused;
}

/// <summary>Where an experiment is in its life.</summary>
public enum ExperimentStatus
{
    /// <summary>Being planned.</summary>
    Draft,

    /// <summary>Starts by itself at its time.</summary>
    Scheduled,

    /// <summary>Units are given to variants, and their executions counted.</summary>
    Running,

    /// <summary>The control answers all of its units, and nothing is counted.</summary>
    Paused,

    /// <summary>Over; the task's active version answers everybody again.</summary>
    Stopped,

    /// <summary>Over, and somebody has said what comes of it.</summary>
    Decided,

    /// <summary>Put away.</summary>
    Archived,
}
