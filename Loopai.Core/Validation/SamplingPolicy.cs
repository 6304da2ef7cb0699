using Loopai.Core.Errors;

namespace Loopai.Core.Validation;

/// <summary>Which executions of a task are checked. The rules are tried together; an execution is chosen with the largest probability that any gives it.</summary>
public sealed record SamplingPolicy
{
    public const int MaxPerOutputPerHour = 10_000;
    public const int MaxHalfLife = 100_000_000;

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

    /// <summary>Collects everything that is wrong with the policy, under field names that start with the prefix: <c>sampling.rate</c>.</summary>
    public void Validate(FieldErrors errors, string prefix)
    {
        errors
            .AddIf(!IsShare(Rate), $"{prefix}.rate", $"rate is a share from 0 to 1; got {Rate}.")
            .AddIf(PerOutputPerHour is < 0 or > MaxPerOutputPerHour, $"{prefix}.perOutputPerHour",
                $"perOutputPerHour is a whole number from 0 to {MaxPerOutputPerHour}; got {PerOutputPerHour}.")
            .AddIf(LowConfidenceBelow is { } below && !IsShare(below), $"{prefix}.lowConfidenceBelow",
                $"lowConfidenceBelow is a confidence from 0 to 1, or null to turn the rule off; got {LowConfidenceBelow}.")
            .AddIf(!IsShare(LowConfidenceRate), $"{prefix}.lowConfidenceRate", $"lowConfidenceRate is a share from 0 to 1; got {LowConfidenceRate}.")
            .AddIf(!IsShare(NewVersionRate), $"{prefix}.newVersionRate", $"newVersionRate is a share from 0 to 1; got {NewVersionRate}.")
            .AddIf(NewVersionHalfLife is < 1 or > MaxHalfLife, $"{prefix}.newVersionHalfLife",
                $"newVersionHalfLife is a whole number of executions from 1 to {MaxHalfLife}; got {NewVersionHalfLife}.")
            .AddIf(!Enum.IsDefined(Oracle), $"{prefix}.oracle", "oracle is one of labels, person, labelsThenPerson, version.")
            .AddIf(Oracle == Oracle.Version && OracleVersion is null, $"{prefix}.oracleVersion", "Say which version knows the right answer.")
            .AddIf(Oracle != Oracle.Version && OracleVersion is not null, $"{prefix}.oracleVersion", "oracleVersion goes with the oracle 'version' only.")
            .AddIf(OracleVersion < 1, $"{prefix}.oracleVersion", $"oracleVersion is a version number from 1; got {OracleVersion}.");
    }

    private static bool IsShare(double value) => value is >= 0 and <= 1;
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
