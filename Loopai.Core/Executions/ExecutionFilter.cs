namespace Loopai.Core.Executions;

/// <summary>Which executions are wanted; what is null or false does not narrow.</summary>
public sealed record ExecutionFilter
{
    public Guid? TaskId { get; init; }

    public int? Version { get; init; }

    public ExecutionStatus? Status { get; init; }

    /// <summary>Every status but success.</summary>
    public bool FailedOnly { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    public string? Unit { get; init; }

    /// <summary>The output as JSON text, to the letter.</summary>
    public string? Output { get; init; }

    public bool? Sampled { get; init; }

    public double? ConfidenceBelow { get; init; }

    /// <summary>The key that asked; <see cref="ExecutionRollup.None"/> for executions without one.</summary>
    public Guid? KeyId { get; init; }

    /// <summary>The team that owned the task when it ran; <see cref="ExecutionRollup.None"/> for executions of tasks without one.</summary>
    public Guid? TeamId { get; init; }

    /// <summary>Whether an execution that was just made is wanted: the same question as in the database.</summary>
    public bool Matches(Execution e) =>
        (TaskId is null || e.TaskId == TaskId)
        && (Version is null || e.Version == Version)
        && (FailedOnly ? e.Status != ExecutionStatus.Success : Status is null || e.Status == Status)
        && (From is null || e.ExecutedAt >= From)
        && (To is null || e.ExecutedAt < To)
        && (Unit is null || e.Unit == Unit)
        && (Output is null || e.Output == Output)
        && (Sampled is null || e.SampledBy is not null == Sampled)
        && (ConfidenceBelow is null || e.Confidence < ConfidenceBelow)
        && (KeyId is null || (e.ApiKeyId ?? ExecutionRollup.None) == KeyId)
        && (TeamId is null || (e.TeamId ?? ExecutionRollup.None) == TeamId);

    internal IQueryable<Execution> Apply(IQueryable<Execution> rows)
    {
        if (TaskId is { } taskId)
        {
            rows = rows.Where(e => e.TaskId == taskId);
        }

        if (Version is { } version)
        {
            rows = rows.Where(e => e.Version == version);
        }

        if (FailedOnly)
        {
            rows = rows.Where(e => e.Status != ExecutionStatus.Success);
        }
        else if (Status is { } status)
        {
            rows = rows.Where(e => e.Status == status);
        }

        if (From is { } from)
        {
            rows = rows.Where(e => e.ExecutedAt >= from.ToUniversalTime());
        }

        if (To is { } to)
        {
            rows = rows.Where(e => e.ExecutedAt < to.ToUniversalTime());
        }

        if (Unit is { } unit)
        {
            rows = rows.Where(e => e.Unit == unit);
        }

        if (Output is { } output)
        {
            rows = rows.Where(e => e.Output == output);
        }

        if (Sampled is { } sampled)
        {
            rows = rows.Where(e => (e.SampledBy != null) == sampled);
        }

        if (ConfidenceBelow is { } confidence)
        {
            rows = rows.Where(e => e.Confidence < confidence);
        }

        if (KeyId is { } key)
        {
            rows = key == ExecutionRollup.None ? rows.Where(e => e.ApiKeyId == null) : rows.Where(e => e.ApiKeyId == key);
        }

        if (TeamId is { } team)
        {
            rows = team == ExecutionRollup.None ? rows.Where(e => e.TeamId == null) : rows.Where(e => e.TeamId == team);
        }

        return rows;
    }
}
