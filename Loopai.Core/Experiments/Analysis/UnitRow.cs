namespace Loopai.Core.Experiments.Analysis;

/// <summary>What one unit did with one variant.</summary>
public sealed record UnitRow
{
    /// <summary>Null for an execution that named no unit, and so is one.</summary>
    public string? Unit { get; init; }

    public short Variant { get; init; }

    public DateTimeOffset First { get; init; }

    public long Executions { get; init; }

    public long Answered { get; init; }

    public double LatencyUs { get; init; }

    /// <summary>Executions with a verdict that counts.</summary>
    public long Checked { get; init; }

    /// <summary>Σ 1/p of these, p being the probability with which each was chosen: about as many executions as there were.</summary>
    public double Weight { get; init; }

    /// <summary>The same of those that were right.</summary>
    public double Right { get; init; }
}

/// <summary>An outside event of a unit.</summary>
public sealed record EventRow(string Unit, string Name, double Value, DateTimeOffset At);

/// <summary>Latencies of a variant, counted by class and group of units.</summary>
public sealed record LatencyRow(short Variant, int Group, int Class, long Count);

/// <summary>What a segment's member was at a unit's first execution.</summary>
public sealed record SegmentRow(string Unit, string? Value);

/// <summary>A shadow execution beside the control's.</summary>
public sealed record ShadowRow
{
    public short Variant { get; init; }

    public long Inputs { get; init; }

    public long Agreeing { get; init; }

    public long Checked { get; init; }

    public long OnlyControlRight { get; init; }

    public long OnlyShadowRight { get; init; }

    public double LatencySum { get; init; }

    public double LatencySquares { get; init; }
}
