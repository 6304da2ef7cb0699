using Loopai.Core.Data;

namespace Loopai.Core.Usage;

/// <summary>Limits of an organization, of one of its environments, or of one key. What is null is not limited.</summary>
public sealed class Quota : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    /// <summary>The organization, environment or key that it limits.</summary>
    public required Guid ScopeId { get; init; }

    public int? ExecutionsPerMinute { get; set; }

    /// <summary>How many may come at once before the minute's pace counts; null for as many as a minute has.</summary>
    public int? Burst { get; set; }

    /// <summary>In a calendar month of UTC.</summary>
    public long? ExecutionsPerMonth { get; set; }

    /// <summary>Tasks that are not archived. Of the organization only.</summary>
    public int? Tasks { get; set; }

    /// <summary>Of the organization only.</summary>
    public int? Members { get; set; }

    /// <summary>What examples and versions take up, in millions of characters. Of the organization only; executions are bounded by retention.</summary>
    public int? StorageMegabytes { get; set; }

    public bool IsEmpty => (ExecutionsPerMinute, ExecutionsPerMonth, Tasks, Members, StorageMegabytes) == (null, null, null, null, null);

    /// <summary>Whether something that lies there is limited, not only what is done.</summary>
    public bool LimitsWhatThereIs => Tasks is not null || Members is not null || StorageMegabytes is not null;

    /// <summary>Whether executions are limited.</summary>
    public bool LimitsExecutions => ExecutionsPerMinute is not null || ExecutionsPerMonth is not null;
}

/// <summary>How far a quota is used up. All instances reserve here, each ahead of what it lets through.</summary>
public sealed class QuotaMeter : ITenantOwned
{
    /// <summary>The period of the bucket that fills by the minute.</summary>
    public const string Minute = "minute";

    public required Guid OrganizationId { get; init; }

    public required Guid ScopeId { get; init; }

    /// <summary><c>minute</c>, or a month: <c>2026-03</c>.</summary>
    public required string Period { get; init; }

    /// <summary>Of a month: executions that instances have reserved.</summary>
    public long Reserved { get; set; }

    /// <summary>
    /// Of the bucket: when it will be full again, in microseconds since 1970. The generic cell rate algorithm (ITU-T I.371): one figure is the whole state, so that
    /// one UPDATE judges and takes.
    /// </summary>
    public long FullAtUs { get; set; }

    /// <summary>Of a month: when it was told that four fifths are used.</summary>
    public DateTimeOffset? WarnedAt { get; set; }
}
