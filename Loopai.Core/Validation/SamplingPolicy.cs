namespace Loopai.Core.Validation;

/// <summary>Which executions of a task are checked. The rules are tried together; an execution is chosen with the largest probability that any gives it.</summary>
public sealed record SamplingPolicy
{
    /// <summary>0..1: the share of all executions that is checked.</summary>
    public double Rate { get; init; } = 0.05;

    /// <summary>Executions an hour that are checked of each distinct output, before <see cref="Rate"/> alone decides: rare classes are seen too. 0 turns it off.</summary>
    public int PerOutputPerHour { get; init; }

    /// <summary>Executions below this confidence are checked with <see cref="LowConfidenceRate"/>; null turns it off.</summary>
    public double? LowConfidenceBelow { get; init; }

    /// <summary>0..1.</summary>
    public double LowConfidenceRate { get; init; } = 0.5;

    /// <summary>0..1: the share checked of a version just activated; it decays to <see cref="Rate"/>. 0 turns it off.</summary>
    public double NewVersionRate { get; init; }

    /// <summary>Executions of the new version after which half of the extra share is gone.</summary>
    public int NewVersionHalfLife { get; init; } = 500;

    /// <summary>Who knows the right answer.</summary>
    public Oracle Oracle { get; init; } = Oracle.LabelsThenPerson;

    /// <summary>The version that is asked when <see cref="Oracle"/> is <see cref="Validation.Oracle.Version"/>.</summary>
    public int? OracleVersion { get; init; }
}

/// <summary>Who knows the right answer.</summary>
public enum Oracle
{
    /// <summary>The task's labelled examples; an input without a label is not judged.</summary>
    Labels,

    /// <summary>A person, in the review queue.</summary>
    Person,

    /// <summary>The labelled examples where they know the input, a person otherwise.</summary>
    LabelsThenPerson,

    /// <summary>Another version of the task.</summary>
    Version,
}
